import type { EpochMicros } from '../clock.ts'
import { checkCells } from './budget.ts'
import { emptyValue } from './measure.ts'
import type { AggregateGroup, AggregatePoint, AggregateQuery, AggregateResult } from './model.ts'
import { compareKeys } from './text-order.ts'
import { windowStarts } from './windows.ts'

/** A group as a store measured it, before order and zero fill. */
export interface MeasuredGroup {
  /** Null for the rows of all groups beyond the top. */
  readonly key: readonly string[] | null
  /** The metric the groups are ordered by, over the whole range without window. Ignored for `other`. */
  readonly rank: number | null
  /** The windows that have rows, in any order; without window one point with start = from. */
  readonly points: readonly AggregatePoint[]
}

/**
 * The last steps of an aggregate, the same for every store: the order of groups and windows, the one group that is always
 * there, zero fill. Which rows are in `other` the store has to say (by {@link topKeys} or in its own language), because
 * the distinct objects of `other` are no sum.
 *
 * @throws InvalidQueryError there would be too many windows of too many groups: before one is filled.
 */
export function finishAggregate(
  query: AggregateQuery,
  groups: readonly MeasuredGroup[],
  notes: Pick<AggregateResult, 'unplaced' | 'isLowerBound'> & Partial<Pick<AggregateResult, 'distinctError'>>,
): AggregateResult {
  const present = groups.length === 0 && query.groupBy.length === 0 ? [emptyGroup(query)] : groups
  const starts = query.zeroFill && query.window !== null ? windowStarts(query.window, query) : null
  if (starts !== null) checkCells(query, present.length)
  const finished = [...present].sort(compareGroups).map((group): AggregateGroup => {
    const points = [...group.points].sort((a, b) => a.start - b.start)
    return { key: group.key, points: starts === null ? points : fill(query, points, starts) }
  })
  return { groups: finished, distinctError: 0, ...notes }
}

/** The groups that keep their names, best first; the rows of the others form `other`. All of them without `top`. */
export function topKeys<Ranked extends Pick<MeasuredGroup, 'key' | 'rank'>>(
  { top, groupBy }: Pick<AggregateQuery, 'top' | 'groupBy'>,
  groups: readonly Ranked[],
): readonly Ranked[] {
  const ordered = [...groups].sort(compareGroups)
  return top === null || groupBy.length === 0 ? ordered : ordered.slice(0, top.groups)
}

function compareGroups(a: Pick<MeasuredGroup, 'key' | 'rank'>, b: Pick<MeasuredGroup, 'key' | 'rank'>): number {
  if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null)
  if (a.rank !== b.rank) {
    if (a.rank === null || b.rank === null) return a.rank === null ? 1 : -1
    return b.rank - a.rank
  }
  return compareKeys(a.key, b.key)
}

function emptyGroup(query: AggregateQuery): MeasuredGroup {
  const points = query.window === null ? [emptyPoint(query, query.from)] : []
  return { key: [], rank: null, points }
}

function fill(
  query: AggregateQuery,
  points: readonly AggregatePoint[],
  starts: readonly EpochMicros[],
): AggregatePoint[] {
  const measured = new Map(points.map((point) => [point.start, point]))
  return starts.map((start) => measured.get(start) ?? emptyPoint(query, start))
}

function emptyPoint({ metrics }: AggregateQuery, start: EpochMicros): AggregatePoint {
  return { start, values: metrics.map(emptyValue) }
}
