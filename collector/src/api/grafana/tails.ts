import type { Observation } from '../../event/observation.ts'
import { compileFilter, type Predicate } from '../../query/filter.ts'
import type { Filter } from '../../query/model.ts'

/** Rows that wait for one viewer. More come than a person can read; the rest is counted and left out. */
const MOST_WAITING = 1_000

/** Viewers at once. Grafana runs one tail for all who look at the same query. */
export const MOST_TAILS = 50

/** Rows on their way to one viewer. */
export interface Tail {
  /** Takes what has come since the last call, oldest first, and how many were left out. */
  take(): { readonly rows: readonly Observation[]; readonly dropped: number }
  close(): void
}

/** Hands rows that were just stored to those who watch. Costs nothing while nobody does. */
export class Tails {
  readonly #tails = new Set<OpenTail>()

  get size(): number {
    return this.#tails.size
  }

  publish(rows: readonly { readonly observation: Observation }[]): void {
    for (const tail of this.#tails) for (const { observation } of rows) tail.offer(observation)
  }

  open(filter: Filter): Tail {
    const tail = new OpenTail(compileFilter(filter), () => this.#tails.delete(tail))
    this.#tails.add(tail)
    return tail
  }
}

class OpenTail implements Tail {
  readonly #matches: Predicate
  readonly close: () => void
  #rows: Observation[] = []
  #dropped = 0

  constructor(matches: Predicate, close: () => void) {
    this.#matches = matches
    this.close = close
  }

  offer(row: Observation): void {
    if (!this.#matches(row)) return
    if (this.#rows.length < MOST_WAITING) this.#rows.push(row)
    else this.#dropped += 1
  }

  take() {
    const taken = { rows: this.#rows, dropped: this.#dropped }
    this.#rows = []
    this.#dropped = 0
    return taken
  }
}
