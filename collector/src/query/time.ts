import { DateTime } from 'luxon'
import { DAY, MILLISECOND, type EpochMicros } from '../clock.ts'
import { parseDuration } from './duration.ts'
import type { TimeRange } from './model.ts'

/** The ends of a range that nobody gave: all that a store can hold (an exact µs needs less than 2^53). */
export const EARLIEST: EpochMicros = 0
export const LATEST: EpochMicros = Number.MAX_SAFE_INTEGER

/** What a wrong time is answered with. */
export const TIME_EXAMPLES = 'for example 2026-05-11T09:00:00Z, 2026-05-11, now, -1h, now-7d or the ms or µs since 1970'

/** What a text names: the µs from `start` to before `end`; one µs for an instant, a day for a date. */
export interface TimeSpan {
  readonly start: EpochMicros
  readonly end: EpochMicros
}

/**
 * The time that a text names, or null when it names none:
 *
 *   RFC 3339      `2026-05-11T09:00:00.123456+02:00`; without zone UTC, seconds may be missing, µs are kept
 *   a date        `2026-05-11`, the whole UTC day
 *   relative      `now`, `now-1h`, `now+5m`, `-1h` (before now)
 *   epoch         ms as an integer of 11 to 13 digits (from 1973 on, so that no year is taken for one), µs of 15 or 16
 */
export function parseTimeSpan(text: string, now: EpochMicros): TimeSpan | null {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const day = absolute(`${text}T00:00:00Z`)
    return day === null ? null : { start: day, end: day + DAY }
  }
  const instant = parseInstant(text, now)
  return instant === null ? null : { start: instant, end: instant + 1 }
}

/** The first µs of {@link parseTimeSpan}: what `from` and `to` of a range mean. */
export function parseTime(text: string, now: EpochMicros): EpochMicros | null {
  return parseTimeSpan(text, now)?.start ?? null
}

/** RFC 3339 in UTC with µs, as short as is exact: `2026-05-11T12:00:00Z`, `2026-05-11T12:30:00.408032Z`. */
export function formatTime(time: EpochMicros): string {
  const seconds = Math.floor(time / 1_000_000)
  const micros = time - seconds * 1_000_000
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0').replace(/0+$/, '')}`
  return `${new Date(seconds * 1_000).toISOString().slice(0, -5)}${fraction}Z`
}

function parseInstant(text: string, now: EpochMicros): EpochMicros | null {
  if (/^\d{11,13}$/.test(text)) return inBounds(Number(text) * MILLISECOND)
  if (/^\d{15,16}$/.test(text)) return inBounds(Number(text))
  const relative = /^(?:now)?(?:([+-])(.+))?$/.exec(text)
  if (relative !== null && text !== '') return relativeTo(now, relative[1], relative[2])
  return absolute(text)
}

function relativeTo(now: EpochMicros, sign: string | undefined, length: string | undefined): EpochMicros | null {
  if (length === undefined) return now
  const offset = parseDuration(length)
  if (offset === null) return null
  return inBounds(sign === '-' ? now - offset : now + offset)
}

function absolute(text: string): EpochMicros | null {
  const parts =
    /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?$/.exec(
      text,
    )
  if (parts === null) return null
  const [, date = '', clock = '', fraction = '', zone = 'Z'] = parts
  const time = DateTime.fromISO(`${date}T${clock}${zone.toUpperCase()}`)
  if (!time.isValid) return null
  return inBounds(time.toMillis() * MILLISECOND + Number(fraction.padEnd(6, '0').slice(0, 6)))
}

function inBounds(time: number): EpochMicros | null {
  return time >= EARLIEST && time <= LATEST ? time : null
}

/**
 * The range with its open ends moved to what is stored, so that it can be cut into windows and slices. With nothing
 * stored, or all of it outside, it is one µs long.
 */
export function closeOpenEnds<Query extends TimeRange>(
  query: Query,
  stored: { readonly oldest: EpochMicros | null; readonly newest: EpochMicros | null },
): Query {
  const from = query.from === EARLIEST ? (stored.oldest ?? EARLIEST) : query.from
  const to = query.to === LATEST ? (stored.newest ?? EARLIEST) + 1 : query.to
  return { ...query, from, to: Math.max(to, from + 1) }
}

/** Hour (0 to 23) and weekday (1 for Monday, to 7) that a calendar of the zone shows. */
export function hourAndWeekday(time: EpochMicros, zone: string): { readonly hour: number; readonly weekday: number } {
  const { hour, weekday } = DateTime.fromMillis(Math.floor(time / MILLISECOND), { zone })
  return { hour, weekday }
}
