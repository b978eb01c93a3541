import { HOUR, MINUTE, SECOND } from '../clock.ts'
import type { EpochMicros } from '../clock.ts'

const ZERO = 48
const NINE = 57
const SECONDS_LENGTH = 19

/**
 * The µs of an RFC 3339 time, exactly. `Date` holds whole ms only, and parsing with it costs ten times as much.
 *
 * Any number of fraction digits is read, those beyond µs are cut off. A leap second (`:60`) is the second after it. The
 * letters may be lower case, a blank may stand for the `T`, a comma for the point.
 *
 * @returns null when the text is no such time, a day that no calendar has included.
 */
export function parseRfc3339(text: string): EpochMicros | null {
  const second = parseSecond(text)
  if (second === null) return null
  let position = SECONDS_LENGTH
  let micros = 0
  const separator = text.charCodeAt(position)
  if (separator === 46 || separator === 44) {
    const start = ++position
    let unit = SECOND / 10
    for (; isDigit(text.charCodeAt(position)); position++) {
      if (unit >= 1) micros += (text.charCodeAt(position) - ZERO) * unit
      unit /= 10
    }
    if (position === start) return null
  }
  const offset = parseOffset(text, position)
  return offset === null ? null : second + micros - offset
}

/** Days from 1970-01-01 to a day of the Gregorian calendar, by the method of Howard Hinnant's `days_from_civil`. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

function parseSecond(text: string): EpochMicros | null {
  if (text.length <= SECONDS_LENGTH) return null
  const between = text.charCodeAt(10) | 32
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || (between !== 116 && between !== 32)) return null
  if (text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const month = twoDigits(text, 5)
  const day = twoDigits(text, 8)
  const hour = twoDigits(text, 11)
  const minute = twoDigits(text, 14)
  const second = twoDigits(text, 17)
  if (!(year >= 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return null
  if (!(hour <= 23 && minute <= 59 && second <= 60)) return null
  return ((daysFromCivil(year, month, day) * 24 + hour) * 60 + minute) * MINUTE + second * SECOND
}

function parseOffset(text: string, position: number): number | null {
  if ((text.charCodeAt(position) | 32) === 122) return text.length === position + 1 ? 0 : null
  const sign = text.charCodeAt(position) === 43 ? 1 : text.charCodeAt(position) === 45 ? -1 : 0
  if (sign === 0 || text.length !== position + 6 || text.charCodeAt(position + 3) !== 58) return null
  const hours = twoDigits(text, position + 1)
  const minutes = twoDigits(text, position + 4)
  return hours <= 23 && minutes <= 59 ? sign * (hours * HOUR + minutes * MINUTE) : null
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** NaN where there are no two digits, so that every comparison with it fails. */
function twoDigits(text: string, position: number): number {
  const tens = text.charCodeAt(position)
  const ones = text.charCodeAt(position + 1)
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + ones - ZERO : NaN
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

/** The second that was formatted last: times come in runs of the same one. */
let last = { second: NaN, text: '' }

/** `2026-05-11T09:00:00Z`: whole seconds, what is below them cut off, as Kubernetes writes its `Time`. */
export function formatSeconds(time: EpochMicros): string {
  const second = Math.floor(time / SECOND)
  if (second !== last.second) last = { second, text: new Date(second * 1_000).toISOString().slice(0, SECONDS_LENGTH) }
  return `${last.text}Z`
}

/** `2026-05-11T09:00:00.000250Z`: always six digits, as Kubernetes writes its `MicroTime`. */
export function formatMicros(time: EpochMicros): string {
  const fraction = time - Math.floor(time / SECOND) * SECOND
  return `${formatSeconds(time).slice(0, SECONDS_LENGTH)}.${String(fraction).padStart(6, '0')}Z`
}
