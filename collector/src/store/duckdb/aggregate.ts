import { MINUTE, type EpochMicros } from '../../clock.ts'
import { finishAggregate, type MeasuredGroup } from '../../query/finish-aggregate.ts'
import type { AggregatePoint, AggregateQuery, AggregateResult, TimeRange } from '../../query/model.ts'
import { windowStarts } from '../../query/windows.ts'
import { addsUp, measureOnce, rankedBy, unplacedOutside } from './aggregate-once.ts'
import type { Read } from './engine-client.ts'
import { givenKeys, sameKeys } from './given-table.ts'
import { isGap, keyedRows, keyNames, metricSql, withGaps } from './measure-sql.ts'
import type { Result, ResultCell, Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'

type Starts = readonly EpochMicros[] | null

/** A group by its key as it is found among the ranked ones. */
interface RankedGroup {
  readonly key: readonly string[]
  readonly rank: number | null
}

/**
 * Groups are ranked over the whole range first; then every row is measured under its group's name, or as `other`.
 * Metrics that do not add up (distinct objects, percentiles) are so measured over the rows, as the contract wants.
 */
export async function readAggregate(query: AggregateQuery, read: Read): Promise<AggregateResult> {
  const starts = query.window === null ? null : windowStarts(query.window, query)
  if (addsUp(query)) return readOnce(query, starts, read)
  const [ranked] = await read(rankGroups(query))
  const groups = groupsOf(query, ranked)
  const [points] = await read(measureGroups(query, starts, groups))
  const [unplaced = [], lowerBound = []] = (ranked?.columns ?? []).slice(-2)
  return finishAggregate(query, measuredGroups(query, starts, groups, points), {
    unplaced: Number(unplaced[0] ?? 0),
    isLowerBound: lowerBound[0] === true,
  })
}

async function readOnce(query: AggregateQuery, starts: Starts, read: Read): Promise<AggregateResult> {
  const [measured] = await read(measureOnce(query, starts))
  const columns = measured?.columns ?? []
  const [places = []] = columns
  const [ranks = [], unplaced = [], lowerBound = []] = columns.slice(-3)
  const keys = columns.slice(-3 - query.groupBy.length, -3)
  const groups: RankedGroup[] = []
  for (const [row, place] of places.entries()) {
    if (place !== null)
      groups[Number(place)] ??= { key: keys.map((texts) => String(texts[row])), rank: numberOf(ranks[row]) }
  }
  return finishAggregate(query, measuredGroups(query, starts, groups, measured), {
    unplaced: Number(unplaced[0] ?? 0),
    isLowerBound: lowerBound[0] === true,
  })
}

/**
 * The groups that keep their names, and beside each what the answer has to say of all groups: occurrences in no window, and
 * whether counts are lower bounds. Texts compare by code point, as the contract breaks ties.
 */
function rankGroups(query: AggregateQuery): Statement {
  const orderBy = rankedBy(query)
  const keys = keyNames(query.groupBy)
  return statement((bindings) => {
    const rows = keyedRows(query, query.groupBy, { window: null, starts: null }, bindings)
    const rank = metricSql(orderBy, query.from, false, bindings)
    const from = isGap(orderBy) ? withGaps(rows, keys) : rows
    const notes = [`sum(${unplacedOutside(query, bindings)})`, 'bool_or(count_is_lower_bound)']
    if (keys.length === 0) return `SELECT ${rank} AS rank, ${notes.join(', ')} FROM ${from} HAVING count(*) > 0`
    const limit = query.top === null ? '' : ` LIMIT ${bindings.bind(query.top.groups)}`
    return `SELECT ${keys.join(', ')}, ${rank} AS rank, sum(${notes[0]}) OVER (), bool_or(${notes[1]}) OVER () FROM ${from}
      GROUP BY ${keys.join(', ')} ORDER BY rank DESC NULLS LAST, ${keys.join(', ')}${limit}`
  })
}

/** Place of the group (null for the others), start of the window, a column for each metric. */
function measureGroups(query: AggregateQuery, starts: Starts, groups: readonly RankedGroup[]): Statement {
  return statement((bindings) => {
    const rows = keyedRows(query, query.groupBy, { window: query.window, starts }, bindings)
    const placed = placedRows(rows, query.groupBy, groups, bindings)
    const by = starts === null ? ['place'] : ['place', 'start']
    const from = query.metrics.some(isGap) ? withGaps(placed, by) : placed
    const metrics = query.metrics.map((metric) => metricSql(metric, query.from, starts !== null, bindings))
    const start = starts === null ? `${bindings.bind(query.from)} AS start` : 'start'
    return `SELECT place, ${start}, ${metrics.join(', ')} FROM ${from} GROUP BY ${by.join(', ')}`
  })
}

function placedRows(
  rows: string,
  fields: readonly string[],
  groups: readonly RankedGroup[],
  bindings: Bindings,
): string {
  const keys = keyNames(fields)
  if (keys.length === 0) return `(SELECT *, 0 AS place FROM ${rows})`
  const given = givenKeys(
    keys,
    groups.map(({ key }) => key),
    bindings,
  )
  return `(SELECT matched.*, given.place FROM ${rows} AS matched
    LEFT JOIN (${given}) AS given ON ${sameKeys(keys, 'given', 'matched')})`
}

function groupsOf({ groupBy }: AggregateQuery, ranked: Result | undefined): readonly RankedGroup[] {
  const columns = ranked?.columns ?? []
  return Array.from({ length: ranked?.rowCount ?? 0 }, (_, row) => ({
    key: groupBy.map((_field, index) => String(columns[index]?.[row])),
    rank: numberOf(columns[groupBy.length]?.[row]),
  }))
}

function measuredGroups(
  query: AggregateQuery,
  starts: Starts,
  groups: readonly RankedGroup[],
  measured: Result | undefined,
): readonly MeasuredGroup[] {
  const others: AggregatePoint[] = []
  const points = groups.map((): AggregatePoint[] => [])
  const [places = [], times = [], ...metrics] = measured?.columns ?? []
  const spans = spansOf(query, starts)
  for (const [row, place] of places.entries()) {
    const start = Number(times[row])
    const span = spans.get(start) ?? query.to - query.from
    const values = query.metrics.map((metric, index) => {
      const value = numberOf(metrics[index]?.[row])
      return metric === 'rate' && value !== null ? (value * MINUTE) / span : value
    })
    const target = place === null ? others : (points[Number(place)] ?? others)
    target.push({ start, values })
  }
  const named = groups.map((group, place): MeasuredGroup => ({ ...group, points: points[place] ?? [] }))
  return others.length === 0 ? named : [...named, { key: null, rank: null, points: others }]
}

/** Length of the part of each window that lies in the range. */
function spansOf(range: TimeRange, starts: Starts): ReadonlyMap<EpochMicros, number> {
  const inside = (start: EpochMicros, index: number): number =>
    Math.min(starts?.[index + 1] ?? range.to, range.to) - Math.max(start, range.from)
  return new Map((starts ?? []).map((start, index) => [start, inside(start, index)]))
}

function numberOf(cell: ResultCell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell)
}
