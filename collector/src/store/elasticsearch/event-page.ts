import { readCursor, writeCursor, type RowKey } from '../../query/cursor.ts'
import { eventKey } from '../../query/measure.ts'
import type { EventPage, EventQuery } from '../../query/model.ts'
import { allBuckets, BUCKETS_AT_ONCE, EVENT_FIELDS } from './composite.ts'
import { KEYS_READ, keysIn, keysRequest, readKeys, rowsOfKeys, type KeyedRow } from './keyed-rows.ts'
import { boundedQuery, MOST_ROWS, UNBOUNDED, type RowBounds } from './rows.ts'
import { bucketsIn, childIn, hitsIn, type Search, type SearchAnswer } from './search.ts'
import { sortOf } from './seek.ts'

/**
 * Rows looked at for each row wanted in view `events`: of events that repeat, most rows are older versions. Only their keys are
 * read, which takes a tenth of the time of a document.
 */
const CANDIDATES_PER_ROW = 5

/**
 * One page. In view `events` it is filled in rounds: the next rows in order, less those that have a newer version among the
 * matching rows, until there are enough. So no page needs more than its own rows and the times behind them, however deep.
 */
export async function readEventPage(query: EventQuery, search: Search, signal: AbortSignal): Promise<EventPage> {
  const position = readCursor(query)
  if (position === null && query.order === 'newest') return readNewestPage(query, search, signal)
  const newest = position?.newest ?? (await newestKey(query, search, signal))
  if (newest === null) return { rows: [], cursor: null, total: 0 }

  const found = await collect(query, { after: position?.after ?? null, newest }, search, signal)
  const isWhole = found.length <= query.limit && position === null
  const total = isWhole ? found.length : await count(query, newest, search, signal)
  return pageOf(query, { found, newest, total }, search, signal)
}

interface FoundRows {
  /** The page's rows and one more, where there are so many. */
  readonly found: readonly KeyedRow[]
  readonly newest: RowKey
  readonly total: number
}

async function pageOf(
  query: EventQuery,
  { found, newest, total }: FoundRows,
  search: Search,
  signal: AbortSignal,
): Promise<EventPage> {
  const shown = found.slice(0, query.limit)
  const after = shown.at(-1)
  const isLast = found.length <= query.limit || after === undefined
  const rows = await rowsOfKeys(search, shown, query.order, signal)
  return { rows, cursor: isLast ? null : writeCursor(query, { after, newest }), total }
}

/**
 * The first page of the newest, which people ask for most: its keys and the total in one request. No row stands before them, so
 * the version of an event that is met first is its newest one.
 */
async function readNewestPage(query: EventQuery, search: Search, signal: AbortSignal): Promise<EventPage> {
  const isEvents = query.view === 'events'
  const size = candidates(query)
  const totals = isEvents ? { aggs: EVENT_COUNTS } : { track_total_hits: true }
  const answer = await search.days({ ...keysRequest(query, UNBOUNDED, size), ...totals }, signal, [
    KEYS_READ,
    'hits.total',
    'aggregations.*.doc_count',
    'aggregations.*.buckets.doc_count',
  ])
  let keys = keysIn(answer)
  const [newest] = keys
  if (newest === undefined) return { rows: [], cursor: null, total: 0 }

  const seen = new Set<string>()
  const isFirst = (row: KeyedRow) => !isEvents || row.uid === '' || isNew(seen, eventKey(row))
  const found = keys.filter(isFirst)
  while (found.length <= query.limit && keys.length === size) {
    keys = await readKeys(search, query, { after: keys.at(-1) ?? null, newest }, size, signal)
    found.push(...keys.filter(isFirst))
  }
  const known = isEvents ? eventsIn(answer) : (answer?.hits?.total?.value ?? 0)
  const total = known ?? (await count(query, newest, search, signal))
  return pageOf(query, { found, newest, total }, search, signal)
}

function isNew(seen: Set<string>, key: string): boolean {
  const known = seen.size
  return seen.add(key).size > known
}

/** A bucket for each event, as many as one answer holds, and the rows without uid, of which each is an event of its own. */
const EVENT_COUNTS = {
  events: {
    composite: {
      size: BUCKETS_AT_ONCE,
      sources: [
        { cluster: { terms: { field: 'cluster', missing_bucket: true } } },
        { uid: { terms: { field: 'uid' } } },
      ],
    },
  },
  unnamed: { missing: { field: 'uid' } },
}

/** Events by {@link EVENT_COUNTS}; null when there may be more of them. */
function eventsIn(answer: SearchAnswer | null): number | null {
  const events = bucketsIn(answer?.aggregations, 'events').length
  return events === BUCKETS_AT_ONCE ? null : events + (childIn(answer?.aggregations, 'unnamed')?.doc_count ?? 0)
}

/** A row without uid is an event of its own. */
function eventsOf({ key, doc_count: rows }: { readonly key: readonly string[]; readonly doc_count: number }): number {
  return key[1] === '' ? rows : 1
}

/** Rows whose keys are looked at in one round. */
function candidates({ view, limit }: EventQuery): number {
  return Math.min(MOST_ROWS, (limit + 1) * (view === 'observations' ? 1 : CANDIDATES_PER_ROW))
}

async function newestKey(query: EventQuery, search: Search, signal: AbortSignal): Promise<RowKey | null> {
  const [newest] = await readKeys(search, { ...query, order: 'newest' }, UNBOUNDED, 1, signal)
  return newest ?? null
}

/** The page's rows and one more, where there are so many. */
async function collect(
  query: EventQuery,
  bounds: RowBounds,
  search: Search,
  signal: AbortSignal,
): Promise<readonly KeyedRow[]> {
  const wanted = query.limit + 1
  const size = candidates(query)
  const found: KeyedRow[] = []
  for (let { after } = bounds; found.length < wanted;) {
    const keys = await readKeys(search, query, { ...bounds, after }, size, signal)
    found.push(...(query.view === 'observations' ? keys : await newestVersions(query, bounds, keys, search, signal)))
    if (keys.length < size) break
    after = keys.at(-1) ?? after
  }
  return found.slice(0, wanted)
}

/** Of some rows those that no newer version of the same event follows, among the matching rows up to `newest`. */
async function newestVersions(
  query: EventQuery,
  bounds: RowBounds,
  rows: readonly KeyedRow[],
  search: Search,
  signal: AbortSignal,
): Promise<readonly KeyedRow[]> {
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
  for await (const bucket of allBuckets(search, { query: match, sources: EVENT_FIELDS }, signal)) events += eventsOf(bucket) // prettier-ignore
  return events
}
