import { DAY, SECOND } from '../clock.ts'
import type { EpochMicros } from '../clock.ts'
import type { RawEvent } from './raw-event.ts'
import { parseRfc3339 } from './rfc3339.ts'
import type { Flag } from './words.ts'

/** When an event was first and last observed; first ≤ last. Flags say what was guessed or repaired, each at most once. */
export interface ObservedTimes {
  readonly first: EpochMicros
  readonly last: EpochMicros
  /** Whether the reporter gave both ends. Else nobody knows when the occurrences of a repeated event were. */
  readonly areReported: boolean
  /** When the server made this Event object, null when that is not known. Later than `first` after a re-creation. */
  readonly created: EpochMicros | null
  readonly flags: readonly Flag[]
}

/** Kubernetes did not exist before: an earlier time is a zero value or a clock that was never set. */
const EARLIEST = Date.UTC(2014, 0) * 1_000

/** 2255-06-05: later µs are no exact numbers. */
const LATEST_EXACT = Number.MAX_SAFE_INTEGER

/** How long after its creation an Event object may still be repeated. */
const REPEATS_ALLOWED = 90 * DAY

const NO_FLAGS: readonly Flag[] = []

/**
 * The first and last time of an event, in µs, as a function of its bytes alone: nobody's clock is asked, so that the
 * same version always lands in the same place.
 *
 *   first: the earlier of deprecatedFirstTimestamp and eventTime; a last time a second or more before it, if there is one
 *   last:  the latest of series.lastObservedTime, deprecatedLastTimestamp, eventTime and deprecatedFirstTimestamp
 *
 * Both API groups' spellings are read. No value are: absent, null, empty, the text "null", anything unreadable, a time
 * before 2014, and one more than 90 days after metadata.creationTimestamp, so that no invented time lies in the future.
 * The creation stands for a first time that is missing and for a last one that cannot be, unless what is left of the
 * reporter's times reaches further. managedFields says nothing: servers leave its times behind when an event repeats.
 *
 * @returns null when the event holds neither a time of its reporter nor its creation.
 */
export function observedTimes(raw: RawEvent): ObservedTimes | null {
  const flags: Flag[] = []
  const created = readTime(partOf(raw['metadata'], 'creationTimestamp'), LATEST_EXACT, flags)
  const latest = created === null ? LATEST_EXACT : Math.min(created + REPEATS_ALLOWED, LATEST_EXACT)
  const { starts, ends, isEndInFuture } = readReported(raw, latest, flags)
  const start = earlier(...starts)
  const end = earlier(...ends)
  const isSwapped = start !== null && end !== null && end <= start - SECOND
  const first = start === null ? earlier(end, created) : isSwapped ? end : start
  if (first === null) return null
  const reported = later(later(...ends), later(...starts)) ?? first
  const last = end === null && isEndInFuture ? (later(reported, created) ?? reported) : reported
  if (isSwapped) addFlag(flags, 'timesSwapped')
  if (start === null || last !== reported) addFlag(flags, 'timeFromServer')
  const areReported = start !== null && end !== null
  return { first, last, areReported, created, flags: flags.length === 0 ? NO_FLAGS : flags }
}

type Pair = readonly [EpochMicros | null, EpochMicros | null]

interface ReportedTimes {
  /** When the old and the new fields say that it began. */
  readonly starts: Pair
  /** When they say that it was last seen. */
  readonly ends: Pair
  /** Whether one of the ends was later than can be. */
  readonly isEndInFuture: boolean
}

function readReported(raw: RawEvent, latest: EpochMicros, flags: Flag[]): ReportedTimes {
  const oldLast = readTime(raw['deprecatedLastTimestamp'] ?? raw['lastTimestamp'], latest, flags)
  const seriesLast = readTime(partOf(raw['series'], 'lastObservedTime'), latest, flags)
  const isEndInFuture = flags.includes('futureTime')
  const oldFirst = readTime(raw['deprecatedFirstTimestamp'] ?? raw['firstTimestamp'], latest, flags)
  const eventTime = readTime(raw['eventTime'], latest, flags)
  if (eventTime !== null && (oldFirst !== null || oldLast !== null)) addFlag(flags, 'hybrid')
  return { starts: [oldFirst, eventTime], ends: [oldLast, seriesLast], isEndInFuture }
}

function readTime(value: unknown, latest: EpochMicros, flags: Flag[]): EpochMicros | null {
  if (value === undefined || value === null || value === '' || value === 'null') return null
  const time = typeof value === 'string' ? parseRfc3339(value) : null
  if (time === null) addFlag(flags, 'repaired')
  else if (time < EARLIEST) addFlag(flags, 'oldTime')
  else if (time > latest) addFlag(flags, 'futureTime')
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
