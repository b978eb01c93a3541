import type { EpochMicros } from '../clock.ts'
import type { ProblemBody, ProblemState } from '../event/problem.ts'
import type { Severity } from '../event/words.ts'
import type { Cause } from './causes.ts'

/** A problem as it was at the time that is asked about. */
export interface ProblemThen {
  readonly id: string
  readonly body: ProblemBody
  readonly unseen: boolean
}

/** What one person would call one outage. */
export interface Incident {
  /** Of its first problem, so the same at every later time. */
  readonly id: string
  readonly cluster: string
  readonly title: string
  readonly state: ProblemState
  /** Of what is not over; the worst ever when all is. */
  readonly severity: Severity
  readonly worst: Severity
  readonly opened: EpochMicros
  readonly lastObserved: EpochMicros
  /** When the last of its problems ended; null before. */
  readonly ended: EpochMicros | null
  /** Began long ago and nothing of it is new: it never takes the place of what is. */
  readonly isChronic: boolean
  /** In the order of their beginning. */
  readonly problems: readonly ProblemThen[]
  /** Likeliest first; none when nothing is visible. */
  readonly causes: readonly Cause[]
}
