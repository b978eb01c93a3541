import type { EpochMicros } from '../clock.ts'

/** What a store keeps besides observations. The highest revision of an id wins. */
export interface StoreRecord {
  readonly kind: RecordKind
  readonly id: string
  /** Grows with each change; a write of a lower or equal revision is a no-op. */
  readonly revision: number
  readonly from: EpochMicros
  readonly to: EpochMicros
  /** JSON, by kind: `CorrelationBody`, `PatternBody`, `TemplateBody`, `GapBody`, `RollUpBody`. */
  readonly body: Readonly<Record<string, unknown>>
}

export type RecordKind = 'correlation' | 'pattern' | 'template' | 'gap' | 'roll-up'

/** Where data is or may be incomplete. */
export interface GapBody {
  readonly cluster: string
  readonly stream: string
  /** In words: what happened. */
  readonly cause: string
}
