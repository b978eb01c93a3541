import { MILLISECOND, type EpochMicros } from '../../clock.ts'
import { writeCursor, type RowKey } from '../../query/cursor.ts'
import type { EventQuery } from '../../query/model.ts'
import { LATEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import type { AskedQuery } from './asked-query.ts'

/** Rows of one frame at most. */
const MOST_ROWS = 5_000
const USUAL_ROWS = 1_000

/** Grafana asks for the next rows with this word: same query, and of its range the end that was read is moved to the last row shown. */
const INFINITE_SCROLL = 'infiniteScroll'

export function isScroll({ supportingQueryType }: AskedQuery['query']): boolean {
  return supportingQueryType === INFINITE_SCROLL
}

/**
 * The rows to read for a query of type `events`. Infinite scroll has no cursor: whoever asks has seen some rows of the millisecond
 * at the moved end. So its page holds all rows of that millisecond, and behind them as many as were asked for. It is a page of the
 * range that was asked first (`scrolled`): of a shorter one an older version of an event would be the newest, and come again.
 */
export async function pageFor(asked: AskedQuery, reader: EventReader, signal: AbortSignal): Promise<EventQuery> {
  const { query, filter } = asked
  const { view, order, limit = USUAL_ROWS, scrolled } = query
  if (!isScroll(query)) return { from: asked.from, to: asked.to, filter, view, order, limit }
  const range = { from: asked.from, to: order === 'newest' ? asked.to + MILLISECOND : asked.to }
  const edge = order === 'newest' ? range.to : range.from
  const seen = order === 'newest' ? { from: Math.max(range.from, edge - MILLISECOND), to: edge } : { from: edge, to: edge + MILLISECOND } // prettier-ignore
  const { total } = await reader.events({ ...seen, filter, view, order, limit: 1 }, signal)
  const most = Math.min(MOST_ROWS, limit + total)
  if (scrolled === undefined) return { ...range, filter, view, order, limit: most }
  const pages = { from: scrolled.from * MILLISECOND, to: scrolled.to * MILLISECOND, view, order }
  // What is stored meanwhile may be shown too.
  const cursor = writeCursor(pages, { after: firstOf(edge), newest: firstOf(LATEST) })
  return { ...pages, filter, limit: most, cursor }
}

/** Before everything of its time: the id is the lowest that an observation can have. */
function firstOf(lastObserved: EpochMicros): RowKey {
  return { lastObserved, resourceVersion: null, id: `${'-'.repeat(21)}A` }
}
