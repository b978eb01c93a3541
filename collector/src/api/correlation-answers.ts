import type { StoreRecord } from '../event/record.ts'
import type { EventQuery, TimeRange } from '../query/model.ts'
import { EARLIEST, formatTime, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { eventsAnswer, rangeJson } from './answers.ts'
import { gapNotices, type Notice } from './notices.ts'
import { NotFoundError } from './problem.ts'

/** Merges followed from a group to the one it belongs to now. */
const MOST_MERGES = 20

/** GET /correlations: groups of observations that belong together, newest last. */
export async function correlationsAnswer(
  reader: EventReader,
  query: TimeRange & { readonly limit: number },
  signal: AbortSignal,
) {
  const [records, gaps] = await Promise.all([
    reader.records('correlation', query, signal),
    gapNotices(reader, query, signal),
  ])
  const text = `These are ${records.length} groups; there may be more. Use a higher limit.`
  const full: readonly Notice[] = records.length < query.limit ? [] : [{ severity: 'info', text }]
  return {
    ...rangeJson(query),
    // A merged group is told by the group it was merged into.
    correlations: records.filter(({ body }) => typeof body['mergedInto'] !== 'string').map(correlationJson),
    notices: [...gaps, ...full],
  }
}

/**
 * GET /correlations/ID: the group, and a page of its observations. The id of a group that was merged leads to the whole.
 *
 * @throws NotFoundError there is no such group.
 */
export async function correlationAnswer(
  reader: EventReader,
  id: string,
  page: Pick<EventQuery, 'limit' | 'cursor' | 'order'>,
  signal: AbortSignal,
) {
  const record = await survivingRecord(reader, id, signal)
  const absorbed = record.body['absorbed']
  const ids = [record.id, ...(Array.isArray(absorbed) ? absorbed.filter((each) => typeof each === 'string') : [])]
  const query: EventQuery = {
    ...page,
    from: EARLIEST,
    to: LATEST,
    filter: { op: 'in', field: 'correlationId', values: ids },
    view: 'observations',
  }
  const { total, returned, cursor, observations, notices } = await eventsAnswer(reader, query, signal)
  const gaps = await gapNotices(reader, { from: record.from, to: record.to + 1 }, signal)
  const own = notices.filter(({ severity }) => severity === 'info')
  return { ...correlationJson(record), total, returned, cursor, observations, notices: [...gaps, ...own] }
}

/** The record of a group; of a merged one, that of the group it belongs to now. @throws NotFoundError */
export async function survivingRecord(reader: EventReader, id: string, signal: AbortSignal): Promise<StoreRecord> {
  let wanted = id
  for (let merges = 0; merges < MOST_MERGES; merges++) {
    const [record] = await reader.records('correlation', { from: EARLIEST, to: LATEST, id: wanted, limit: 1 }, signal)
    if (record === undefined) break
    const next = record.body['mergedInto']
    if (typeof next !== 'string' || next === wanted) return record
    wanted = next
  }
  throw new NotFoundError(`There is no correlation "${id}". List them with a range: /api/v1/correlations?from=-1h`)
}

function correlationJson({ id, from, to, body }: StoreRecord) {
  return { id, ...body, firstObserved: formatTime(from), lastObserved: formatTime(to) }
}
