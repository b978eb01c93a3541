import { DAY, MINUTE, SECOND } from '../clock.ts'
import type { EpochMicros } from '../clock.ts'
import type { RawEvent } from './raw-event.ts'
import { parseTime } from './rfc3339.ts'
import type { Flag } from './words.ts'

/** When an event was first and last observed; first ≤ last. Flags say what was guessed or repaired, each at most once. */
export interface ObservedTimes {
  readonly first: EpochMicros
  readonly last: EpochMicros
  /** When the server made this Event object, null when that is not known. Later than `first` after a re-creation. */
  readonly created: EpochMicros | null
  readonly flags: readonly Flag[]
}

/** Kubernetes did not exist before: an earlier time is a zero value or a clock that was never set. */
const EARLIEST = Date.UTC(2014, 0) * 1_000

/** 2255-06-05: later µs are no exact numbers. */
const LATEST_EXACT = Number.MAX_SAFE_INTEGER

/** How far a reporter's clock may be ahead of the newest write that the server recorded. */
const SKEW_ALLOWED = 5 * MINUTE

/** Without managedFields only the creation is known: how long after it an event may still be repeated. */
const REPEATS_ALLOWED = 90 * DAY

const NO_FLAGS: readonly Flag[] = []

/**
 * The first and last time of an event, in µs, as a function of its bytes alone: nobody's clock is asked, so that the
 * same version always lands in the same place.
 *
 *   first: the earlier of deprecatedFirstTimestamp and eventTime, else metadata.creationTimestamp
 *   last:  the latest of series.lastObservedTime, deprecatedLastTimestamp, eventTime and deprecatedFirstTimestamp,
 *          else metadata.creationTimestamp
 *
 * Both API groups' spellings are read. Absent, null, empty, the text "null", anything unreadable and a time before 2014
 * are no value. A last time more than 5 minutes after the newest time in managedFields (without those: more than 90
 * days after the creation) is replaced by that time of the server, so that no invented time lies in the future.
 *
 * @returns null when the event holds no time at all, not even the server's.
 */
export function observedTimes(raw: RawEvent): ObservedTimes | null {
  const flags: Flag[] = []
  const reported = readReported(raw, flags)
  const server = readServer(raw, flags)
  const { start, end } = reported
  if (start === null) {
    if (end === null && server === null) return null
    addFlag(flags, 'timeFromServer')
  }
  let first = start ?? server?.creation ?? end ?? server?.newest ?? 0
  let last = end ?? first
  if (reported.earliestEnd !== null && reported.earliestEnd <= first - SECOND) addFlag(flags, 'timesSwapped')
  if (server !== null && (last > server.limit || flags.includes('futureTime'))) {
    addFlag(flags, 'futureTime')
    last = server.newest
  }
  if (first > last) first = last
  return { first, last, created: server?.creation ?? null, flags: flags.length === 0 ? NO_FLAGS : flags }
}

interface ReportedTimes {
  readonly start: EpochMicros | null
  readonly end: EpochMicros | null
  /** The earlier of the two last times; before the first one only when a reporter is confused. */
  readonly earliestEnd: EpochMicros | null
}

function readReported(raw: RawEvent, flags: Flag[]): ReportedTimes {
  const oldFirst = readTime(raw['deprecatedFirstTimestamp'] ?? raw['firstTimestamp'], flags)
  const oldLast = readTime(raw['deprecatedLastTimestamp'] ?? raw['lastTimestamp'], flags)
  const eventTime = readTime(raw['eventTime'], flags)
  const seriesLast = readTime(partOf(raw['series'], 'lastObservedTime'), flags)
  if (eventTime !== null && (oldFirst !== null || oldLast !== null)) addFlag(flags, 'hybrid')
  return {
    start: earlier(oldFirst, eventTime),
    end: later(later(seriesLast, oldLast), later(eventTime, oldFirst)),
    earliestEnd: earlier(seriesLast, oldLast),
  }
}

interface ServerTimes {
  readonly creation: EpochMicros | null
  /** Newest write the server recorded, else the creation. */
  readonly newest: EpochMicros
  /** What a reporter may claim at most. */
  readonly limit: EpochMicros
}

function readServer(raw: RawEvent, flags: Flag[]): ServerTimes | null {
  const creation = readTime(partOf(raw['metadata'], 'creationTimestamp'), flags)
  const written = newestWrite(partOf(raw['metadata'], 'managedFields'), flags)
  if (written !== null) return { creation, newest: written, limit: written + SKEW_ALLOWED }
  return creation === null ? null : { creation, newest: creation, limit: creation + REPEATS_ALLOWED }
}

function newestWrite(managedFields: unknown, flags: Flag[]): EpochMicros | null {
  if (!Array.isArray(managedFields)) return null
  let newest: EpochMicros | null = null
  for (const entry of managedFields) newest = later(newest, readTime(partOf(entry, 'time'), flags))
  return newest
}

function readTime(value: unknown, flags: Flag[]): EpochMicros | null {
  if (value === undefined || value === null || value === '' || value === 'null') return null
  const time = typeof value === 'string' ? parseTime(value) : null
  if (time === null) addFlag(flags, 'repaired')
  else if (time < EARLIEST) addFlag(flags, 'oldTime')
  else if (time > LATEST_EXACT) addFlag(flags, 'futureTime')
  else return time
  return null
}

function partOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function addFlag(flags: Flag[], flag: Flag): void {
  if (!flags.includes(flag)) flags.push(flag)
}

function earlier(a: EpochMicros | null, b: EpochMicros | null): EpochMicros | null {
  return a === null ? b : b === null || a < b ? a : b
}

function later(a: EpochMicros | null, b: EpochMicros | null): EpochMicros | null {
  return a === null ? b : b === null || a > b ? a : b
}
