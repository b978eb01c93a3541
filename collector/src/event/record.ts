import type { EpochMicros } from '../clock.ts'

/** What a store keeps besides observations. The highest revision of an id wins. */
export interface StoreRecord {
  readonly kind: RecordKind
  readonly id: string
  /** Grows with each change; a write of a lower or equal revision is a no-op. */
  readonly revision: number
  readonly from: EpochMicros
  /** {@link STILL_GOING} while it is. */
  readonly to: EpochMicros
  /** JSON, by kind: `CorrelationBody`, `PatternBody`, `TemplateBody`, `GapBody`, `RollUpBody`, `ProblemBody`, `WatchedBody`. */
  readonly body: Readonly<Record<string, unknown>>
}

/** End of a record of something that still goes on: it overlaps every later range. */
export const STILL_GOING: EpochMicros = Number.MAX_SAFE_INTEGER

/** Gaps are where nobody watched, `watched` where somebody did. */
export const RECORD_KINDS = [
  'correlation',
  'problem',
  'incident',
  'pattern',
  'template',
  'gap',
  'watched',
  'roll-up',
] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

/** Where data is or may be incomplete. */
export interface GapBody {
  readonly cluster: string
  readonly stream: string
  /** In words: what happened. */
  readonly cause: string
}
