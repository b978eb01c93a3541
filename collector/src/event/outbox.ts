import type { EpochMicros } from '../clock.ts'
import type { Notification } from './alert.ts'

/** A change that one receiver was not told of yet. */
export interface Waiting {
  /** Ascending in the order in which changes came. */
  readonly sequence: number
  /** Since when it waits, by the machine's clock. */
  readonly added: EpochMicros
  readonly notification: Notification
}

/** What one receiver was told last of an alert. */
export interface Told {
  /** Of the group in which it was told. */
  readonly group: string
  /** When it was told of this change first, and last. */
  readonly since: EpochMicros
  readonly at: EpochMicros
  readonly notification: Notification
}

/** Whose alerts are not told for a while, by whom and why. */
export interface Silence {
  readonly id: string
  /** Conditions on labels as Alertmanager writes them, `namespace="shop"`; all must hold. */
  readonly matchers: readonly string[]
  readonly from: EpochMicros
  readonly until: EpochMicros
  readonly author: string
  readonly comment: string
}
