import type { Observation } from '../../event/observation.ts'
import { compileFilter, type Predicate } from '../../query/filter.ts'
import { partsOf } from '../../query/filter-bounds.ts'
import type { Filter } from '../../query/model.ts'
import { anyOf } from '../../query/simplify-filter.ts'
import { AccessError } from '../problem-details.ts'

/** Viewers at once. Grafana runs one tail for all who look at the same query. */
export const MOST_TAILS = 50
/** Values in the lists of all their filters together: they stay in memory as long as somebody looks. */
export const MOST_TAIL_VALUES = 200_000

/** Rows that wait for one viewer. More come than a person can read; the rest is counted and left out. */
const MOST_WAITING = 1_000
/** Rows that wait for all viewers together. */
const MOST_WAITING_FOR_ALL = 10_000
/** Conditions that are tried for all viewers together between two looks of theirs: ingest waits while they are tried. */
export const MOST_TRIED = 50_000
/** A phrase or a wildcard takes as long as so many other conditions. */
const SEARCH_COST = 10

/** Rows on their way to one viewer. */
export interface Tail {
  /** Takes what has come since the last call, oldest first, and how many were left out, or came too fast to be looked at. */
  take(): { readonly rows: readonly Observation[]; readonly dropped: number }
  close(): void
}

/**
 * Hands rows that were just stored to those who watch. Ingest waits for it: it costs nothing while nobody watches, and about
 * {@link MOST_TRIED} conditions whatever is watched. For a viewer who does not take what he has nothing more is tried.
 */
export class Tails {
  readonly #tails = new Set<OpenTail>()

  get size(): number {
    return this.#tails.size
  }

  publish(rows: readonly { readonly observation: Observation }[]): void {
    for (const tail of this.#tails) for (const { observation } of rows) tail.offer(observation)
  }

  /** @throws AccessError for more viewers, or longer lists, than there may be. */
  open(filter: Filter): Tail {
    const { values } = partsOf(filter)
    const others = [...this.#tails].reduce((sum, tail) => sum + tail.values, 0)
    if (this.size >= MOST_TAILS) throw new AccessError('too-many-requests', `${MOST_TAILS} live tails are open already. Close one, or run the query without live tail.`) // prettier-ignore
    if (others + values > MOST_TAIL_VALUES) throw new AccessError('too-many-requests', `The live tails that are open look for ${others.toLocaleString('en')} values already, and all together may look for ${MOST_TAIL_VALUES.toLocaleString('en')}. Choose fewer, or run the query without live tail.`) // prettier-ignore
    const tail = new OpenTail(filter, this.#tails)
    this.#tails.add(tail)
    return tail
  }
}

class OpenTail implements Tail {
  readonly values: number
  readonly #all: Set<OpenTail>
  readonly #mayMatch: Predicate
  readonly #matches: Predicate
  readonly #cost: number
  #mayTry: number
  #rows: Observation[] = []
  #dropped = 0

  constructor(filter: Filter, all: Set<OpenTail>) {
    const { values, conditions, searches } = partsOf(filter)
    this.#all = all
    this.values = values
    this.#mayMatch = compileFilter(requiredBy(filter) ?? { op: 'all' })
    this.#matches = compileFilter(filter)
    this.#cost = Math.max(1, conditions + searches * SEARCH_COST)
    this.#mayTry = this.#shareOf(MOST_TRIED)
  }

  offer(row: Observation): void {
    if (!this.#mayMatch(row)) return
    if (this.#mayTry <= 0) {
      this.#dropped += 1
      return
    }
    this.#mayTry -= this.#cost
    if (!this.#matches(row)) return
    if (this.#rows.length < Math.min(MOST_WAITING, this.#shareOf(MOST_WAITING_FOR_ALL))) this.#rows.push(row)
    else this.#dropped += 1
  }

  take() {
    const taken = { rows: this.#rows, dropped: this.#dropped }
    this.#rows = []
    this.#dropped = 0
    const share = this.#shareOf(MOST_TRIED)
    this.#mayTry = Math.min(share, this.#mayTry + share)
    return taken
  }

  close(): void {
    this.#all.delete(this)
  }

  #shareOf(most: number): number {
    return most / Math.max(1, this.#all.size)
  }
}

type ValueList = Extract<Filter, { readonly op: 'in' }>

/** A list of values of which every row that matches has one: one look-up passes over most rows, however long the filter is. */
function requiredBy(filter: Filter): ValueList | null {
  if (filter.op === 'in') return filter
  if (filter.op !== 'and' && filter.op !== 'or') return null
  const required = filter.filters.map(requiredBy)
  const lists = required.filter((list) => list !== null)
  if (filter.op === 'and') return lists.reduce<ValueList | null>(shorter, null)
  if (lists.length < required.length) return null
  const any = anyOf(lists)
  return any.op === 'in' ? any : null
}

function shorter(one: ValueList | null, other: ValueList): ValueList {
  return one === null || other.values.length < one.values.length ? other : one
}
