import { DAY, type EpochMicros } from '../clock.ts'
import { parseDuration } from '../query/duration.ts'

/** Retention needs no calendar. */
const YEAR = 365 * DAY

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** A duration as queries have it, and whole years of 365 days (`1y`), in µs; null when it is none. */
export function parseAge(text: string): EpochMicros | null {
  const years = /^(\d{1,2})y$/.exec(text)?.[1]
  return years === undefined ? parseDuration(text) : Number(years) * YEAR
}

/** `10GB` (10^9), `512MiB` (2^20), `1000` in bytes; null when it is not a size. Letters in any case. */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s?([a-z]*)$/i.exec(text)
  if (match === null) return null
  const unit = (match[2] ?? '').toLowerCase() || 'b'
  const scale = Object.hasOwn(BYTE_UNITS, unit) ? BYTE_UNITS[unit] : undefined
  if (scale === undefined) return null
  const bytes = Math.round(Number(match[1]) * scale)
  return Number.isSafeInteger(bytes) ? bytes : null
}
