import type { EpochMicros } from '../clock.ts'
import type { ProblemState } from './problem.ts'
import type { Severity } from './words.ts'

/** One event leading to another, as recorded for people and for the ranking of causes. */
export interface CausalEdge {
  /** The same causation between the same reasons of the same two objects has the same id. */
  readonly id: string
  readonly causation: number
  readonly words: string
  readonly trust: string
  /** Seconds between the two first times. */
  readonly lagSeconds: number
  readonly cause: EdgeEnd
  readonly effect: EdgeEnd
}

export interface EdgeEnd {
  /** Id of the newest observation of the event when the edge was found. */
  readonly observation: string
  readonly reason: string
  readonly object: string
}

/** A problem of a group, as people see it. */
export interface ProblemLine {
  readonly id: string
  /** What is wrong, in one word. */
  readonly class: string
  readonly object: string
  /** Top controller of the object, or the object itself. */
  readonly workload: string
  readonly severity: Severity
  readonly state: ProblemState
}

/** An action on a workload or node that may be the cause of what follows. */
export interface Change {
  readonly observation: string
  readonly reason: string
  readonly object: string
  readonly observed: EpochMicros
}

/** Body of a record of kind `correlation`. Counts are those the correlator saw; rows are what is exact. */
export interface CorrelationBody {
  readonly cluster: string
  /** What is wrong, the worst first, and with whom, in one line; of ordinary life what was reported most. */
  readonly title: string
  /** Set when the group was found to belong to another one: then that one tells the rest. */
  readonly mergedInto: string | null
  /** Ids of groups that were merged into this one; rows may carry any of them. */
  readonly absorbed: readonly string[]
  /** Whether one of its problems is open or quiet; ordinary life is open for as long as something may join it. */
  readonly isOpen: boolean
  /** Of its open problems; when all are over, of the worst that it had. */
  readonly severity: Severity
  /** Of the worst problem that it ever had. */
  readonly worstSeverity: Severity
  /** Problems that are open or quiet, the worst first, as many as are named; `openProblems` counts all. */
  readonly problems: readonly ProblemLine[]
  readonly openProblems: number
  /** The worst problem that it ever had; null in ordinary life. */
  readonly worst: ProblemLine | null
  /** What was ever wrong, in one word each, the worst first. */
  readonly classes: readonly { readonly class: string; readonly severity: Severity }[]
  /** Newest event time of a member. */
  readonly lastObserved: EpochMicros
  readonly members: number
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly objects: readonly string[]
  readonly objectsAreMore: boolean
  readonly workloads: readonly string[]
  readonly reasons: readonly { readonly reason: string; readonly members: number }[]
  /** Why observations belong here, in words, most frequent first. */
  readonly evidence: readonly { readonly words: string; readonly members: number }[]
  /** Known causal links, by the time they were found. */
  readonly causes: readonly CausalEdge[]
  /** Actions (rollouts, scalings, cordons) among the members. */
  readonly changes: readonly Change[]
}
