import { MILLISECOND } from '../../clock.ts'
import type { EventQuery, Filter } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/problems.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, limitNotices, lowerBoundNotices } from '../notices.ts'
import type { AnswerQuery, AskedQuery } from './asked-query.ts'
import type { Frame } from './frame.ts'
import { logColumns } from './log-rows.ts'

/** Rows of one frame at most. */
export const MOST_ROWS = 5_000
const USUAL_ROWS = 1_000

/** Explore asks for older rows with this word: same query, `to` = the oldest millisecond it shows. */
const INFINITE_SCROLL = 'infiniteScroll'

/** Query type `events`: rows for the logs views. */
export const answerEvents: AnswerQuery = async (asked, reader, signal) => {
  if (asked.isAlert) {
    const message = 'events are rows of text, which no alert rule can count. Use the query type Aggregate, which counts the same events' // prettier-ignore
    throw new InvalidQueryError([{ parameter: 'queryType', message }])
  }
  const { query, from, filter } = asked
  const page: EventQuery = {
    from,
    // Grafana's end is a millisecond that is still meant.
    to: asked.to + MILLISECOND,
    filter,
    view: query.view,
    order: query.order,
    limit: await limitOf(asked, reader, signal),
  }
  const [{ rows, total }, gaps] = await Promise.all([reader.events(page, signal), gapNotices(reader, page, signal)])
  const notices = [
    ...gaps,
    ...limitNotices(rows.length, total, query.view),
    ...lowerBoundNotices(rows.some(({ countIsLowerBound }) => countIsLowerBound)),
  ]
  const warnings = notices.filter(({ severity }) => severity === 'warning').map(({ text }) => text)
  const frame: Frame = {
    meta: {
      type: 'log-lines',
      typeVersion: [0, 0],
      preferredVisualisationType: 'logs',
      executedQueryString: query.filter.text,
      notices,
      custom: {
        limit: page.limit,
        total,
        searchWords: wordsIn(filter),
        // Explore's logs show this, and not the notices.
        ...(warnings.length === 0 ? {} : { error: warnings.join(' ') }),
      },
    },
    columns: logColumns(rows),
  }
  return [frame]
}

/**
 * Infinite scroll has no cursor: whoever asks has seen some rows of the millisecond `to`. So the answer holds all of that
 * millisecond, and as many older ones as were asked for.
 */
async function limitOf(
  { query, from, to, filter }: AskedQuery,
  reader: EventReader,
  signal: AbortSignal,
): Promise<number> {
  const limit = query.limit ?? USUAL_ROWS
  if (query.supportingQueryType !== INFINITE_SCROLL || query.order !== 'newest') return limit
  const { view, order } = query
  const last = { from: Math.max(from, to), to: to + MILLISECOND, filter, view, order, limit: 1 }
  return Math.min(MOST_ROWS, limit + (await reader.events(last, signal)).total)
}

/** Words that a filter looks for, to be marked in the text. */
function wordsIn(filter: Filter): readonly string[] {
  if (filter.op === 'words') return filter.words
  if (filter.op !== 'and' && filter.op !== 'or') return []
  return [...new Set(filter.filters.flatMap(wordsIn))]
}
