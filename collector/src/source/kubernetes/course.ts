import { MINUTE, type EpochMicros } from '../../clock.ts'
import { MAX_PAUSE_MS, pauseMs } from './backoff.ts'
import type { Failure } from './failure.ts'
import { compareResourceVersions } from './resource-version.ts'

/**
 * What a stream does next. Each step ends in its time: requests by their timeouts, a catch-up when the stream is quiet, a
 * watch by `timeoutSeconds` or by the idle timer.
 *
 * - `identify`: which cluster is this?
 * - `probe`: a list of one item, for the server's resourceVersion.
 * - `catch up`: watch from the old position, for finer counts than a list gives.
 * - `list`: all pages, spooled and delivered by resourceVersion. One that took longer than the server keeps history has
 *   pages of several versions: the watch goes on from the newest, and another list is owed when that ends.
 * - `watch`: from the position on.
 */
export type Step = 'identify' | 'probe' | 'catch up' | 'list' | 'watch'

/** Where a stream stands between two steps. */
export interface Course {
  readonly step: Step
  /** Undefined until the server was asked; null when it may not be read. */
  readonly clusterUid: string | null | undefined
  /** Everything up to here has been delivered. */
  readonly position: string | null
  /** The server's resourceVersion at the last probe: a catch-up reads up to there. Null before one. */
  readonly serverVersion: string | null
  /** When the position was the server's newest version of this stream: it ages towards compaction. Null after a start. */
  readonly positionTime: EpochMicros | null
  /** Until when nothing can have been missed. Null after a start. */
  readonly completeTime: EpochMicros | null
  /** A list is due before the next watch: after a start, a long break, or when what was read was not all of it. */
  readonly owesList: boolean
  /** The uid was asked for since the last watch broke. */
  readonly isIdentified: boolean
  /** Failures in a row. */
  readonly failures: number
  /** The credentials were read again since the last pause. */
  readonly hasRenewed: boolean
  /** Versions may be missing; told with the next finished list. */
  readonly cut: Cut | null
}

export interface Cut {
  /** Null when only the position is known: then the listed items say when it was. */
  readonly from: EpochMicros | null
  readonly position: string | null
  readonly cause: string
}

/** How a step ended. */
export type StepEnd =
  | { readonly kind: 'identified'; readonly clusterUid: string | null; readonly storedPosition: string | null }
  | { readonly kind: 'probed'; readonly resourceVersion: string }
  | { readonly kind: 'caught up'; readonly read: ReadSoFar }
  /**
   * `patchedSince`: when a list began whose pages are not all of one version, else null. `cutOff`: why it was not read to its end.
   */
  | {
      readonly kind: 'listed'
      readonly resourceVersion: string
      readonly patchedSince: EpochMicros | null
      readonly cutOff?: string | null
    }
  /** By the server, at the time it was asked to. */
  | { readonly kind: 'closed'; readonly read: ReadSoFar }
  | {
      readonly kind: 'failed'
      readonly failure: Failure
      /** Of a watch. */
      readonly read?: ReadSoFar
      /** Of a list: pages came before the one that failed. */
      readonly hasProgressed?: boolean
    }

/** What a watch brought before it ended. */
export interface ReadSoFar {
  /** resourceVersion of the last line, null when there was none. */
  readonly position: string | null
  readonly positionTime: EpochMicros | null
  /** Until when the connection was alive. */
  readonly aliveTime: EpochMicros
  /** Lines could not be read. */
  readonly isDoubtful: boolean
  /** It brought something or lasted: the next failure is a new one. */
  readonly wasUseful: boolean
}

export interface Turn {
  readonly course: Course
  readonly pauseMs: number
  readonly renewCredentials: boolean
}

/** The history of events is compacted every 5 minutes: an older position would only provoke a 410 (engines.md §1.2). */
const MAX_POSITION_AGE = 4 * MINUTE

/** After a shorter break a probe is enough to know that the server is still the same (architecture.md §6.2). */
const BRIEF_BREAK = MINUTE

/** A catch-up that fails this often gives way to the list, which brings everything that is still held. */
const MAX_CATCH_UP_FAILURES = 3

/** A page that fails this often in a row (half a minute or more) may belong to a server that was replaced: begin anew. */
const MAX_PAGE_FAILURES = 6

/** A list that is too slow for its server's history costs much and gets no faster by being asked for again. */
const MAX_LIST_PAUSE_MS = 300_000

export const START: Course = {
  step: 'identify',
  clusterUid: undefined,
  position: null,
  serverVersion: null,
  positionTime: null,
  completeTime: null,
  owesList: true,
  isIdentified: false,
  failures: 0,
  hasRenewed: false,
  cut: null,
}

/** The whole judgement of the loop. Pure: the time, and a number in [0, 1) for the jitter, are given. */
export function advance(course: Course, end: StepEnd, now: EpochMicros, random: number): Turn {
  switch (end.kind) {
    case 'identified':
      return goOn(identified(course, end))
    case 'probed':
      return goOn(probed(course, end.resourceVersion, now))
    case 'caught up':
      return goOn({ ...read(course, end.read), step: 'list', failures: 0 })
    case 'listed':
      return goOn({
        ...course,
        step: 'watch',
        position: end.resourceVersion,
        positionTime: now,
        completeTime: now,
        owesList: end.patchedSince !== null,
        failures: 0,
        hasRenewed: false,
        cut: end.patchedSince === null ? null : patched(end.patchedSince),
      })
    case 'closed':
      return goOn(closed(course, end.read, now))
    case 'failed':
      return failedTurn(afterFailure(course, end), end.failure, now, random)
  }
}

/**
 * What the gap that a finished list closes is about, or null when there is none. A list older than the position says
 * that the server was restored while it was read.
 */
export function cutBefore(course: Course, listed: string): Cut | null {
  if (course.cut !== null || !isBehind(course, listed)) return course.cut
  return restored(course, listed)
}

function identified(course: Course, end: Extract<StepEnd, { kind: 'identified' }>): Course {
  const known = { ...course, clusterUid: end.clusterUid, isIdentified: true }
  if (course.clusterUid === undefined) {
    return { ...known, position: end.storedPosition, step: end.storedPosition === null ? 'list' : 'probe' }
  }
  if (course.clusterUid === end.clusterUid) return { ...known, step: course.position === null ? 'list' : 'probe' }
  const cause = 'another cluster answers under this name (the uid of its namespace kube-system is another)'
  return { ...known, step: 'list', position: null, cut: { from: course.completeTime, position: null, cause } }
}

function probed(course: Course, resourceVersion: string, now: EpochMicros): Course {
  if (isBehind(course, resourceVersion)) {
    return { ...course, step: 'list', position: null, cut: restored(course, resourceVersion) }
  }
  const isLong = isLongBreak(course, now)
  if (isLong && !course.isIdentified) return { ...course, step: 'identify' }
  const owesList = course.owesList || isLong
  return { ...course, serverVersion: resourceVersion, owesList, step: owesList ? 'catch up' : 'watch' }
}

function closed(course: Course, so: ReadSoFar, now: EpochMicros): Course {
  const next = { ...read(course, so), failures: 0, hasRenewed: false }
  const isOld = next.positionTime === null || now - next.positionTime > MAX_POSITION_AGE
  return { ...next, step: next.owesList || isOld ? 'list' : 'watch' }
}

function read(course: Course, so: ReadSoFar): Course {
  return {
    ...course,
    position: so.position ?? course.position,
    positionTime: so.positionTime ?? course.positionTime,
    // While a catch-up lasts nobody knows what is still to come.
    completeTime: course.step === 'watch' ? so.aliveTime : course.completeTime,
    isIdentified: false,
    owesList: course.owesList || so.isDoubtful,
    failures: so.wasUseful ? 0 : course.failures,
  }
}

function afterFailure(course: Course, end: Extract<StepEnd, { kind: 'failed' }>): Course {
  if (end.read !== undefined) return read(course, end.read)
  return end.hasProgressed === true && end.failure.kind !== 'gone' ? { ...course, failures: 0 } : course
}

function failedTurn(course: Course, failure: Failure, now: EpochMicros, random: number): Turn {
  if (failure.kind === 'unauthorized' && !course.hasRenewed) {
    return { course: { ...course, step: again(course, now), hasRenewed: true }, pauseMs: 0, renewCredentials: true }
  }
  const failures = course.failures + 1
  const isListGone = failure.kind === 'gone' && course.step === 'list'
  const pause = pauseMs(failures, random, failure.retryAfterMs, isListGone ? MAX_LIST_PAUSE_MS : MAX_PAUSE_MS)
  // The first 410 of a watch is routine: the list follows at once. A server that goes on saying it is asked less often.
  if (failure.kind === 'gone' && !isListGone && failures === 1) return goOn(gone({ ...course, failures }))
  const next = { ...course, failures, hasRenewed: false }
  const then = failure.kind === 'gone' ? gone(next) : { ...next, step: again(next, now) }
  return { course: then, pauseMs: pause, renewCredentials: false }
}

/** A continue token that expired says nothing about the position: only its list begins again. */
function gone(course: Course): Course {
  if (course.step !== 'watch' && course.step !== 'catch up') return { ...course, step: 'list' }
  const cause = 'the API server had removed its history (410 Gone) before it was read'
  const cut = course.cut ?? { from: course.completeTime, position: course.position, cause }
  return { ...course, step: 'list', position: null, owesList: true, cut }
}

/** What to do after a failure. A broken stream is probed first, because the server may have been restored meanwhile. */
function again(course: Course, now: EpochMicros): Step {
  switch (course.step) {
    case 'identify':
      return 'identify'
    case 'list':
      return course.failures >= MAX_PAGE_FAILURES ? 'identify' : 'list'
    case 'catch up':
      return course.failures >= MAX_CATCH_UP_FAILURES ? 'list' : 'probe'
    case 'probe':
    case 'watch':
      return isLongBreak(course, now) ? 'identify' : 'probe'
  }
}

function isLongBreak({ completeTime }: Course, now: EpochMicros): boolean {
  return completeTime === null || now - completeTime >= BRIEF_BREAK
}

function isBehind({ position }: Course, resourceVersion: string): boolean {
  return position !== null && compareResourceVersions(resourceVersion, position) < 0
}

function patched(since: EpochMicros): Cut {
  const cause = 'the API server had removed its history (410 Gone) before a list was read to its end'
  return { from: since, position: null, cause }
}

function restored({ completeTime, position }: Course, resourceVersion: string): Cut {
  const cause = `the API server went back from resourceVersion ${position ?? ''} to ${resourceVersion}: was it restored from a backup?`
  return { from: completeTime, position: null, cause }
}

function goOn(course: Course): Turn {
  return { course, pauseMs: 0, renewCredentials: false }
}
