import type { GapBody, RecordOf } from '../event/record.ts'
import { MOST_CELLS } from '../query/budget.ts'
import type { AggregateGroup, AggregateQuery, Filter, TimeRange } from '../query/model.ts'
import { formatTime, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { mayConcern, unwatchedClusters, type Unwatched } from './unwatched.ts'

/** What a reader must know about an answer. `warning`: the answer may be wrong because data is missing. */
export interface Notice {
  readonly severity: 'info' | 'warning'
  readonly text: string
}

/** Gaps told one by one; more are told as a number. */
const MOST_GAPS_TOLD = 5
/** Gaps looked for. */
const MOST_GAPS = 100

/**
 * A notice for each of the newest gaps that the range touches, oldest first, and for each cluster that is not watched now. What a
 * filter says of clusters leaves out those of others.
 */
export async function gapNotices(
  reader: EventReader,
  { from, to, filter }: TimeRange & { readonly filter?: Filter },
  signal: AbortSignal,
): Promise<readonly Notice[]> {
  const [all, unwatched] = await Promise.all([
    reader.records('gap', { from, to, order: 'newest', limit: MOST_GAPS }, signal),
    unwatchedClusters(reader, filter === undefined ? { to } : { to, filter }, signal),
  ])
  const gaps = all.filter(({ body }) => concerns(body, filter))
  return [...gapsInWords(gaps), ...unwatched.map(unwatchedNotice)]
}

/** A gap of no cluster is one of all. */
function concerns({ cluster }: GapBody, filter: Filter | undefined): boolean {
  return cluster === '' || mayConcern(filter, cluster)
}

function unwatchedNotice({ cluster, since }: Unwatched): Notice {
  return warning(
    `Cluster ${cluster} is not watched since ${formatTime(since)}: what happened there since then is missing.`,
  )
}

function gapsInWords(gaps: readonly RecordOf<'gap'>[]): readonly Notice[] {
  const told = gaps.slice(0, MOST_GAPS_TOLD).reverse().map(gapNotice)
  const more = gaps.length - told.length
  const rest = `There are ${more}${gaps.length === MOST_GAPS ? ' or more' : ''} further gaps in this range: ask for the gaps.`
  return more === 0 ? told : [...told, warning(rest)]
}

function gapNotice({ from, to, body }: RecordOf<'gap'>): Notice {
  const { cluster, stream, cause } = body
  const where = [cluster, stream].filter((name) => name !== '').join(', ')
  const when = to >= LATEST ? `since ${formatTime(from)}` : `from ${formatTime(from)} to ${formatTime(to)}`
  return warning(`Data may be missing ${when} (${where}): ${cause}`)
}

/** Says how much of the whole an answer holds; nothing when it holds all. */
export function limitNotices(shown: number, total: number, what: string): readonly Notice[] {
  if (shown >= total) return []
  return [{ severity: 'info', text: `${shown} of ${total} ${what}. Use limit and cursor for the others.` }]
}

export function lowerBoundNotices(isLowerBound: boolean): readonly Notice[] {
  const text = 'Some reporters counted only up to a point: read each count as "at least".'
  return isLowerBound ? [{ severity: 'info', text }] : []
}

/** @param error as `AggregateResult.distinctError` has it. */
export function estimateNotices(error: number): readonly Notice[] {
  const text = `There are too many objects or events to count one by one: their numbers are estimates, to ${(100 * error).toFixed(1)} %.`
  return error === 0 ? [] : [{ severity: 'info', text }]
}

export function unplacedNotices(unplaced: number): readonly Notice[] {
  const text = `${unplaced} more occurrences lie in this range, but when is not known to the hour: no window holds them.`
  return unplaced === 0 ? [] : [{ severity: 'info', text }]
}

function warning(text: string): Notice {
  return { severity: 'warning', text }
}

/** Groups that lost their names because an answer holds no more, not because anybody asked for so few. */
export function budgetNotices(
  asked: Pick<AggregateQuery, 'top'>,
  { top }: Pick<AggregateQuery, 'top'>,
  groups: readonly Pick<AggregateGroup, 'key'>[],
): readonly Notice[] {
  const named = top?.groups ?? Infinity
  if (asked.top?.groups === named || groups.at(-1)?.key !== null) return []
  const text = `Only the first ${named} groups keep their names: an answer holds ${MOST_CELLS.toLocaleString('en')} values. Use a longer window, a shorter range or a narrower filter for more.`
  return [{ severity: 'warning', text }]
}
