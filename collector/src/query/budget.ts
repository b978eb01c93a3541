import type { AggregateQuery } from './model.ts'
import { InvalidQueryError } from './invalid-query.ts'
import { countWindows } from './windows.ts'

/**
 * Most values of one answer: of each group and window one for its place, and one for each metric. Enough for one group and the rest
 * with all windows and metrics that may be asked for.
 */
export const MOST_CELLS = 250_000
/** Most groups that keep their names, when nobody says how many. */
export const MOST_NAMED = 10_000
/** Most groups that a store may have to tell apart to find those with the highest metric. */
export const MOST_GROUPS = 500_000

/**
 * The same question with as many named groups as an answer can hold; the rest is `other`. So the answer is bounded before a row is
 * read or a window filled.
 */
export function withinBudget(query: AggregateQuery): AggregateQuery {
  if (query.groupBy.length === 0) return query
  const affordable = Math.floor(MOST_CELLS / cellsOf(query, 1)) - 1
  const groups = Math.max(1, Math.min(query.top?.groups ?? MOST_NAMED, affordable))
  return { ...query, top: { groups, orderBy: query.top?.orderBy ?? query.metrics[0] ?? 'occurrences' } }
}

/** @throws InvalidQueryError so many groups with all their windows are more than an answer can hold. */
export function checkCells(query: AggregateQuery, groups: number): void {
  if (cellsOf(query, groups) <= MOST_CELLS) return
  const message = `makes an answer of more than ${MOST_CELLS.toLocaleString('en')} values. Use a longer window, a shorter range, fewer metrics or a lower top`
  throw new InvalidQueryError([{ parameter: 'window', message }])
}

/** @throws InvalidQueryError a store would have to keep so many groups in memory. */
export function checkGroups(groups: number): void {
  if (groups <= MOST_GROUPS) return
  const message = `makes more than ${MOST_GROUPS.toLocaleString('en')} groups. Group by fewer fields, or by one that many share, such as namespace or owner.name; or use a shorter range`
  throw new InvalidQueryError([{ parameter: 'groupBy', message }])
}

/** Values of an answer with so many groups. */
export function cellsOf(query: AggregateQuery, groups: number): number {
  return groups * (query.window === null ? 1 : countWindows(query.window, query)) * (1 + query.metrics.length)
}
