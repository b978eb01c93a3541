import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import type { Severity } from '../event/words.ts'
import type { LabelReader } from './labels.ts'
import type { Template } from './template.ts'

/** A condition of the query language, as whoever knows that language compiled it. */
export interface Selection {
  readonly text: string
  matches(row: Observation): boolean
  /** Reasons of which a row must have one; null where it may have any. */
  readonly reasons: readonly string[] | null
}

/** A condition on problems or rows; its text names the kinds of trouble, too. */
export interface Condition extends Selection {
  /** Kinds of trouble of which a problem must have one; null where it may have any. */
  readonly classes: readonly string[] | null
}

/** What silences a member: another problem of the same node, namespace … */
export interface Silencer {
  readonly when: Condition
  /** The same values of these labels. */
  readonly same: readonly LabelReader[]
}

/** How often it may fire before it is called flapping, and how long it then has to be calm. */
export interface Flapping {
  readonly fires: number
  readonly within: EpochMicros
  readonly calm: EpochMicros
}

/** What has to be so. */
export type Form =
  /** At least so many matching problems are open. */
  | { readonly on: 'problems'; readonly atLeast: number; readonly newFor: EpochMicros | null }
  /** At least so many occurrences in a window. */
  | { readonly on: 'count'; readonly atLeast: number; readonly over: EpochMicros }
  /** One event was not followed by another one in time. */
  | { readonly on: 'missing'; readonly then: Condition; readonly within: EpochMicros; readonly same: LabelReader }
  /** The cluster is not watched. */
  | { readonly on: 'clusters' }

/** A rule as it is judged. */
export interface AlertRule {
  readonly name: string
  /** One line in the words that people search for. */
  readonly explain: string
  readonly file: string
  readonly line: number
  readonly form: Form
  readonly when: Condition
  /** Speaks only of what no other rule selects. */
  readonly isOtherwise: boolean
  readonly unless: readonly Silencer[]
  readonly for: EpochMicros
  readonly keepFiring: EpochMicros
  /** Without cluster, which is always a label. */
  readonly groupBy: readonly LabelReader[]
  readonly severity: Severity
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, Template>>
  readonly flapping: Flapping | null
  /** As it stands in the file, for those who show or export it. */
  readonly source: RuleSource
}

/** What a file says of one rule, checked. Durations as text. */
export interface RuleSource {
  readonly name: string
  readonly explain?: string | undefined
  readonly on?: 'problems' | 'events' | 'clusters' | undefined
  readonly when?: string | undefined
  readonly class?: string | readonly string[] | undefined
  readonly atLeast?: number | undefined
  readonly over?: string | undefined
  readonly missing?: { readonly when: string; readonly within: string; readonly same?: string | undefined } | undefined
  readonly newFor?: string | undefined
  readonly otherwise?: boolean | undefined
  readonly unless?: readonly SilencerSource[] | undefined
  readonly for?: string | undefined
  readonly keepFiring?: string | undefined
  readonly groupBy?: readonly string[] | undefined
  readonly severity?: Severity | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  readonly annotations?: Readonly<Record<string, string>> | undefined
  readonly runbook?: string | undefined
  readonly flapping?: false | { readonly fires: number; readonly within: string; readonly calm: string } | undefined
}

export interface SilencerSource {
  readonly when?: string | undefined
  readonly class?: string | readonly string[] | undefined
  readonly same: readonly string[]
}
