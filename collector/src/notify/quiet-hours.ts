import { DateTime } from 'luxon'
import { MILLISECOND, type EpochMicros } from '../clock.ts'
import { severityRank, type Severity } from '../event/words.ts'

export const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Hours of the week in which nobody wants to be told. */
export interface QuietHours {
  /** IANA name. */
  readonly zone: string
  /** Days on which they begin. */
  readonly days: readonly Weekday[]
  /** `22:00`; where `to` is not later they end on the next day. */
  readonly from: string
  readonly to: string
  /** What is at least so bad is told all the same; null: nothing is. */
  readonly except: Severity | null
}

/** Longest that hours which begin on every day can go on. */
const MOST_DAYS = 8

/** When the quiet hours end that `now` lies in; null when it lies in none. Clock changes are the zone's. */
export function quietUntil(hours: readonly QuietHours[], severity: Severity, now: EpochMicros): EpochMicros | null {
  const relevant = hours.filter(({ except }) => except === null || severityRank(severity) < severityRank(except))
  let until = now
  for (let step = 0; step < MOST_DAYS; step++) {
    const later = relevant.reduce((latest, each) => Math.max(latest, endOf(each, until)), until)
    if (later === until) break
    until = later
  }
  return until === now ? null : until
}

/** The end of these hours where `time` lies within; else `time`. */
function endOf({ zone, days, from, to }: QuietHours, time: EpochMicros): EpochMicros {
  const day = DateTime.fromMillis(time / MILLISECOND, { zone }).startOf('day')
  // Those that began yesterday may go on.
  for (const begun of [day, day.minus({ days: 1 })]) {
    if (!days.includes(WEEKDAYS[begun.weekday - 1] ?? 'Mon')) continue
    const start = at(begun, from)
    const end = to > from ? at(begun, to) : at(begun.plus({ days: 1 }), to)
    if (start <= time && time < end) return end
  }
  return time
}

function at(day: DateTime, clock: string): EpochMicros {
  const [hour = 0, minute = 0] = clock.split(':').map(Number)
  return day.set({ hour, minute }).toMillis() * MILLISECOND
}
