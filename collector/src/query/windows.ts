import { DateTime, IANAZone } from 'luxon'
import { DAY, HOUR, MILLISECOND, type EpochMicros } from '../clock.ts'
import { formatDuration } from './duration.ts'
import type { TimeRange, Window } from './model.ts'
import { InvalidQueryError } from './problems.ts'

/** Most windows of one answer: what Prometheus allows too, and more than a screen has pixels. */
export const MAX_WINDOWS = 11_000

/** Shortest length of each unit, for the budget before any window is made. */
const SHORTEST = { hour: HOUR / 2, day: 23 * HOUR, week: 7 * DAY - HOUR, month: 28 * DAY - HOUR } as const

/**
 * Starts of all windows that share time with [from, to), ascending. The first may lie before `from`; a window ends where
 * the next begins. Windows of the calendar are those of `zone`: at a change to summer time a day has 23 hours and the hour
 * that does not exist has no window; at the change back an hour that comes twice has two.
 *
 * @throws InvalidQueryError when there would be more than {@link MAX_WINDOWS}.
 */
export function windowStarts(window: Window, { from, to }: TimeRange): readonly EpochMicros[] {
  if (to <= from) return []
  const problem = windowProblem(window, { from, to })
  if (problem !== null) throw new InvalidQueryError([{ parameter: 'window', message: problem }])
  const starts = [windowStart(window, from)]
  for (let next = windowEnd(window, starts[0] ?? 0); next < to; next = windowEnd(window, next)) starts.push(next)
  return starts
}

/** Start of the window that holds `time`. */
export function windowStart(window: Window, time: EpochMicros): EpochMicros {
  if (window.kind === 'fixed') return Math.floor(time / window.every) * window.every
  return inZone(time, window.zone).startOf(window.unit).toMillis() * MILLISECOND
}

/** End of the window that begins at `start`: the start of the next one. */
export function windowEnd(window: Window, start: EpochMicros): EpochMicros {
  if (window.kind === 'fixed') return start + window.every
  const next = inZone(start, window.zone)
    .plus({ [window.unit]: 1 })
    .startOf(window.unit)
  const end = next.toMillis() * MILLISECOND
  // A change by half an hour (Lord Howe) may put the start of the next hour's name before the start of this one.
  return end > start ? end : start + HOUR
}

/** What is wrong with so many windows, or null. */
export function windowProblem(window: Window, { from, to }: TimeRange): string | null {
  const shortest = window.kind === 'fixed' ? window.every : SHORTEST[window.unit]
  const count = (to - from) / shortest + 1
  if (count <= MAX_WINDOWS) return null
  const enough = formatDuration(Math.ceil((to - from) / (MAX_WINDOWS - 1) / 60e6) * 60e6)
  const most = MAX_WINDOWS.toLocaleString('en')
  return `the range would have more than ${most} windows. Use a window of at least ${enough}, or a shorter range`
}

/** Whether a zone is known by that IANA name. */
export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name)
}

/** Zone rules change at whole seconds, so ms are enough; a time before 1970 does not occur. */
function inZone(time: EpochMicros, zone: string): DateTime {
  return DateTime.fromMillis(Math.floor(time / MILLISECOND), { zone })
}
