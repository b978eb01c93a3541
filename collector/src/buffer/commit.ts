import type { Notification } from '../event/alert.ts'
import type { StreamKey } from '../event/delivery.ts'
import type { StoreRecord } from '../event/record.ts'
import type { AlertRow } from './alerts.ts'
import type { BufferedRow } from './entry.ts'
import type { Head } from './heads.ts'
import type { OutcomeCounts } from './ledger.ts'
import type { DeadLetter } from './version-ids.ts'

/** Everything that becomes true together: rows, what is known of their chains, outcomes, positions. */
export interface Commit {
  readonly rows: readonly BufferedRow[]
  readonly records: readonly StoreRecord[]
  /** By chain key, see `gate/`. */
  readonly heads: ReadonlyMap<string, Omit<Head, 'sequence'>>
  /** Ids among rows and earlier pending rows that are not, or no longer, the newest of their chain. */
  readonly olderIds: readonly string[]
  readonly outcomes: OutcomeCounts
  /** What alert rules know now, and the messages that come of it. */
  readonly alerts?: { readonly rows: readonly AlertRow[]; readonly messages: readonly Notification[] }
  readonly checkpoints: readonly { readonly stream: StreamKey; readonly resourceVersion: string }[]
}

/** How rows of a batch ended at the store. */
export interface Acknowledgement {
  readonly stored: number
  readonly alreadyStored: number
  readonly rejected: readonly DeadLetter[]
}

/** What a store says of this buffer: it has everything up to `sequence`, and the rows that it did not have ended like this. */
export interface Applied extends Omit<Acknowledgement, 'stored'> {
  readonly sequence: number
}
