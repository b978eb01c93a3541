import { DAY, HOUR, type EpochMicros } from '../../clock.ts'
import type { StoreRecord } from '../../event/record.ts'
import type { Filter } from '../../query/model.ts'
import { ROLL_UP_FIELDS, rollUpRecord } from '../../query/roll-up.ts'
import type { BulkOutcome, BulkSender } from './bulk.ts'
import { measureCells } from './cells.ts'
import { allBuckets } from './composite.ts'
import { AT_ONCE, deleteDocuments } from './delete-documents.ts'
import { matchQuery, type Query } from './filter-query.ts'
import type { DayIndex, Indices } from './indices.ts'
import { recordOperation } from './records.ts'
import type { Matched } from './rows.ts'
import type { Search } from './search.ts'
import type { Sizes } from './sizes.ts'
import { sumAggregations, sumsOf } from './sums.ts'

export interface RetentionTools {
  readonly indices: Indices
  readonly search: Search
  readonly sender: BulkSender
  readonly sizes: Sizes
}

export interface RemovedRows {
  readonly rows: number
  readonly rolledUp: number
}

/** Removes the rows that match and are older than `bound`. */
export async function removeDays(
  tools: RetentionTools,
  filter: Filter,
  bound: EpochMicros,
  signal: AbortSignal,
): Promise<RemovedRows> {
  let [rows, rolledUp] = [0, 0]
  for (const day of await tools.indices.days(signal)) {
    if (day.day >= bound) continue
    signal.throwIfAborted()
    const gone = await removeRows(tools, day, { from: day.day, to: Math.min(day.day + DAY, bound), filter }, signal)
    rows += gone.rows
    rolledUp += gone.rolledUp
  }
  return { rows, rolledUp }
}

async function removeRows(
  tools: RetentionTools,
  day: DayIndex,
  doomed: Matched,
  signal: AbortSignal,
): Promise<RemovedRows> {
  const query = matchQuery(doomed)
  const rows = await countIn(tools.search, day.name, query, signal)
  const isPast = doomed.to >= day.day + DAY
  if (rows === 0 && !isPast) return { rows: 0, rolledUp: 0 }
  const rolledUp = await rollUpRows(tools, day, doomed, signal)
  const stays = (await countIn(tools.search, day.name, ALL, signal)) - rows
  if (isPast && stays === 0) await tools.indices.remove(day.name, signal)
  else await deleteDocuments(tools, day.name, { query, sort: [{ id: 'asc' }] }, signal)
  return { rows, rolledUp }
}

export const ALL: Query = { match_all: {} }

export async function countIn(search: Search, index: string, query: Query, signal: AbortSignal): Promise<number> {
  const answer = await search.in(index, { query, size: 0, track_total_hits: true }, signal)
  return answer?.hits.total?.value ?? 0
}

/** Number of new roll-ups. */
export async function removeWholeDay(tools: RetentionTools, day: DayIndex, signal: AbortSignal): Promise<number> {
  const rolledUp = await rollUpRows(tools, day, { from: day.day, to: day.day + DAY, filter: { op: 'all' } }, signal)
  await tools.indices.remove(day.name, signal)
  return rolledUp
}

/** Number of new roll-ups; one that is there already stays as it is. */
async function rollUpRows(tools: RetentionTools, day: DayIndex, doomed: Matched, signal: AbortSignal): Promise<number> {
  const search = tools.search.within(day.name)
  const window = { kind: 'fixed' as const, every: HOUR }
  const { points: objects } = await measureCells(
    { ...doomed, groupBy: ROLL_UP_FIELDS, window, metrics: ['objects'], isExact: true },
    search,
    signal,
  )
  const grouping = {
    query: matchQuery(doomed),
    sources: ROLL_UP_FIELDS,
    every: HOUR,
    aggregations: sumAggregations(['placed', 'unplaced', 'first', 'last', 'isLowerBound'], doomed.from),
  }
  const records: StoreRecord[] = []
  let put = 0
  for await (const bucket of allBuckets(search, grouping, signal)) {
    const { placed, unplaced, observations, first, last, isLowerBound } = sumsOf(bucket)
    const points = objects.get(JSON.stringify(bucket.key)) ?? []
    const body = {
      key: bucket.key,
      occurrences: placed,
      unplaced,
      observations,
      objects: points.find(({ start }) => start === bucket.slice)?.values[0] ?? 0,
      firstObserved: first ?? 0,
      lastObserved: last ?? 0,
      isLowerBound,
    }
    records.push(rollUpRecord(bucket.slice, body))
    if (records.length === AT_ONCE) put += await putRollUps(tools, records.splice(0), signal)
  }
  return put + (await putRollUps(tools, records, signal))
}

async function putRollUps(
  { indices, sender }: RetentionTools,
  records: readonly StoreRecord[],
  signal: AbortSignal,
): Promise<number> {
  const outcomes = new Map<string, BulkOutcome>()
  const operations = records.map((record) => recordOperation(indices.records, record))
  await sender.send(operations, outcomes, signal)
  return [...outcomes.values()].filter(({ kind }) => kind === 'created').length
}
