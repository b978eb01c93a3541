import { DateTime, IANAZone } from 'luxon'
import { DAY, HOUR, MILLISECOND, MINUTE, type EpochMicros } from '../clock.ts'
import { formatDuration } from './duration.ts'
import type { TimeRange, Window } from './model.ts'
import { InvalidQueryError } from './invalid-query.ts'

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

/**
 * Start of the window that holds `time`: the first instant since when the calendar of the zone has shown the same hour (and
 * offset), day, week or month.
 */
export function windowStart(window: Window, time: EpochMicros): EpochMicros {
  if (window.kind === 'fixed') return Math.floor(time / window.every) * window.every
  const start = inZone(time, window).startOf(window.unit).toMillis() * MILLISECOND
  const isFirst = start <= time && isSame(window, start, time) && !isSame(window, start - MILLISECOND, time)
  return isFirst ? start : findEdge(window, time, -1)
}

/** End of the window that begins at `start`: the start of the next one. */
export function windowEnd(window: Window, start: EpochMicros): EpochMicros {
  if (window.kind === 'fixed') return start + window.every
  const next = inZone(start, window)
    .plus({ [window.unit]: 1 })
    .startOf(window.unit)
  const end = next.toMillis() * MILLISECOND
  const isNext = end > start && !isSame(window, end, start) && isSame(window, end - MILLISECOND, start)
  return isNext ? end : findEdge(window, start, 1)
}

/** What people call the window that begins at `start`: a day `2026-05-11`, shorter ones `2026-05-11 12:00`, in the window's zone. */
export function windowLabel(window: Window, start: EpochMicros): string {
  const time =
    window.kind === 'calendar'
      ? inZone(start, window)
      : DateTime.fromMillis(Math.floor(start / MILLISECOND), { zone: 'UTC' })
  return time.toFormat(
    isOfDays(window)
      ? 'yyyy-MM-dd'
      : window.kind === 'fixed' && window.every < MINUTE
        ? 'yyyy-MM-dd HH:mm:ss'
        : 'yyyy-MM-dd HH:mm',
  )
}

/** Whether windows are whole days or longer. */
export function isOfDays(window: Window): boolean {
  return window.kind === 'calendar' ? window.unit !== 'hour' : window.every % DAY === 0
}

/** How many windows a range has at most. */
export function countWindows(window: Window, { from, to }: TimeRange): number {
  const shortest = window.kind === 'fixed' ? window.every : SHORTEST[window.unit]
  return Math.ceil((to - from) / shortest) + 1
}

/** What is wrong with so many windows, or null. */
export function windowProblem(window: Window, { from, to }: TimeRange): string | null {
  if (countWindows(window, { from, to }) <= MAX_WINDOWS) return null
  const enough = formatDuration(Math.ceil((to - from) / (MAX_WINDOWS - 1) / 60e6) * 60e6)
  const most = MAX_WINDOWS.toLocaleString('en')
  return `the range would have more than ${most} windows. Use a window of at least ${enough}, or a shorter range`
}

/** Whether a zone is known by that IANA name. */
export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name)
}

type Calendar = Extract<Window, { kind: 'calendar' }>

/** Step of {@link findEdge}: no two changes of a zone's clock are closer. */
const EDGE_STEP = 15 * MINUTE

/**
 * Where the window that holds `time` begins (-1) or ends (1), found by looking. Only at changes of the clock is that
 * needed: where midnight comes twice (Havana, Azores), or an hour begins at 03:45 (Chatham), luxon's `startOf` answers with
 * the second midnight, or with a time to come.
 */
function findEdge(window: Calendar, time: EpochMicros, direction: -1 | 1): EpochMicros {
  let inside = Math.floor(time / MILLISECOND) * MILLISECOND
  let outside = inside + direction * EDGE_STEP
  while (isSame(window, outside, time)) {
    inside = outside
    outside += direction * EDGE_STEP
  }
  while (Math.abs(outside - inside) > MILLISECOND) {
    const middle = Math.floor((inside + outside) / 2 / MILLISECOND) * MILLISECOND
    if (isSame(window, middle, time)) inside = middle
    else outside = middle
  }
  return Math.max(inside, outside)
}

/** Whether the calendar shows the same hour, day, week or month. An hour that comes twice differs in its offset. */
function isSame(window: Calendar, a: EpochMicros, b: EpochMicros): boolean {
  return label(window, a) === label(window, b)
}

function label(window: Calendar, time: EpochMicros): string {
  const { year, month, ordinal, hour, offset, weekYear, weekNumber } = inZone(time, window)
  const parts = {
    hour: [year, ordinal, hour, offset],
    day: [year, ordinal],
    week: [weekYear, weekNumber],
    month: [year, month],
  }
  return parts[window.unit].join(' ')
}

/** Zone rules change at whole seconds, so ms are enough; a time before 1970 does not occur. */
function inZone(time: EpochMicros, { zone }: Calendar): DateTime {
  return DateTime.fromMillis(Math.floor(time / MILLISECOND), { zone })
}
