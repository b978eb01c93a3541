import type { EpochMicros } from '../clock.ts'
import type { ChangeBody } from './change.ts'
import type { AlertBody } from './alert.ts'
import type { CorrelationBody } from './correlation.ts'
import type { PatternBody, TemplateBody } from './pattern.ts'
import type { ProblemBody, WatchedBody } from './problem.ts'

/** What a record says, by its kind. All of it is JSON. */
export interface RecordBodies {
  readonly correlation: CorrelationBody
  readonly problem: ProblemBody
  readonly incident: Readonly<Record<string, unknown>>
  readonly alert: AlertBody
  readonly pattern: PatternBody
  readonly template: TemplateBody
  readonly change: ChangeBody
  readonly gap: GapBody
  readonly watched: WatchedBody
  readonly 'roll-up': RollUpBody
}

/** What a store keeps besides observations, of some kinds. The highest revision of an id wins. */
export type RecordOf<Kind extends RecordKind> = {
  readonly [Each in Kind]: {
    readonly kind: Each
    readonly id: string
    /** Grows with each change; a write of a lower or equal revision is a no-op. */
    readonly revision: number
    readonly from: EpochMicros
    /** {@link STILL_GOING} while it is. */
    readonly to: EpochMicros
    readonly body: RecordBodies[Each]
  }
}[Kind]

export type StoreRecord = RecordOf<RecordKind>

/** End of a record of something that still goes on: it overlaps every later range. */
export const STILL_GOING: EpochMicros = Number.MAX_SAFE_INTEGER

/** Gaps are where nobody watched, `watched` where somebody did. */
export const RECORD_KINDS = [
  'correlation',
  'problem',
  'incident',
  'alert',
  'pattern',
  'template',
  'change',
  'gap',
  'watched',
  'roll-up',
] as const satisfies readonly (keyof RecordBodies)[]
export type RecordKind = (typeof RECORD_KINDS)[number]

/** Where data is or may be incomplete. */
export interface GapBody {
  readonly cluster: string
  readonly stream: string
  /** In words: what happened. */
  readonly cause: string
}

/** What is kept of an hour's rows that agree in the fields of roll-ups. */
export interface RollUpBody {
  /** Values of these fields, in their order. */
  readonly key: readonly string[]
  /** Sum of countDelta. */
  readonly occurrences: number
  /** Sum of countUnplaced. */
  readonly unplaced: number
  readonly observations: number
  /** Distinct objects in this hour: over several hours only a lower bound can be told. */
  readonly objects: number
  /** Lowest and highest lastObserved. */
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  readonly isLowerBound: boolean
}
