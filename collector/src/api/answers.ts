import type { DeadLetterList } from '../event/dead-letter.ts'
import type { Accounts } from '../event/outcome.ts'
import { isBalanced } from '../event/outcome.ts'
import { mapInSlices } from '../event/slices.ts'
import { formatDuration } from '../query/duration.ts'
import type { AggregateQuery, EventQuery, LatestQuery, TimeRange, Window } from '../query/model.ts'
import { InvalidQueryError } from '../query/invalid-query.ts'
import { EARLIEST, formatTime, LATEST } from '../query/time.ts'
import { withinBudget } from '../query/budget.ts'
import { windowProblem } from '../query/windows.ts'
import type { EventReader } from '../store/store.ts'
import { closedAggregate } from './closed-range.ts'
import { pointJson } from './aggregate-json.ts'
import {
  budgetNotices,
  estimateNotices,
  gapNotices,
  limitNotices,
  lowerBoundNotices,
  unplacedNotices,
  type Notice,
} from './notices.ts'
import { unwatchedClusters } from './unwatched.ts'
import { observationJson } from './observation-json.ts'

/** GET /events: a page, with how many match in all. */
export async function eventsAnswer(reader: EventReader, query: EventQuery, signal: AbortSignal) {
  const [{ rows, cursor, total }, gaps] = await Promise.all([
    reader.events(query, signal),
    gapNotices(reader, query, signal),
  ])
  return {
    ...rangeJson(query),
    view: query.view,
    order: query.order,
    total,
    returned: rows.length,
    cursor,
    observations: await mapInSlices(rows, observationJson),
    notices: [
      ...gaps,
      ...limitNotices(rows.length, total, query.view),
      ...lowerBoundNotices(rows.some(({ countIsLowerBound }) => countIsLowerBound)),
    ],
  }
}

/** GET or POST /aggregate. */
export async function aggregateAnswer(reader: EventReader, asked: AggregateQuery, signal: AbortSignal) {
  const closed = await closedAggregate(reader, asked, signal)
  const problem = closed.window === null ? null : windowProblem(closed.window, closed)
  if (problem !== null) throw new InvalidQueryError([{ parameter: 'window', message: problem }])
  const query = withinBudget(closed)
  const [{ groups, unplaced, isLowerBound, distinctError }, gaps] = await Promise.all([
    reader.aggregate(query, signal),
    gapNotices(reader, asked, signal),
  ])
  return {
    ...rangeJson(query),
    groupBy: query.groupBy,
    metrics: query.metrics,
    window: windowJson(query.window),
    total: groups.length,
    returned: groups.length,
    cursor: null,
    groups: await mapInSlices(groups, ({ key, points }) => ({
      key,
      points: points.map((point) => pointJson(point, query.metrics)),
    })),
    unplaced,
    isLowerBound,
    notices: [
      ...gaps,
      ...budgetNotices(asked, query, groups),
      ...unplacedNotices(query.window === null ? 0 : unplaced),
      ...lowerBoundNotices(isLowerBound),
      ...estimateNotices(distinctError),
    ],
  }
}

/** GET /latest: the newest observation of each object. */
export async function latestAnswer(reader: EventReader, query: LatestQuery, signal: AbortSignal) {
  const [rows, gaps] = await Promise.all([reader.latest(query, signal), gapNotices(reader, query, signal)])
  const isFull = rows.length === query.limit
  const text = `These are the ${rows.length} objects seen last; there may be more.`
  return {
    ...rangeJson(query),
    ...listJson(rows.length, isFull ? null : rows.length),
    observations: await mapInSlices(rows, observationJson),
    notices: [...gaps, ...(isFull ? [{ severity: 'info' as const, text }] : [])],
  }
}

/** GET /dead-letters: what the store refused for good. */
export async function deadLettersAnswer({ total, letters }: DeadLetterList) {
  return {
    ...listJson(letters.length, total),
    letters: await mapInSlices(letters, ({ observation, ...why }) => ({
      ...why,
      observation: observationJson(observation),
    })),
    notices: [] as readonly Notice[],
  }
}

/** GET /gaps: where data is or may be missing, newest last, and which clusters nobody watches now. */
export async function gapsAnswer(
  reader: EventReader,
  query: TimeRange & { readonly limit: number },
  signal: AbortSignal,
) {
  const [gaps, unwatched] = await Promise.all([
    reader.records('gap', { ...query, order: 'newest' }, signal),
    unwatchedClusters(reader, query, signal),
  ])
  return {
    ...rangeJson(query),
    ...listJson(gaps.length, gaps.length === query.limit ? null : gaps.length),
    gaps: gaps.toReversed().map(({ id, from, to, body }) => ({
      id,
      from: formatTime(from),
      to: to >= LATEST ? null : formatTime(to),
      ...body,
    })),
    unwatched: unwatched.map(({ cluster, since }) => ({ cluster, since: formatTime(since) })),
    notices: [] as readonly Notice[],
  }
}

/** GET /accounts: how every version received ended. */
export function accountsAnswer(accounts: Accounts) {
  return { ...accounts, balanced: isBalanced(accounts) }
}

/** GET /statistics: what the store holds. */
export async function statisticsAnswer(reader: EventReader, signal: AbortSignal) {
  const { begins, oldest, newest, ...rest } = await reader.statistics(signal)
  const time = (micros: number | null) => (micros === null ? null : formatTime(micros))
  return { ...rest, begins: time(begins), oldest: time(oldest), newest: time(newest) }
}

/**
 * How long a list is, the same beside every list; `total` is null where nobody counted how many there are beyond the limit. Such a list
 * has no further pages: a higher limit shows more.
 */
export function listJson<Total extends number | null>(returned: number, total: Total) {
  return { total, returned, cursor: null }
}

/** A window as answers repeat it: a length with its unit. */
function windowJson(window: Window | null) {
  return window?.kind === 'fixed' ? { kind: window.kind, every: formatDuration(window.every) } : window
}

/** A range as answers repeat it; an end that nobody gave is null. */
export function rangeJson({ from, to }: TimeRange): { readonly from: string | null; readonly to: string | null } {
  return { from: from <= EARLIEST ? null : formatTime(from), to: to >= LATEST ? null : formatTime(to) }
}
