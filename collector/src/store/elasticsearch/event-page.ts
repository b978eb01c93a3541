import { readCursor, writeCursor, type RowKey } from '../../query/cursor.ts'
import type { EventPage, EventQuery } from '../../query/model.ts'
import { FIRST_STEP } from '../in-steps.ts'
import { allBuckets, EVENT_KEY } from './composite.ts'
import { countEvents } from './count-events.ts'
import type { Query } from './filter-query.ts'
import { readKeys, rowsOfKeys, streamKeys, type KeyedRow } from './keyed-rows.ts'
import { boundedQuery, MOST_ROWS, readRows, UNBOUNDED, type RowBounds } from './rows.ts'
import type { Search } from './search.ts'
import { behindQuery } from './seek.ts'

/** Rows looked at for each row wanted in view `events`: of events that repeat, most rows are older versions. */
const CANDIDATES_PER_ROW = 5

/** One page; the rows of one that only shows what is there come in one answer. */
export async function readEventPage(query: EventQuery, search: Search, signal: AbortSignal): Promise<EventPage> {
  const position = readCursor(query)
  // Of the newest rows the first one found is the newest of all.
  const newest = position?.newest ?? (query.order === 'newest' ? null : await newestKey(query, search, signal))
  const bounds = { after: position?.after ?? null, newest }
  return query.view === 'observations' && query.limit < FIRST_STEP
    ? readObservations(query, bounds, search, signal)
    : readByKeys(query, bounds, search, signal)
}

const NOTHING: EventPage = { rows: [], cursor: null, total: 0 }

async function readObservations(
  query: EventQuery,
  bounds: RowBounds,
  search: Search,
  signal: AbortSignal,
): Promise<EventPage> {
  const asked = { size: query.limit + 1, countAll: bounds.after === null }
  const { rows, total } = await readRows(search, query, bounds, asked, signal)
  const newest = bounds.newest ?? rows[0]
  if (newest === undefined) return NOTHING
  const shown = rows.slice(0, query.limit)
  const cursor = cursorBehind(query, shown, rows.length, newest)
  return { rows: shown, cursor, total: total ?? (await count(query, newest, search, signal)) }
}

/**
 * The keys of the page's rows first, then their documents and, at the same time, how many match in all. In view `events` it is
 * filled in rounds: the next rows in order, less those that have a newer version among the matching rows, until there are
 * enough. So no page needs more than its own rows and the times behind them, however deep.
 */
async function readByKeys(
  query: EventQuery,
  bounds: RowBounds,
  search: Search,
  signal: AbortSignal,
): Promise<EventPage> {
  const found = await collect(query, bounds, search, signal)
  const newest = bounds.newest ?? found[0]
  if (newest === undefined) return NOTHING
  const wanted = found.slice(0, query.limit)
  const isAll = bounds.after === null && found.length === wanted.length
  const [{ rows, keysRead }, total] = await Promise.all([
    rowsOfKeys(search, wanted, query.order, signal),
    isAll ? found.length : count(query, newest, search, signal),
  ])
  // Rows with long texts make a shorter page.
  return { rows, cursor: cursorBehind(query, wanted.slice(0, keysRead), found.length, newest), total }
}

/** Null when the page holds all that was found. */
function cursorBehind(query: EventQuery, shown: readonly RowKey[], found: number, newest: RowKey): string | null {
  const after = shown.at(-1)
  return found === shown.length || after === undefined ? null : writeCursor(query, { after, newest })
}

async function newestKey(query: EventQuery, search: Search, signal: AbortSignal): Promise<RowKey | null> {
  const newest = { ...query, order: 'newest' as const }
  const [row] = await readKeys(search, newest, { bounds: UNBOUNDED, size: 1, fields: [] }, signal)
  return row ?? null
}

/** The page's rows and one more, where there are so many. */
async function collect(
  query: EventQuery,
  bounds: RowBounds,
  search: Search,
  signal: AbortSignal,
): Promise<readonly KeyedRow[]> {
  const { view, order } = query
  const wanted = query.limit + 1
  const size = Math.min(MOST_ROWS, wanted * (view === 'events' ? CANDIDATES_PER_ROW : 1))
  const found: KeyedRow[] = []
  const seen = new Set<string>()
  for await (const keys of streamKeys(search, query, { bounds, size, fields: EVENT_KEY }, signal)) {
    if (view === 'observations') {
      found.push(...keys)
    } else if (order === 'newest') {
      // Newer versions stand before them on this page, or on an earlier one, whose last row is `after`.
      const own = keys.filter((row) => isFirst(seen, row))
      const { after } = bounds
      const earlier =
        after === null ? null : { from: after, rows: { bool: { must_not: [behindQuery('newest', after)] } } }
      found.push(...(await withoutNewer(query, own, earlier, bounds.newest, search, signal)))
    } else {
      // Newer versions stand behind them in this answer, or behind it.
      const behind = new Set<string>()
      const own = keys
        .toReversed()
        .filter((row) => isFirst(behind, row))
        .reverse()
      const last = keys.length < size ? undefined : keys.at(-1)
      const later = last === undefined ? null : { from: last, rows: behindQuery('oldest', last) }
      found.push(...(await withoutNewer(query, own, later, bounds.newest, search, signal)))
    }
    if (found.length >= wanted) break
  }
  return found.slice(0, wanted)
}

/** A row without uid is an event of its own. */
function isFirst(seen: Set<string>, { key }: KeyedRow): boolean {
  const known = seen.size
  return uidOf(key) === '' || seen.add(JSON.stringify(key)).size > known
}

function uidOf(key: readonly string[]): string {
  return key[1] ?? ''
}

/** Rows of which none is older than `from`. */
interface Newer {
  readonly from: RowKey
  readonly rows: Query
}

/** Of some rows those whose event has no matching row among newer ones, up to `newest`; all of them where there are none. */
async function withoutNewer(
  query: EventQuery,
  rows: readonly KeyedRow[],
  newer: Newer | null,
  newest: RowKey | null,
  search: Search,
  signal: AbortSignal,
): Promise<readonly KeyedRow[]> {
  const uids = new Set(rows.map(({ key }) => uidOf(key)).filter((uid) => uid !== ''))
  if (uids.size === 0 || newer === null) return rows
  const range = { ...query, from: Math.max(query.from, newer.from.lastObserved) }
  const match = boundedQuery(range, { after: null, newest })
  const sources = EVENT_KEY
  const grouping = { query: { bool: { filter: [match, newer.rows, { terms: { uid: [...uids] } }] } }, sources }
  const found = new Set<string>()
  for await (const { key } of allBuckets(search, grouping, signal)) found.add(JSON.stringify(key))
  return rows.filter(({ key }) => uidOf(key) === '' || !found.has(JSON.stringify(key)))
}

/** Rows, or events, that match up to `newest`. */
async function count(query: EventQuery, newest: RowKey, search: Search, signal: AbortSignal): Promise<number> {
  const match = boundedQuery({ ...query, order: 'newest' }, { after: null, newest })
  if (query.view === 'events') return countEvents(match, search, signal)
  const answer = await search.days({ query: match, size: 0, track_total_hits: true }, signal, ['hits.total'])
  return answer?.hits.total?.value ?? 0
}
