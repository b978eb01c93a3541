import { DAY, HOUR, MILLISECOND, MINUTE, SECOND, type EpochMicros } from '../clock.ts'

const UNITS: ReadonlyMap<string, EpochMicros> = new Map([
  ['us', 1],
  ['µs', 1],
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
  ['d', DAY],
  ['w', 7 * DAY],
])

/** What a wrong duration is answered with. */
export const DURATION_EXAMPLES = 'for example 30s, 5m, 1h30m, 36h, 7d or 2w'

/**
 * A length of time such as `5m`, `1h30m`, `1.5h` or `7d`, in µs. A day is 24 hours. Null when the text is none, or when
 * the length is no whole number of µs below 2^53. There are no months: their length depends on when.
 */
export function parseDuration(text: string): EpochMicros | null {
  if (!/^(\d+(\.\d+)?(us|µs|ms|s|m|h|d|w))+$/.test(text)) return null
  let total = 0
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(us|µs|ms|s|m|h|d|w)/g)) {
    total += Number(amount) * (UNITS.get(unit) ?? 0)
  }
  const rounded = Math.round(total)
  return Number.isSafeInteger(rounded) && Math.abs(rounded - total) < 1e-3 ? rounded : null
}

/** The shortest exact text of a duration: 90 minutes are `1h30m`. */
export function formatDuration(micros: EpochMicros): string {
  if (micros === 0) return '0s'
  let rest = micros
  let text = ''
  for (const [unit, size] of [
    ['d', DAY],
    ['h', HOUR],
    ['m', MINUTE],
    ['s', SECOND],
    ['ms', MILLISECOND],
    ['us', 1],
  ] as const) {
    const amount = Math.floor(rest / size)
    if (amount > 0) text += `${String(amount)}${unit}`
    rest -= amount * size
  }
  return text
}
