import type { EpochMicros } from '../../clock.ts'
import { compareObservations, type Observation } from '../../event/observation.ts'
import { regardingKey } from '../../query/measure.ts'
import type { Filter, LatestQuery } from '../../query/model.ts'
import { allBuckets } from './composite.ts'
import { matchQuery } from './filter-query.ts'
import { rowsOfKeys, streamKeys, type KeyedRow } from './keyed-rows.ts'
import { keysFilter } from './keys-filter.ts'
import { identityOfTexts, OBJECT_KEY } from './object-identity.ts'
import { MOST_ROWS, streamRows, UNBOUNDED } from './rows.ts'
import { valueIn, type Search } from './search.ts'

/** Rows looked at for each object wanted, newest first, before all objects are listed: mostly the newest are of different ones. */
const ROWS_PER_OBJECT = 20
const LEAST_ROWS = 5_000
const LEAST_ROWS_AT_ONCE = 500

/** Objects whose newest rows are fetched at once. */
const OBJECTS_AT_ONCE = 200

/** The newest matching row of each object, newest first. */
export async function readLatest(
  query: LatestQuery,
  search: Search,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const newest = new Map<string, KeyedRow>()
  let seen = 0
  const size = Math.min(MOST_ROWS, Math.max(LEAST_ROWS_AT_ONCE, query.limit * 2))
  const asked = { bounds: UNBOUNDED, size, fields: OBJECT_KEY }
  for await (const rows of streamKeys(search, { ...query, order: 'newest' }, asked, signal)) {
    seen += rows.length
    for (const row of rows) {
      const object = identityOfTexts(row.key)
      if (!newest.has(object)) newest.set(object, row)
    }
    if (newest.size >= query.limit) break
    const isEnd = rows.length < size
    if (!isEnd && seen >= Math.max(LEAST_ROWS, query.limit * ROWS_PER_OBJECT)) return listObjects(query, search, signal)
  }
  return (await rowsOfKeys(search, [...newest.values()].slice(0, query.limit), 'newest', signal)).rows
}

/** An object, by one of the combinations of names that it has. */
interface FoundObject {
  readonly key: readonly string[]
  readonly last: EpochMicros
}

/** By the newest time of each object, then the rows of these times. */
async function listObjects(query: LatestQuery, search: Search, signal: AbortSignal): Promise<readonly Observation[]> {
  const objects = await newestObjects(query, search, signal)
  const rows: Observation[] = []
  for (let start = 0; start < objects.length; start += OBJECTS_AT_ONCE) {
    const part = objects.slice(start, start + OBJECTS_AT_ONCE)
    const own: Filter = { op: 'or', filters: part.map(rowsOfTime) }
    const found = { ...query, filter: { op: 'and' as const, filters: [query.filter, own] }, order: 'newest' as const }
    for await (const page of streamRows(search, found, MOST_ROWS, signal)) rows.push(...page)
  }
  const byObject = new Map<string, Observation>()
  for (const row of rows.sort((a, b) => compareObservations(b, a)))
    if (!byObject.has(regardingKey(row))) byObject.set(regardingKey(row), row)
  return [...byObject.values()].slice(0, query.limit)
}

/** The `limit` objects with the newest rows, and those that share the time of the last of them, by all names as new as that. */
async function newestObjects(query: LatestQuery, search: Search, signal: AbortSignal): Promise<readonly FoundObject[]> {
  const aggregations = { last: { max: { field: 'lastObservedMicros' } } }
  const grouping = { query: matchQuery(query), sources: OBJECT_KEY, aggregations }
  let found: FoundObject[] = []
  for await (const bucket of allBuckets(search, grouping, signal)) {
    found.push({ key: bucket.key, last: valueIn(bucket, 'last') ?? 0 })
    if (found.length >= 2 * query.limit + OBJECTS_AT_ONCE) found = firstOf(found, query.limit)
  }
  return firstOf(found, query.limit)
}

function firstOf(objects: readonly FoundObject[], limit: number): FoundObject[] {
  const sorted = objects.toSorted((a, b) => b.last - a.last)
  const newest = new Map<string, EpochMicros>()
  for (const { key, last } of sorted) {
    const object = identityOfTexts(key)
    if (!newest.has(object)) newest.set(object, last)
  }
  const last = [...newest.values()][limit - 1] ?? -Infinity
  return sorted.filter((object) => object.last >= last)
}

function rowsOfTime(object: FoundObject): Filter {
  const isThen: Filter = { op: 'in', field: 'lastObserved', values: [String(object.last)] }
  return { op: 'and', filters: [keysFilter(OBJECT_KEY, [object]), isThen] }
}
