import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import { fieldReader, textOf } from './field-value.ts'
import { finishAggregate, topKeys, type MeasuredGroup } from './finish-aggregate.ts'
import { measure } from './measure.ts'
import type { AggregatePoint, AggregateQuery, AggregateResult, Metric } from './model.ts'
import { windowStarts } from './windows.ts'

/**
 * The aggregate of rows that match `query.filter` and lie in its range, computed in the plainest way: rows into groups,
 * groups into windows, each metric over each list of rows. The meaning that every store has to agree with.
 *
 * @throws InvalidQueryError when there would be too many windows.
 */
export function aggregateRows(query: AggregateQuery, rows: readonly Observation[]): AggregateResult {
  const { from } = query
  const starts = query.window === null ? null : windowStarts(query.window, query)
  const orderBy = query.top?.orderBy ?? query.metrics[0] ?? 'occurrences'
  const groups = groupRows(rows, query.groupBy).map(({ key, rows: members }) => ({
    key,
    rows: members,
    rank: measure(orderBy, { rows: members, range: query, window: null }),
  }))
  const kept = topKeys(query, groups)
  const rest = groups.filter((group) => !kept.includes(group)).flatMap((group) => group.rows)
  const others = rest.length === 0 ? [] : [{ key: null, rank: null, rows: rest }]
  const measured = [...kept, ...others].map((group): MeasuredGroup => ({
    key: group.key,
    rank: group.rank,
    points: pointsOf(query, group.rows, starts),
  }))
  return finishAggregate(query, measured, {
    unplaced: rows.reduce((sum, row) => sum + (starts !== null || row.deltaSince < from ? row.countUnplaced : 0), 0),
    isLowerBound: rows.some((row) => row.countIsLowerBound),
  })
}

export interface RowGroup {
  readonly key: readonly string[]
  readonly rows: readonly Observation[]
}

/** Rows by the texts of some fields, groups and rows in order of first appearance. */
export function groupRows(rows: readonly Observation[], fields: readonly string[]): readonly RowGroup[] {
  const readers = fields.map(fieldReader)
  const groups = new Map<string, { key: readonly string[]; rows: Observation[] }>()
  for (const row of rows) {
    const key = readers.map((read) => textOf(read(row)))
    const group = groups.get(JSON.stringify(key))
    if (group === undefined) groups.set(JSON.stringify(key), { key, rows: [row] })
    else group.rows.push(row)
  }
  return [...groups.values()]
}

function pointsOf(
  query: AggregateQuery,
  rows: readonly Observation[],
  starts: readonly EpochMicros[] | null,
): readonly AggregatePoint[] {
  const values = (members: readonly Observation[], window: { from: EpochMicros; to: EpochMicros } | null) =>
    query.metrics.map((metric: Metric) => measure(metric, { rows: members, range: query, window }))
  if (starts === null) return [{ start: query.from, values: values(rows, null) }]

  const byWindow = Map.groupBy(rows, ({ lastObserved }) => lastIndexAtOrBelow(starts, lastObserved))
  return [...byWindow].map(([index, members]) => {
    const start = starts[index] ?? query.from
    // The last window ends at or behind the range, of which only the part inside counts.
    const end = starts[index + 1] ?? query.to
    return { start, values: values(members, { from: Math.max(start, query.from), to: Math.min(end, query.to) }) }
  })
}

/** Place of the window that holds `time`: binary search. */
function lastIndexAtOrBelow(starts: readonly EpochMicros[], time: EpochMicros): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= time) low = middle
    else high = middle - 1
  }
  return low
}
