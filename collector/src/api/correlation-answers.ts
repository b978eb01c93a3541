import type { RecordOf } from '../event/record.ts'
import type { EventQuery, LatestQuery } from '../query/model.ts'
import { EARLIEST, formatTime, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { eventsAnswer, listJson, rangeJson } from './answers.ts'
import { gapNotices, type Notice } from './notices.ts'
import { NotFoundError } from './problem-details.ts'

/** Merges followed from a group to the one it belongs to now. */
const MOST_MERGES = 20

/** Groups looked through for those that are asked for; also most ids of groups that matching rows may name. */
const MOST_GROUPS = 5_000

/** GET /correlations: groups of observations that belong together, newest last. */
export async function correlationsAnswer(reader: EventReader, query: LatestQuery, signal: AbortSignal) {
  const [{ groups, notices }, gaps] = await Promise.all([
    groupsWith(reader, query, signal),
    gapNotices(reader, query, signal),
  ])
  const newest = groups.slice(-query.limit)
  const text = `These are the newest ${newest.length} of ${groups.length} groups. Use a higher limit for the others.`
  const full: readonly Notice[] = newest.length === groups.length ? [] : [{ severity: 'info', text }]
  return {
    ...rangeJson(query),
    ...listJson(newest.length, groups.length),
    correlations: newest.map(correlationJson),
    notices: [...gaps, ...notices, ...full],
  }
}

/**
 * Groups of a range that have an observation which matches the filter, oldest first. A merged one is told by what it became.
 * A notice tells when the range has more than are looked through.
 */
export async function groupsWith(
  reader: EventReader,
  { from, to, filter }: Pick<LatestQuery, 'from' | 'to' | 'filter'>,
  signal: AbortSignal,
): Promise<{ readonly groups: readonly RecordOf<'correlation'>[]; readonly notices: readonly Notice[] }> {
  const named = { from, to, filter, field: 'correlationId', prefix: '', limit: MOST_GROUPS, order: 'newest' } as const
  const [records, values] = await Promise.all([
    reader.records('correlation', { from, to, order: 'newest', limit: MOST_GROUPS }, signal),
    filter.op === 'all' ? null : reader.values(named, signal),
  ])
  const ids = values === null ? null : new Set(values.map(({ value }) => value))
  const groups = records.toReversed().filter(({ id, body }) => {
    if (body.mergedInto !== null) return false
    return ids === null || [id, ...body.absorbed].some((each) => ids.has(each))
  })
  const text = `Only the newest ${MOST_GROUPS} groups of this range were looked through. Ask for a shorter range.`
  return { groups, notices: records.length < MOST_GROUPS ? [] : [{ severity: 'warning', text }] }
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
  const query: EventQuery = {
    ...page,
    from: EARLIEST,
    to: LATEST,
    filter: { op: 'in', field: 'correlationId', values: [record.id, ...record.body.absorbed] },
    view: 'observations',
  }
  const { total, returned, cursor, observations, notices } = await eventsAnswer(reader, query, signal)
  const gaps = await gapNotices(reader, { from: record.from, to: record.body.lastObserved + 1 }, signal)
  const own = notices.filter(({ severity }) => severity === 'info')
  return { ...correlationJson(record), total, returned, cursor, observations, notices: [...gaps, ...own] }
}

/** The record of a group; of a merged one, that of the group it belongs to now. @throws NotFoundError */
export async function survivingRecord(
  reader: EventReader,
  id: string,
  signal: AbortSignal,
): Promise<RecordOf<'correlation'>> {
  let wanted = id
  for (let merges = 0; merges < MOST_MERGES; merges++) {
    const [record] = await reader.records('correlation', { from: EARLIEST, to: LATEST, id: wanted, limit: 1 }, signal)
    if (record === undefined) break
    const next = record.body.mergedInto
    if (next === null || next === wanted) return record
    wanted = next
  }
  throw new NotFoundError(`There is no correlation "${id}". List them with a range: /api/v1/correlations?from=-1h`)
}

/** Times inside of a body are µs in the store and RFC 3339 in answers. */
function correlationJson({ id, from, body }: RecordOf<'correlation'>) {
  const changes = body.changes.map((change) => ({ ...change, observed: formatTime(change.observed) }))
  return { id, ...body, changes, firstObserved: formatTime(from), lastObserved: formatTime(body.lastObserved) }
}
