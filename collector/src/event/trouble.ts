import type { EpochMicros } from '../clock.ts'
import type { Severity } from './words.ts'

/**
 * Of whom an event tells that a trouble is over: the troubled object itself; anything of its workload (the controller
 * included); a pod of its workload that came after the trouble began; the node it is on.
 */
export type ClearingScope = 'object' | 'workload' | 'successor' | 'node'

/** Events that tell that a trouble is over. */
export interface Clearing {
  readonly by: ClearingScope
  readonly reasons: readonly string[]
  /** Where given, the note of the event has to hold one of these texts. */
  readonly note?: readonly string[]
}

/**
 * How the end of a trouble can be known: an event tells it; only the object itself would (readiness, binding and deletion
 * often tell no event), so that from events alone its silence has to do; or nothing tells it.
 */
export type KnownEnd = 'told' | 'facts' | 'unknown'

/** What is known of one kind of trouble, before it happens. */
export interface Trouble {
  /** What is wrong, in one word: the reason, or its meaning where one reason has several. */
  readonly class: string
  readonly end: KnownEnd
  readonly clearedBy: readonly Clearing[]
  /** The longest usual pause between two events while it lasts, µs. */
  readonly repeats: EpochMicros
  /** How long it may be silent and still be there, µs. */
  readonly holds: EpochMicros
  /** Trouble that mostly heals by itself is of low severity, and of this one once it has lasted for `after` µs. */
  readonly persists: { readonly after: EpochMicros; readonly severity: Severity } | null
}

/** An event that says that an object is gone: the one it is about, or the one its note names. */
export type Gone = 'regarding' | 'named'
