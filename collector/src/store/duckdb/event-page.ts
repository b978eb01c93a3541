import type { RowKey } from '../../query/cursor.ts'
import { readCursor, writeCursor } from '../../query/cursor.ts'
import type { EventPage, EventQuery, TimeRange } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { Read } from './engine-client.ts'
import { readPlaces } from './read-rows.ts'
import type { Result } from './protocol.ts'
import { countMatching, findCandidates, findSuperseded, type PageBounds } from './rows-sql.ts'
import { idOfUuid, isSortableId } from './sortable-id.ts'
import { timeSlices } from './time-slices.ts'

/** A row that may be on the page. */
interface Candidate extends RowKey {
  readonly rowId: number
}

/**
 * Rows looked at for each row wanted in view `events`. Looking at more costs little, another round costs a search; of
 * events that repeat all the time (a crash loop) three rows in four are older versions.
 */
const CANDIDATES_PER_ROW = 5

/**
 * One page, in one snapshot. In view `events` the page is filled in rounds: the next rows in order, less those that
 * have a newer version, until there are enough. So no page needs more than its own rows and the times behind them,
 * however deep.
 */
export async function readEventPage(query: EventQuery, read: Read): Promise<EventPage> {
  const position = readCursor(query)
  if (position !== null) checkKeys([position.after, position.newest])
  const newest = position?.newest ?? (await newestKey(query, read))
  if (newest === null) return { rows: [], cursor: null, total: 0 }

  const found = await collect(query, { after: position?.after ?? null, newest }, read)
  const wanted = found.slice(0, query.limit)
  const rows = await readPlaces(
    wanted.map(({ rowId }) => rowId),
    read,
  )
  // Rows with long texts make a shorter page.
  const page = wanted.filter(({ rowId }) => rows.has(rowId))
  const after = page.at(-1)
  const isLast = found.length === page.length || after === undefined
  return {
    rows: page.flatMap(({ rowId }) => rows.get(rowId) ?? []),
    cursor: isLast ? null : writeCursor(query, { after, newest }),
    total: isLast && position === null ? found.length : await count(query, newest, read),
  }
}

/** The page's rows and one more, where there are so many. */
async function collect(query: EventQuery, bounds: PageBounds, read: Read): Promise<readonly Candidate[]> {
  const wanted = query.limit + 1
  const size = query.view === 'observations' ? wanted : Math.ceil(wanted * CANDIDATES_PER_ROW)
  const found: Candidate[] = []
  for await (const slice of timeSlices(behind(query, bounds), query.order, read)) {
    for (let { after } = bounds; found.length < wanted;) {
      const candidates = candidatesOf(await read(findCandidates({ ...query, ...slice }, { ...bounds, after }, size)))
      found.push(...(await withoutSuperseded(query, bounds, candidates, read)))
      if (candidates.length < size) break
      after = candidates.at(-1) ?? after
    }
    if (found.length >= wanted) break
  }
  return found.slice(0, wanted)
}

/** The part of the range where the page's rows can be. */
function behind({ from, to, order }: EventQuery, { after, newest }: PageBounds): TimeRange {
  const end = newest === null ? to : Math.min(to, newest.lastObserved + 1)
  if (after === null) return { from, to: end }
  return order === 'newest'
    ? { from, to: Math.min(end, after.lastObserved + 1) }
    : { from: after.lastObserved, to: end }
}

async function count(query: EventQuery, newest: RowKey, read: Read): Promise<number> {
  const [result] = await read(countMatching(query, newest))
  return Number(result?.columns[0]?.[0] ?? 0)
}

async function withoutSuperseded(
  query: EventQuery,
  bounds: PageBounds,
  candidates: readonly Candidate[],
  read: Read,
): Promise<readonly Candidate[]> {
  if (query.view === 'observations' || candidates.length === 0) return candidates
  const oldest = candidates.reduce((time, { lastObserved }) => Math.min(time, lastObserved), Infinity)
  const rowIds = candidates.map(({ rowId }) => rowId)
  const [superseded] = await read(findSuperseded(query, bounds, { rowIds, oldest }))
  const older = new Set(superseded?.columns[0])
  return candidates.filter(({ rowId }) => !older.has(rowId))
}

async function newestKey(query: EventQuery, read: Read): Promise<RowKey | null> {
  for await (const slice of timeSlices(query, 'newest', read)) {
    const first = findCandidates({ ...query, ...slice, order: 'newest' }, { after: null, newest: null }, 1)
    const [newest] = candidatesOf(await read(first))
    if (newest !== undefined) return newest
  }
  return null
}

function candidatesOf([result]: readonly Result[]): readonly Candidate[] {
  const [rowIds = [], times = [], versions = [], ids = []] = result?.columns ?? []
  return rowIds.map((rowId, row) => ({
    rowId: Number(rowId),
    lastObserved: Number(times[row]),
    resourceVersion: versions[row] === null ? null : Number(versions[row]),
    id: idOfUuid(String(ids[row])),
  }))
}

function checkKeys(keys: readonly RowKey[]): void {
  if (keys.every(({ id }) => isSortableId(id))) return
  const message = 'it names no row of this store. Repeat the query of the first page with it, or leave it out'
  throw new InvalidQueryError([{ parameter: 'cursor', message }])
}
