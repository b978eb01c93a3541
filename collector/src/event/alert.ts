import type { EpochMicros } from '../clock.ts'
import type { Severity } from './words.ts'
export type Labels = Readonly<Record<string, string>>

/** What an alert is about, for people: one of the things that make it. */
export interface AlertExample {
  /** `Pod shop/web-1`. */
  readonly object: string
  readonly reason: string
  readonly note: string
  /** Id of the problem, or of the observation. */
  readonly id: string
}

/** A change of state of one alert: what a message tells, and what history keeps. */
export interface AlertChange {
  /** Name of the rule. */
  readonly rule: string
  readonly cluster: string
  /** What tells this alert from others of its rule: cluster, and what the rule groups by. Never a number or a note. */
  readonly labels: Labels
  /** `flapping`: it fires, ends and fires again so often that only a longer calm ends it. */
  readonly state: 'firing' | 'flapping' | 'resolved'
  /** When it changed, by the cluster's clock: later than `due` where it was judged late. */
  readonly at: EpochMicros
  /** When it would have changed, had everything been seen when it happened. */
  readonly due: EpochMicros
  /** When it began to fire: the same in all changes of one alert. */
  readonly startsAt: EpochMicros
  /** Since when the condition held. */
  readonly since: EpochMicros
  /** Problems that are open, or occurrences in the window. */
  readonly value: number
  /** The value may be higher: counts of which some were lower bounds. */
  readonly isLowerBound: boolean
  /** What was missed while nobody watched, or came late. */
  readonly isLate: boolean
  readonly example: AlertExample | null
}

/**
 * What receivers get: one change of state, with everything that a message needs. It may be sent more than once, always with
 * the same `key`, and in the order of `at` for one `fingerprint`.
 */
export interface Notification extends AlertChange {
  /** Of the rule, the labels and the time of the change: the same however often it is sent. */
  readonly key: string
  /** Of the rule and the labels: the same as long as there is such an alert. */
  readonly fingerprint: string
  readonly severity: Severity
  /** Labels of the alert, of the rule, and `alertname` and `severity`, as Alertmanager knows them. */
  readonly allLabels: Labels
  /** Texts of the rule, filled in. */
  readonly annotations: Labels
}

/** Body of a record of kind `alert`: one alert from when it fired until it was over. */
export interface AlertBody {
  readonly rule: string
  readonly cluster: string
  readonly labels: Labels
  readonly severity: Severity
  /** In words for people. */
  readonly summary: string
  readonly state: AlertChange['state']
  readonly since: EpochMicros
  readonly startsAt: EpochMicros
  /** Null while it has not ended. */
  readonly endsAt: EpochMicros | null
  readonly value: number
  readonly isLowerBound: boolean
  readonly isLate: boolean
  readonly example: AlertExample | null
}
