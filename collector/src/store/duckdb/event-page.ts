import type { RowKey } from '../../query/cursor.ts'
import { readCursor, writeCursor } from '../../query/cursor.ts'
import type { EventPage, EventQuery } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/problems.ts'
import type { Read } from './engine-client.ts'
import { readRows } from './read-rows.ts'
import type { Result } from './protocol.ts'
import { countMatching, findCandidates, findSuperseded, type PageBounds } from './rows-sql.ts'
import { idOfUuid, isSortableId } from './sortable-id.ts'

/** A row that may be on the page. */
interface Candidate extends RowKey {
  readonly rowId: number
}

/** Rows looked at for each row wanted in view `events`: about one row in five is an older version. */
const CANDIDATES_PER_ROW = 1.5

/**
 * One page, in one snapshot. In view `events` the page is filled in rounds: the next rows in order, less those that have a
 * newer version, until there are enough. So no page needs more than its own rows and the times behind them, however deep.
 */
export async function readEventPage(query: EventQuery, read: Read): Promise<EventPage> {
  const position = readCursor(query)
  if (position !== null) checkKeys([position.after, position.newest])
  const newest = position?.newest ?? (await newestKey(query, read))
  if (newest === null) return { rows: [], cursor: null, total: 0 }

  const found = await collect(query, { after: position?.after ?? null, newest }, read)
  const page = found.slice(0, query.limit)
  const rows = await readRows(
    page.map(({ rowId }) => rowId),
    read,
  )
  const [count] = await read(countMatching(query, newest))
  const after = page.at(-1)
  const isLast = found.length <= query.limit || after === undefined
  return {
    rows: query.order === 'newest' ? rows.toReversed() : rows,
    cursor: isLast ? null : writeCursor(query, { after, newest }),
    total: Number(count?.columns[0]?.[0] ?? 0),
  }
}

/** At least one row more than the page has, where there are so many. */
async function collect(query: EventQuery, bounds: PageBounds, read: Read): Promise<readonly Candidate[]> {
  const wanted = query.limit + 1
  if (query.view === 'observations') return candidatesOf(await read(findCandidates(query, bounds, wanted)))

  const found: Candidate[] = []
  const size = Math.ceil(wanted * CANDIDATES_PER_ROW)
  for (let after = bounds.after; found.length < wanted;) {
    const candidates = candidatesOf(await read(findCandidates(query, { ...bounds, after }, size)))
    found.push(...(await withoutSuperseded(query, bounds, candidates, read)))
    if (candidates.length < size) break
    after = candidates.at(-1) ?? after
  }
  return found.slice(0, wanted)
}

async function withoutSuperseded(
  query: EventQuery,
  bounds: PageBounds,
  candidates: readonly Candidate[],
  read: Read,
): Promise<readonly Candidate[]> {
  if (candidates.length === 0) return []
  const oldest = candidates.reduce((time, { lastObserved }) => Math.min(time, lastObserved), Infinity)
  const rowIds = candidates.map(({ rowId }) => rowId)
  const [superseded] = await read(findSuperseded(query, bounds, { rowIds, oldest }))
  const older = new Set(superseded?.columns[0])
  return candidates.filter(({ rowId }) => !older.has(rowId))
}

async function newestKey(query: EventQuery, read: Read): Promise<RowKey | null> {
  const first = findCandidates({ ...query, order: 'newest' }, { after: null, newest: null }, 1)
  return candidatesOf(await read(first))[0] ?? null
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
