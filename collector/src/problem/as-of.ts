import type { EpochMicros } from '../clock.ts'
import type { ProblemBody, Transition } from '../event/problem.ts'

/** What was known of a problem at a time; null when nothing was. */
export interface ProblemAsOf {
  readonly body: ProblemBody
  /** Whether its counts are those of its last change before `at`, and rows between that and `at` add to them. */
  readonly isBehind: boolean
  /** Whether its record tells of later times: then no time has to pass for its state, the change would be there. */
  readonly isTold: boolean
  /** What came to be known only later, and says that it was otherwise at that time. */
  readonly corrected: Transition | null
}

/** The problem as it was known at `at`. What was learned later is left out, and a correction of that time is told apart. */
export function asOf(body: ProblemBody, at: EpochMicros): ProblemAsOf | null {
  const known = body.transitions.filter((transition) => transition.known <= at)
  const newest = known.at(-1)
  if (newest === undefined) return null
  const corrected = body.transitions.find((transition) => transition.known > at && transition.at <= at) ?? null
  if (known.length === body.transitions.length && body.lastObserved <= at)
    return { body, isBehind: false, isTold: false, corrected }
  const { severity, lastObserved, occurrences, isLowerBound } = newest
  return {
    body: { ...body, transitions: known, severity, lastObserved, occurrences, isLowerBound },
    isBehind: body.lastObserved > lastObserved,
    isTold: true,
    corrected,
  }
}
