import type { Observation } from '../event/observation.ts'
import type { EventQuery, TimeRange } from './model.ts'
import { InvalidQueryError } from './invalid-query.ts'

/** A place in the order of observations: (lastObserved, resourceVersion, id). */
export type RowKey = Pick<Observation, 'lastObserved' | 'resourceVersion' | 'id'>

/** What a cursor says, see {@link EventQuery.cursor}. */
export interface Position {
  /** The last row of the page before: the next page begins behind it, in the direction of the query. */
  readonly after: RowKey
  /** The highest key that matched when the first page was made. Rows above do not exist for later pages. */
  readonly newest: RowKey
}

/** What may not change from page to page. The filter may, though that is rarely meant. */
type Pages = Pick<EventQuery, 'view' | 'order' | 'from' | 'to'>

/** Changes when the parts of a cursor change, so that one of another version is refused and not misread. */
const VERSION = 1
const EXPECTED = 'Repeat the query of the first page with it, or leave it out'

/** The cursor of the next page, in letters that need no escapes in a URL. */
export function writeCursor({ view, order, from, to }: Pages, { after, newest }: Position): string {
  const parts = [VERSION, view, order, from, to, ...keyParts(after), ...keyParts(newest)]
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/**
 * What the cursor of a query says; null when it has none.
 *
 * @throws InvalidQueryError when it is no cursor, or one of a query with another view, order or range.
 */
export function readCursor(query: Pages & Pick<EventQuery, 'cursor'>): Position | null {
  if (query.cursor === undefined) return null
  const { position, pages } = decode(query.cursor)
  for (const part of ['view', 'order', 'from', 'to'] as const) {
    if (pages[part] === query[part]) continue
    throw cursorError(
      `it belongs to a query with ${part} ${String(pages[part])}, not ${String(query[part])}. ${EXPECTED}`,
    )
  }
  return position
}

/**
 * The range that a cursor was made for. Who asks for "-1h" again means the hour of the first page, not that of now.
 *
 * @throws InvalidQueryError when it is no cursor.
 */
export function cursorRange(cursor: string): TimeRange {
  const { from, to } = decode(cursor).pages
  return { from, to }
}

function decode(cursor: string): { readonly position: Position; readonly pages: Pages } {
  const parts = parseParts(cursor)
  const [version, view, order, from, to] = parts
  const after = readKey(parts.slice(5, 8))
  const newest = readKey(parts.slice(8, 11))
  if (
    version !== VERSION ||
    (view !== 'events' && view !== 'observations') ||
    (order !== 'newest' && order !== 'oldest') ||
    !Number.isSafeInteger(from) ||
    !Number.isSafeInteger(to) ||
    after === null ||
    newest === null
  ) {
    throw cursorError(`it was not made by this version, or it was cut. ${EXPECTED}`)
  }
  return { position: { after, newest }, pages: { view, order, from: Number(from), to: Number(to) } }
}

function parseParts(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parts) ? parts : []
  } catch {
    return []
  }
}

function keyParts({ lastObserved, resourceVersion, id }: RowKey): readonly unknown[] {
  return [lastObserved, resourceVersion, id]
}

function readKey([lastObserved, resourceVersion, id]: readonly unknown[]): RowKey | null {
  const isKey =
    Number.isSafeInteger(lastObserved) &&
    (resourceVersion === null || Number.isSafeInteger(resourceVersion)) &&
    typeof id === 'string'
  if (!isKey) return null
  return {
    lastObserved: Number(lastObserved),
    resourceVersion: resourceVersion === null ? null : Number(resourceVersion),
    id,
  }
}

function cursorError(message: string): InvalidQueryError {
  return new InvalidQueryError([{ parameter: 'cursor', message }])
}
