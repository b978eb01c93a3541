import type { Filter } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { gapNotices, lowerBoundNotices, type Notice } from '../notices.ts'
import type { AnswerQuery } from './asked-query.ts'
import type { Frame } from './frame.ts'
import { logColumns } from './log-rows.ts'
import { isScroll, pageFor } from './scroll-page.ts'

/** Query type `events`: rows for the logs views. */
export const answerEvents: AnswerQuery = async (asked, reader, signal) => {
  if (asked.isAlert) {
    const message = 'events are rows of text, which no alert rule can count. Choose Count, which counts the same events' // prettier-ignore
    throw new InvalidQueryError([{ parameter: 'queryType', message }])
  }
  const { query, filter } = asked
  const page = await pageFor(asked, reader, signal)
  const [{ rows, total }, gaps] = await Promise.all([reader.events(page, signal), gapNotices(reader, page, signal)])
  const notices = [
    ...gaps,
    ...(isScroll(query) ? [] : moreNotices(rows.length, total, query.view)),
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
    columns: logColumns(rows, asked),
  }
  return [frame]
}

/** Said on the first page only: those that follow are what it promises. */
function moreNotices(shown: number, total: number, what: string): readonly Notice[] {
  if (shown >= total) return []
  const text = `${shown} of ${total} ${what}. Explore loads more while you scroll; on a panel set more rows or a narrower filter.`
  return [{ severity: 'info', text }]
}

/** Words that a filter looks for, to be marked in the text. */
function wordsIn(filter: Filter): readonly string[] {
  if (filter.op === 'words') return filter.words
  if (filter.op !== 'and' && filter.op !== 'or') return []
  return [...new Set(filter.filters.flatMap(wordsIn))]
}
