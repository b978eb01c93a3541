import type { EpochMicros } from '../clock.ts'
import type { ObjectReference } from './object-reference.ts'
import type { Category, Severity } from './words.ts'

/** What `normalize/` makes of a raw event: a function of the event's bytes and its origin alone. */
export interface NormalizedEvent {
  /** 22 characters of base64url: 16 bytes of SHA-256 over (cluster, uid, resourceVersion, count, lastObserved). */
  readonly id: string
  readonly cluster: string
  readonly clusterUid: string | null
  readonly source: string
  /** uid of the Event object, empty when it has none. */
  readonly uid: string
  /** Name of the Event object. */
  readonly name: string
  /** Namespace of the Event object: `default` for cluster-scoped objects. Users mean `namespace`. */
  readonly eventNamespace: string
  /** Null when absent or not an integer below 2^53 (then flagged `idFromContent`). */
  readonly resourceVersion: number | null
  /** Namespace of the object the event is about; empty for cluster-scoped ones. */
  readonly namespace: string
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  readonly received: EpochMicros
  /** Occurrences so far, as the reporter counts them. At least 1. */
  readonly count: number
  readonly countIsLowerBound: boolean
  /** Open set; `Normal` and `Warning` are Kubernetes' own. */
  readonly type: string
  readonly reason: string
  readonly action: string
  /** Capped; the flag `noteTruncated` and metadata `noteLength`, `noteHash` tell when it was. */
  readonly note: string
  readonly reportingController: string
  readonly reportingInstance: string
  readonly regarding: ObjectReference
  /** All parts empty when there is none. */
  readonly related: ObjectReference
  /** Container from the regarding field path, else empty. */
  readonly container: string
  /** Node the event happened on or is about, else empty. */
  readonly node: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  /** What no field above holds, minus managedFields; null for the usual shapes. */
  readonly rest: Readonly<Record<string, unknown>> | null
  /** What had to be repaired or guessed, see `words.ts`. Sorted. */
  readonly flags: readonly string[]
}

/** What the gate adds: how many occurrences are new, and how far to trust that. */
export interface Counts {
  /** New occurrences booked at `lastObserved`. */
  readonly countDelta: number
  /** lastObserved of the predecessor, or firstObserved on first sight. */
  readonly deltaSince: EpochMicros
  /** New occurrences in no bucket: they lie somewhere in [deltaSince, lastObserved], more than an hour or not reported. */
  readonly countUnplaced: number
  /** The predecessor could not be asked for: the delta may be too high. */
  readonly countEstimated: boolean
}

/** What `classify/` adds. */
export interface Classification {
  readonly category: Category
  readonly severity: Severity
  /** Name of the rule or `catalogue` entry that decided. */
  readonly rule: string
  /** Values extracted from the note: image, exitCode, claim, volume, quota … */
  readonly metadata: Readonly<Record<string, string>>
}

/** What `topology/` adds. */
export interface Placement {
  /** Top controller of the object (Deployment of a pod), or the object itself when nothing owns it. */
  readonly owner: { readonly kind: string; readonly name: string }
  /** How the owner is known: `reference`, `note`, `name`, `self`. */
  readonly topologyEvidence: string
  readonly objectLabels: Readonly<Record<string, string>>
  /** As the event says, else where a pod is known to be: `NormalizedEvent.node` of what is stored. */
  readonly node: string
}

/** What `correlate/` adds. */
export interface Membership {
  /** Id of the group at its birth: `c-` and the hash of its first observation. */
  readonly correlationId: string
  /** Why the observation belongs there, in words. */
  readonly correlationRule: string
}

/** What `detect/` adds. */
export interface Findings {
  /** `t-` and the hash of the template of the note; empty for an empty note. */
  readonly templateId: string
  /** Keys of the patterns the observation counts for, whether or not a threshold was reached. */
  readonly patternIds: readonly string[]
}

/** An event as the stages behind topology see it. */
export type PlacedEvent = NormalizedEvent & Counts & Classification & Placement

/** Whether all occurrences are new, as on first sight. The second version of an event has the first one's time as `deltaSince` too. */
export function isFirstSight({
  count,
  countDelta,
  countUnplaced,
  firstObserved,
  deltaSince,
}: NormalizedEvent & Counts): boolean {
  return deltaSince <= firstObserved && countDelta + countUnplaced >= count
}

/** One version of an event, as stored. Rows are never changed. */
export type Observation = NormalizedEvent & Counts & Classification & Placement & Membership & Findings

/**
 * The order of observations everywhere, cursors included: (lastObserved, resourceVersion as integer, id).
 * An absent resourceVersion sorts first.
 */
export function compareObservations(
  a: Pick<NormalizedEvent, 'lastObserved' | 'resourceVersion' | 'id'>,
  b: Pick<NormalizedEvent, 'lastObserved' | 'resourceVersion' | 'id'>,
): number {
  if (a.lastObserved !== b.lastObserved) return a.lastObserved - b.lastObserved
  const byVersion = (a.resourceVersion ?? -1) - (b.resourceVersion ?? -1)
  if (byVersion !== 0) return byVersion
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
