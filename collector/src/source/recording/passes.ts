import { SECOND, type EpochMicros } from '../../clock.ts'

/** The earliest and the latest last time of the events of a recording. */
export interface RecordedTimes {
  readonly first: EpochMicros
  readonly last: EpochMicros
}

export interface Passes {
  readonly rebase?: boolean
  readonly speed?: number | null
}

/**
 * By how much the first pass is shifted, in whole seconds: 0 without `rebase`. With it, the last event is now at the
 * moment it is played, and at no speed lies an event in the future when it is played.
 */
export function firstShift({ rebase, speed }: Passes, { first, last }: RecordedTimes, now: EpochMicros): EpochMicros {
  if (rebase !== true) return 0
  const playing = typeof speed === 'number' ? (last - first) / Math.max(speed, 1) : 0
  return wholeSeconds(now - last + playing)
}

/** The shift of the pass after: rebased anew, but always later than the one before; else behind its end. */
export function nextShift(passes: Passes, span: RecordedTimes, now: EpochMicros, previous: EpochMicros): EpochMicros {
  if (passes.rebase === true) return Math.max(firstShift(passes, span, now), previous + SECOND)
  return previous + wholeSeconds(span.last - span.first) + 2 * SECOND
}

function wholeSeconds(micros: number): EpochMicros {
  return Math.floor(micros / SECOND) * SECOND
}
