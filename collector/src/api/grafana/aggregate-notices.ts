import type { AggregateResult } from '../../query/model.ts'
import type { EventReader } from '../../store/store.ts'
import { estimateNotices, gapNotices, lowerBoundNotices, unplacedNotices, type Notice } from '../notices.ts'
import type { AskedQuery } from './asked-query.ts'
import type { FrameMeta } from './frame.ts'

/** What was asked, and what a reader of the numbers must know. */
export async function said(
  asked: AskedQuery,
  { unplaced, isLowerBound, distinctError }: AggregateResult,
  own: readonly Notice[],
  reader: EventReader,
  signal: AbortSignal,
): Promise<Pick<FrameMeta, 'executedQueryString' | 'notices'>> {
  const gaps = await gapNotices(reader, asked, signal)
  const isCount = ['occurrences', 'rate'].includes(asked.query.metric)
  const notices = [...own, ...gaps, ...estimateNotices(distinctError), ...(isCount ? [...unplacedNotices(unplaced), ...lowerBoundNotices(isLowerBound)] : [])] // prettier-ignore
  return { executedQueryString: asked.query.filter.text, ...(notices.length === 0 ? {} : { notices }) }
}
