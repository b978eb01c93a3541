import type { EpochMicros } from '../clock.ts'
import type { ProblemBody, ProblemState } from '../event/problem.ts'
import type { Severity } from '../event/words.ts'
import type { ChangeBefore } from './changes.ts'
import type { Cause } from './causes.ts'

/** A problem as it was at the time that is asked about. */
export interface ProblemThen {
  readonly id: string
  readonly body: ProblemBody
  readonly unseen: boolean
}

/** What one person would call one outage. */
export interface Incident {
  /** Of its first problem, or of the first event of planned work. {@link findIncident} knows those that it had before. */
  readonly id: string
  readonly cluster: string
  readonly title: string
  readonly state: ProblemState
  /** Somebody does it on purpose, and nothing of it is severe. */
  readonly planned: boolean
  /** Of what is not over; the worst ever when all is. */
  readonly severity: Severity
  readonly worst: Severity
  readonly opened: EpochMicros
  readonly lastObserved: EpochMicros
  /** When the last of its problems ended; null before. */
  readonly ended: EpochMicros | null
  /** When it last began again after all of it had been over; null when it never did. */
  readonly reopened: EpochMicros | null
  /** Began long ago and nothing of it is new: it never takes the place of what is. */
  readonly isChronic: boolean
  /** Mild trouble of which nobody can say that it lasts: no outage, though it may have been one. */
  readonly isMinor: boolean
  /** In the order of their beginning. */
  readonly problems: readonly ProblemThen[]
  /** Ids of the events that planned work was told by. */
  readonly events: readonly string[]
  /** Likeliest first; none when nothing is visible. */
  readonly causes: readonly Cause[]
  /** Why there are none, in words; null where there are. */
  readonly unknownBecause: string | null
  /** What changed before it began and can have to do with it, the nearest in time first. */
  readonly changes: readonly ChangeBefore[]
}
