import type { Observation } from './observation.ts'

/** What the store refused for good and the collector keeps, with how many there are in all. */
export interface DeadLetterList {
  readonly total: number
  readonly letters: readonly {
    readonly id: string
    /** Bounded words, the store's own where it has some: `document_parsing_exception`. */
    readonly cause: string
    readonly detail: string
    readonly observation: Observation
  }[]
}
