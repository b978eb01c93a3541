import { cellsOf, MOST_CELLS, MOST_NAMED } from './budget.ts'
import { partsOf } from './filter-bounds.ts'
import type { AggregateQuery, Filter, PatternQuery } from './model.ts'

/** Bytes that answers take while they are made and sent, above what is garbage soon. Measured over ordinary events. */
const ROW_BYTES = 8 * 1024
const CELL_BYTES = 250
const GROUP_BYTES = 1024
const RECORD_BYTES = 4 * 1024
const VALUE_BYTES = 300
/** A phrase or wildcard has a place of its own in the store's plan. */
const SEARCH_BYTES = 500_000
/** What every question takes. */
const QUESTION_BYTES = 1_000_000

/** Groups, looked through a page at a time. */
export const WEIGHT_OF_GROUPS = 20_000_000
/** As many problems as are looked through, with the fold that lets time pass for them: 2.2 kB each. */
export const WEIGHT_OF_PROBLEMS = 45_000_000
/** The same, and the outages that they make up. */
export const WEIGHT_OF_INCIDENTS = 90_000_000
/** Problems of a month, a day at a time, and what rules make of them. */
export const WEIGHT_OF_HISTORY = 60_000_000
/** A menu or a completion. */
export const WEIGHT_OF_LOOKUP = 2_000_000
/** A stream holds some thousand rows at a time. */
export const WEIGHT_OF_STREAM = 16_000_000

export function weightOfRows(rows: number): number {
  return QUESTION_BYTES + rows * ROW_BYTES
}

export function weightOfRecords(records: number): number {
  return QUESTION_BYTES + records * RECORD_BYTES
}

/** Of an aggregate as `withinBudget` leaves it. */
export function weightOfAggregate(query: AggregateQuery): number {
  const groups = query.groupBy.length === 0 ? 1 : (query.top?.groups ?? MOST_NAMED) + 1
  return QUESTION_BYTES + groups * GROUP_BYTES + Math.min(cellsOf(query, groups), MOST_CELLS) * CELL_BYTES
}

export function weightOfPatterns({ limit, samples, filter }: PatternQuery): number {
  return weightOfRows(limit * samples) + limit * RECORD_BYTES + weightOfFilter(filter)
}

export function weightOfFilter(filter: Filter): number {
  const { searches, values } = partsOf(filter)
  return searches * SEARCH_BYTES + values * VALUE_BYTES
}
