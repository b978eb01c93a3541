import type { EpochMicros } from '../clock.ts'
import type { ObjectReference } from './object-reference.ts'
import type { KnownEnd } from './trouble.ts'
import type { Severity } from './words.ts'

/**
 * `open`: told of within its usual pause. `quiet`: silent for longer than that, and still there as far as one knows. `over`:
 * it has ended, and {@link Ending} says how that is known.
 */
export type ProblemState = 'open' | 'quiet' | 'over'

/**
 * `cleared`: an event said so. `gone`: the object is no more. `replaced`: pods that came after it run without this trouble.
 * `silent`: nothing was said for as long as such a trouble can hold, while the cluster was watched.
 */
export interface Ending {
  readonly how: 'cleared' | 'gone' | 'replaced' | 'silent'
  /** Id of the observation that told; null for silence. */
  readonly observation: string | null
  readonly at: EpochMicros
}

/** A change in the life of a problem, and what was known of it then. */
export interface Transition {
  /** From when on it is so, by event time. */
  readonly at: EpochMicros
  /** When this became known, by the cluster's clock: later than `at` where a row came late. */
  readonly known: EpochMicros
  readonly state: ProblemState
  readonly severity: Severity
  readonly endedBy: Ending | null
  /** As of `known`. */
  readonly lastObserved: EpochMicros
  readonly occurrences: number
  readonly isLowerBound: boolean
}

/** Body of a record of kind `problem`: one kind of trouble of one object, from its beginning to its end. */
export interface ProblemBody {
  readonly cluster: string
  readonly source: string
  readonly object: Omit<ObjectReference, 'fieldPath'>
  /** Top controller of the object, in the object's namespace. */
  readonly workload: { readonly kind: string; readonly name: string }
  /** Empty when unknown, or when the object is on none. */
  readonly node: string
  readonly container: string
  /** What is wrong, in one word. */
  readonly class: string
  readonly end: KnownEnd
  /** Of the newest observation, as it was stored; note and metadata of the newest that tells what it is about, where one does. */
  readonly reason: string
  readonly type: string
  readonly category: string
  readonly note: string
  readonly reportingController: string
  readonly metadata: Readonly<Record<string, string>>
  readonly objectLabels: Readonly<Record<string, string>>
  /** The worst so far; what mostly heals is low until it has lasted. */
  readonly severity: Severity
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  readonly occurrences: number
  readonly isLowerBound: boolean
  /** Ids of observations: the first, then the newest ones in the order in which they came. */
  readonly evidence: readonly string[]
  /** By `known`; the first opens it. Of very many the middle is left out. */
  readonly transitions: readonly Transition[]
  /** When the newest observation that counts here was received. */
  readonly receivedUntil: EpochMicros
}

/** A problem as it is after a step that changed it. */
export interface Problem {
  readonly id: string
  readonly body: ProblemBody
}

export function stateOfBody({ transitions }: Pick<ProblemBody, 'transitions'>): ProblemState {
  return transitions.at(-1)?.state ?? 'open'
}

/** Body of a record of kind `watched`: a time in which a cluster was watched without a break. */
export interface WatchedBody {
  readonly cluster: string
  /** Of a recording its name, else `live`. */
  readonly source: string
  readonly isOpen: boolean
  /** How far it is known to reach. */
  readonly until: EpochMicros
}
