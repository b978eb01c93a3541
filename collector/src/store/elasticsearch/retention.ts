import { DAY, HOUR, type EpochMicros } from '../../clock.ts'
import type { StoreRecord } from '../../event/record.ts'
import type { Filter } from '../../query/model.ts'
import { expiryBound, ROLL_UP_FIELDS, rollUpRecord } from '../../query/roll-up.ts'
import type { RetentionClass, RetentionPolicy, RetentionReport } from '../store.ts'
import type { BulkOperation, BulkOutcome, BulkSender } from './bulk.ts'
import { measureCells } from './cells.ts'
import { allBuckets } from './composite.ts'
import { matchQuery, type Query } from './filter-query.ts'
import type { DayIndex, Indices } from './indices.ts'
import { recordOperation } from './records.ts'
import type { Matched } from './rows.ts'
import type { Search } from './search.ts'
import type { Sizes } from './sizes.ts'
import { sumAggregations, sumsOf } from './sums.ts'

/** Documents deleted, or roll-ups put, at once. */
const AT_ONCE = 5_000

export interface RetentionTools {
  readonly indices: Indices
  readonly search: Search
  readonly sender: BulkSender
  readonly sizes: Sizes
}

/**
 * Removes what is too old or too much, a day after the other, oldest first. A day is rolled up before anything of it goes,
 * and a roll-up is written once whoever writes it, so that a crash, or a second collector, leaves no hour counted twice or
 * not at all. An index of which nothing stays is deleted whole; of others the rows that go are deleted one by one.
 */
export async function expireRows(
  tools: RetentionTools,
  policy: RetentionPolicy,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<RetentionReport> {
  await tools.indices.prepare()
  const removed: Record<string, number> = Object.fromEntries(policy.classes.map(({ name }) => [name, 0]))
  let rolledUp = 0
  for (const [index, { name, maxAge }] of policy.classes.entries()) {
    const gone = await removeDays(tools, classRows(policy, index), expiryBound(now, maxAge), signal)
    removed[name] = (removed[name] ?? 0) + gone.rows
    rolledUp += gone.rolledUp
  }
  await removeRollUps(tools, now - policy.rollUpMaxAge, signal)
  const forBytes = await removeForBytes(tools, policy.maxBytes, signal)
  if (forBytes.rows > 0) removed['maxBytes'] = forBytes.rows
  return { removed, rolledUp: rolledUp + forBytes.rolledUp, bytes: await tools.sizes.total(signal) }
}

interface Gone {
  readonly rows: number
  readonly rolledUp: number
}

/** Rows whose first class with their severity is the one at `index`. */
function classRows({ classes, includeRecordings }: RetentionPolicy, index: number): Filter {
  const taken = classes.slice(0, index).flatMap(({ severities }) => severities)
  const own = (classes[index] as RetentionClass).severities.filter((severity) => !taken.includes(severity))
  const isOwn: Filter = { op: 'in', field: 'severity', values: own }
  if (includeRecordings) return isOwn
  const isRecorded: Filter = { op: 'like', field: 'source', pattern: 'recording *' }
  return { op: 'and', filters: [isOwn, { op: 'not', filter: isRecorded }] }
}

/** Removes the rows that match and are older than `bound`. */
async function removeDays(
  tools: RetentionTools,
  filter: Filter,
  bound: EpochMicros,
  signal: AbortSignal,
): Promise<Gone> {
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

async function removeRows(tools: RetentionTools, day: DayIndex, doomed: Matched, signal: AbortSignal): Promise<Gone> {
  const query = matchQuery(doomed)
  const rows = await countIn(tools.search, day.name, query, signal)
  const isPast = doomed.to >= day.day + DAY
  if (rows === 0 && !isPast) return { rows: 0, rolledUp: 0 }
  const rolledUp = await rollUpRows(tools, day, doomed, signal)
  const stays = (await countIn(tools.search, day.name, ALL, signal)) - rows
  if (isPast && stays === 0) await tools.indices.remove(day.name, signal)
  else await deleteRows(tools, day.name, query, signal)
  return { rows, rolledUp }
}

const ALL: Query = { match_all: {} }

async function countIn(search: Search, index: string, query: Query, signal: AbortSignal): Promise<number> {
  const answer = await search.in(index, { query, size: 0, track_total_hits: true }, signal)
  return answer?.hits.total?.value ?? 0
}

/** Number of new roll-ups; one that is there already stays as it is. */
async function rollUpRows(tools: RetentionTools, day: DayIndex, doomed: Matched, signal: AbortSignal): Promise<number> {
  const search = tools.search.within(day.name)
  const window = { kind: 'fixed' as const, every: HOUR }
  const { points: objects } = await measureCells({ ...doomed, groupBy: ROLL_UP_FIELDS, window, metrics: ['objects'], isExact: true }, search, signal) // prettier-ignore
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

/** One by one: `_delete_by_query` is a module that a server may lack. */
async function deleteRows(
  { search, sender }: RetentionTools,
  index: string,
  query: Query,
  signal: AbortSignal,
): Promise<void> {
  for (let after: readonly unknown[] | undefined; ;) {
    const page = { query, size: AT_ONCE, _source: false, sort: [{ id: 'asc' }], track_total_hits: false }
    const answer = await search.in(index, after === undefined ? page : { ...page, search_after: after }, signal)
    const hits = answer?.hits.hits ?? []
    const operations = hits.map(({ _id }): BulkOperation => {
      return { id: _id, index, lines: () => `${JSON.stringify({ delete: { _index: index, _id } })}\n` }
    })
    await sender.send(operations, new Map(), signal)
    after = hits.at(-1)?.sort
    if (hits.length < AT_ONCE || after === undefined) return
  }
}

function removeRollUps(tools: RetentionTools, bound: EpochMicros, signal: AbortSignal): Promise<void> {
  const query = { bool: { filter: [{ term: { kind: 'roll-up' } }, { range: { to: { lte: bound } } }] } }
  return deleteRows(tools, tools.indices.records, query, signal)
}

/** Removes the oldest days, whatever they hold, while all take more than the bound. The newest day always stays. */
async function removeForBytes(tools: RetentionTools, maxBytes: number, signal: AbortSignal): Promise<Gone> {
  let [rows, rolledUp] = [0, 0]
  const sizes = await tools.sizes.ofIndices(signal)
  let total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0)
  const days = await tools.indices.days(signal)
  const newest = days.at(-1)?.day
  for (const day of days) {
    if (total <= maxBytes || day.day === newest) break
    const all: Matched = { from: day.day, to: day.day + DAY, filter: { op: 'all' } }
    rows += await countIn(tools.search, day.name, ALL, signal)
    rolledUp += await rollUpRows(tools, day, all, signal)
    await tools.indices.remove(day.name, signal)
    total -= sizes.get(day.name) ?? 0
  }
  return { rows, rolledUp }
}
