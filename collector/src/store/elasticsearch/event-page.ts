import type { Observation } from '../../event/observation.ts'
import { readCursor, writeCursor, type RowKey } from '../../query/cursor.ts'
import { eventKey } from '../../query/measure.ts'
import type { EventPage, EventQuery } from '../../query/model.ts'
import { allBuckets, EVENT_FIELDS } from './composite.ts'
import { boundedQuery, readRows, UNBOUNDED, type RowBounds } from './rows.ts'
import { hitsIn, type Search } from './search.ts'
import { sortOf } from './seek.ts'

/** Rows looked at for each row wanted in view `events`: of events that repeat, most rows are older versions. */
const CANDIDATES_PER_ROW = 3
const MOST_CANDIDATES = 5_000

/**
 * One page. In view `events` it is filled in rounds: the next rows in order, less those that have a newer version among the
 * matching rows, until there are enough. So no page needs more than its own rows and the times behind them, however deep.
 */
export async function readEventPage(query: EventQuery, search: Search, signal: AbortSignal): Promise<EventPage> {
  const position = readCursor(query)
  const newest = position?.newest ?? (await newestKey(query, search, signal))
  if (newest === null) return { rows: [], cursor: null, total: 0 }

  const bounds = { after: position?.after ?? null, newest }
  const found = await collect(query, bounds, search, signal)
  const rows = found.slice(0, query.limit)
  const after = rows.at(-1)
  const isLast = found.length <= query.limit || after === undefined
  return {
    rows,
    cursor: isLast ? null : writeCursor(query, { after, newest }),
    total: isLast && position === null ? found.length : await count(query, newest, search, signal),
  }
}

async function newestKey(query: EventQuery, search: Search, signal: AbortSignal): Promise<RowKey | null> {
  const { rows } = await readRows(search, { ...query, order: 'newest' }, UNBOUNDED, { size: 1 }, signal)
  return rows[0] ?? null
}

/** The page's rows and one more, where there are so many. */
async function collect(
  query: EventQuery,
  bounds: RowBounds,
  search: Search,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const wanted = query.limit + 1
  const size = query.view === 'observations' ? wanted : Math.min(MOST_CANDIDATES, wanted * CANDIDATES_PER_ROW)
  const found: Observation[] = []
  for (let { after } = bounds; found.length < wanted;) {
    const { rows } = await readRows(search, query, { ...bounds, after }, { size }, signal)
    found.push(...(query.view === 'observations' ? rows : await newestVersions(query, bounds, rows, search, signal)))
    if (rows.length < size) break
    after = rows.at(-1) ?? after
  }
  return found.slice(0, wanted)
}

/** Of some rows those that no newer version of the same event follows, among the matching rows up to `newest`. */
async function newestVersions(
  query: EventQuery,
  bounds: RowBounds,
  rows: readonly Observation[],
  search: Search,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const uids = [...new Set(rows.map(({ uid }) => uid).filter((uid) => uid !== ''))]
  if (uids.length === 0) return rows
  const oldest = rows.reduce((time, { lastObserved }) => Math.min(time, lastObserved), Infinity)
  const from = Math.max(query.from, oldest)
  const match = boundedQuery({ ...query, from, order: 'newest' }, { after: null, newest: bounds.newest })
  const newest = new Map<string, string>()
  const search1 = {
    query: { bool: { filter: [match, { terms: { uid: uids } }] } },
    sources: EVENT_FIELDS,
    aggregations: { newest: { top_hits: { size: 1, sort: sortOf('newest'), _source: ['cluster', 'uid'] } } },
  }
  for await (const bucket of allBuckets(search, search1, signal)) {
    const [hit] = hitsIn(bucket, 'newest')
    const [cluster = '', uid = ''] = bucket.key
    if (hit !== undefined) newest.set(eventKey({ cluster, uid, id: '' }), hit._id)
  }
  return rows.filter((row) => row.uid === '' || newest.get(eventKey(row)) === row.id)
}

/** Rows, or events, that match up to `newest`. */
async function count(query: EventQuery, newest: RowKey, search: Search, signal: AbortSignal): Promise<number> {
  const match = boundedQuery({ ...query, order: 'newest' }, { after: null, newest })
  if (query.view === 'observations') {
    const answer = await search.days({ query: match, size: 0, track_total_hits: true }, signal)
    return answer?.hits.total?.value ?? 0
  }
  let events = 0
  for await (const { key, doc_count: rows } of allBuckets(search, { query: match, sources: EVENT_FIELDS }, signal)) {
    events += key[1] === '' ? rows : 1
  }
  return events
}
