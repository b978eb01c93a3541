import { DAY, HOUR, MINUTE, MILLISECOND, SECOND, type EpochMicros } from '../../clock.ts'
import { formatDuration } from '../../query/duration.ts'
import type { Window } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { readWindow } from '../../query/request-parts.ts'
import { windowEnd, windowProblem, windowStarts } from '../../query/windows.ts'
import type { Notice } from '../notices.ts'
import type { AskedQuery } from './asked-query.ts'

/** Points of one answer at most, over all its series. */
export const MOST_POINTS = 50_000

/** Widths that people read easily, and whose multiples meet the hour and the day. */
const WIDTHS: readonly EpochMicros[] = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 7, 30, 90].map((days) => days * DAY),
]

/**
 * The windows of a series: those asked for, or by themselves as wide as the panel has points and the budget of all series
 * allows. From a day on, windows are those of the calendar of the reader's zone.
 *
 * @throws InvalidQueryError an interval that is none, or that makes more windows than any panel shows.
 */
export function windowsOf(
  { query, from, to }: AskedQuery,
  series: number,
): { readonly window: Window; readonly notices: readonly Notice[] } {
  const { interval, timezone, intervalMs, maxDataPoints } = query
  const budget = (to - from) / Math.max(1, Math.floor(MOST_POINTS / Math.max(1, series)))
  if (interval !== 'auto' && interval !== '') {
    const window = readWindow(interval, timezone)
    if (window === null) {
      const message = `"${interval}" is no interval. Write auto, hour, day, week, month or a duration such as 5m`
      throw new InvalidQueryError([{ parameter: 'interval', message }])
    }
    const problem = windowProblem(window, { from, to })
    if (problem !== null) throw new InvalidQueryError([{ parameter: 'interval', message: problem }])
    if (window.kind === 'calendar' || window.every >= budget) return { window, notices: [] }
    const width = widthOf(budget)
    const text = `Intervals are ${formatDuration(width)} instead of ${interval}: ${series} series of ${interval} would have more than ${MOST_POINTS} points. Ask for fewer series or a shorter range.` // prettier-ignore
    return { window: asWindow(width, timezone), notices: [{ severity: 'warning', text }] }
  }
  const wanted = Math.max(intervalMs * MILLISECOND, (to - from) / Math.max(1, Math.min(maxDataPoints, 11_000)), budget)
  return { window: asWindow(widthOf(wanted), timezone), notices: [] }
}

/** Of more intervals, a partial one at an end is too narrow to be read as a change. */
const FEW_INTERVALS = 48

/** Says of a few wide intervals which of them the range cuts: a lower first or last bar is else taken for a change. */
export function partialNotices(
  window: Window,
  { from, to, isAlert }: Pick<AskedQuery, 'from' | 'to' | 'isAlert'>,
): readonly Notice[] {
  // prettier-ignore
  const starts = windowStarts(window, { from, to })
  const [first = from] = starts
  const isFirstCut = first < from
  const isLastCut = windowEnd(window, starts.at(-1) ?? from) > to
  if (isAlert || starts.length > FEW_INTERVALS || (!isFirstCut && !isLastCut)) return []
  const which = isFirstCut && isLastCut ? 'The first and the last interval are' : `The ${isFirstCut ? 'first' : 'last'} interval is` // prettier-ignore
  return [{ severity: 'info', text: `${which} partial: the range holds only a part of it.` }]
}

function widthOf(least: EpochMicros): EpochMicros {
  return WIDTHS.find((width) => width >= least) ?? Math.ceil(least / DAY) * DAY
}

function asWindow(width: EpochMicros, zone: string): Window {
  if (width < DAY) return { kind: 'fixed', every: width }
  return readWindow(formatDuration(width), zone) ?? { kind: 'fixed', every: width }
}
