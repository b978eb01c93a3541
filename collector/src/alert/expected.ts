import { DAY, type EpochMicros } from '../clock.ts'
import type { Edge } from './edge.ts'

/** Events that still wait for the one that has to follow. */
const MOST_EXPECTED = 20_000

/** What never came is not waited for any longer: the object is gone, and nobody said so. */
const GIVEN_UP = DAY

export type ExpectEdge = Extract<Edge, { kind: 'expect' }>

/** What happens when nothing comes: an event is missing from here on, or is given up. */
export type Deadline = { readonly at: EpochMicros } & (
  | { readonly missing: ExpectEdge }
  | { readonly givenUp: string }
) // prettier-ignore

/** Events that are to be followed by another one within a time. */
export class Expected {
  readonly #within: EpochMicros
  readonly #waiting = new Map<string, ExpectEdge>()
  /** What is missing, and since when. */
  readonly #missing = new Map<string, EpochMicros>()
  /** Nothing is due before this. */
  #next = Infinity

  constructor(within: EpochMicros) {
    this.#within = within
  }

  get waiting(): readonly ExpectEdge[] {
    return [...this.#waiting.values()]
  }

  /** As it was saved. */
  restore(waiting: readonly ExpectEdge[], missing: Iterable<readonly [id: string, since: EpochMicros]>): void {
    for (const edge of waiting) this.#waiting.set(edge.id, edge)
    for (const [id, since] of missing) this.#missing.set(id, since)
    this.#next = 0
  }

  add(edge: ExpectEdge): void {
    if (this.#waiting.size >= MOST_EXPECTED || this.#missing.has(edge.id)) return
    this.#waiting.set(edge.id, edge)
    this.#next = Math.min(this.#next, edge.happened + this.#within)
  }

  met(id: string): void {
    this.#waiting.delete(id)
    this.#missing.delete(id)
  }

  /** What is due up to `to`, in the order of time. Each is told once. */
  due(to: EpochMicros): readonly Deadline[] {
    if (this.#next > to) return NOTHING
    for (const [id, edge] of this.#waiting) {
      if (edge.happened + this.#within <= to) this.#missing.set(id, edge.happened + this.#within)
    }
    const deadlines: Deadline[] = []
    for (const [id, since] of this.#missing) {
      const edge = this.#waiting.get(id)
      if (edge !== undefined) deadlines.push({ at: since, missing: edge })
      this.#waiting.delete(id)
      if (since + GIVEN_UP > to) continue
      deadlines.push({ at: since + GIVEN_UP, givenUp: id })
      this.#missing.delete(id)
    }
    this.#next = Infinity
    for (const { happened } of this.#waiting.values()) this.#next = Math.min(this.#next, happened + this.#within)
    for (const since of this.#missing.values()) this.#next = Math.min(this.#next, since + GIVEN_UP)
    return deadlines.sort((a, b) => a.at - b.at)
  }
}

const NOTHING: readonly Deadline[] = []
