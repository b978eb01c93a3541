import type { Clearing, Gone, KnownEnd } from '../../event/trouble.ts'
import type { Category, Severity } from '../../event/words.ts'

/** What is known of one meaning of one reason. A reason that means several things has several entries. */
export interface ReasonEntry {
  /** Exact text, as reporters write it. */
  readonly reason: string
  /** Who emits it, for people; versions and vendors differ, so it selects nothing. */
  readonly emitter: string
  /** Kinds of object it is about; empty for any. */
  readonly kinds: readonly string[]
  /** Usual type. Selects only where another entry has the same reason and kind. */
  readonly type: 'Normal' | 'Warning' | 'any'
  readonly category: Category
  readonly severity: Severity
  /** One sentence: what has happened. */
  readonly meaning: string
  /** One sentence: what to look at; empty for routine. */
  readonly check: string
  /** Selects: the note holds at least one of these texts. */
  readonly note?: readonly string[]
  /** Selects: the reporting controller starts with one of these. */
  readonly controllers?: readonly string[]
  /** What is wrong, in one word, where the reason alone does not say it: several reasons may be one kind of trouble. */
  readonly problem?: string
  /** Of what may be a problem: how its end can be known. */
  readonly end?: KnownEnd
  /** Events that say that it is over. */
  readonly clearedBy?: readonly Clearing[]
  /** The longest usual pause between two events of it while it lasts, in minutes. */
  readonly repeatsMinutes?: number
  /** How long the fault may last without another event, in minutes: emitters fall silent while it goes on. */
  readonly holdsMinutes?: number
  /** It mostly heals by itself: of `severity` only once it has lasted this long. */
  readonly persists?: { readonly afterMinutes: number; readonly severity: Severity }
  /** The event says that an object is gone: what was wrong with it is over. */
  readonly gone?: Gone
}

/** An entry as its area writes it: what the group says once is left out, and so is a check where there is none. */
export type ReasonLine = Omit<ReasonEntry, 'emitter' | 'kinds' | 'check'> & { readonly check?: string }

/** The entries of one reporter about the same kinds of object. */
export function emittedBy(
  emitter: string,
  kinds: readonly string[],
  lines: readonly ReasonLine[],
): readonly ReasonEntry[] {
  return lines.map((line) => ({ emitter, kinds, check: '', ...line }))
}
