import { STREAM_SIGNALS, type SourceRefusal, type StreamSignal } from './delivery.ts'

/**
 * How each version received ends: in exactly one of these. `cause` of `filtered` is the name of the rule; the causes of
 * `signalled`, `dropped` and `deadLettered` are bounded words, because they are metric labels. Only what is `dropped` or
 * `deadLettered` is missing in the store; `signalled` was never a version of an event.
 */
export type Outcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'alreadyStored' }
  | { readonly kind: 'filtered'; readonly cause: string }
  | { readonly kind: 'signalled'; readonly cause: StreamSignal }
  | { readonly kind: 'dropped'; readonly cause: DropCause }
  | { readonly kind: 'deadLettered'; readonly cause: string }

export type DropCause =
  | Exclude<SourceRefusal, StreamSignal>
  | 'not normalizable'
  | 'stage failed'
  | 'buffer full, lowest severity first'
  | 'store set aside'

/** How that which a source could not hand over as an event ends. */
export function endOfRefusal(cause: SourceRefusal): Outcome {
  return isSignal(cause) ? { kind: 'signalled', cause } : { kind: 'dropped', cause }
}

/** Whether this cause says that nothing is lost. */
export function isSignal(cause: string): cause is StreamSignal {
  return STREAM_SIGNALS.some((signal) => signal === cause)
}

/** Sums of outcomes since the data directory was made. */
export interface Accounts {
  readonly received: number
  readonly stored: number
  readonly alreadyStored: number
  readonly filtered: Readonly<Record<string, number>>
  /** By what the streams said beside versions. */
  readonly signalled: Readonly<Record<string, number>>
  readonly dropped: Readonly<Record<string, number>>
  readonly deadLettered: Readonly<Record<string, number>>
  /** Accepted, durable, not yet in the store. */
  readonly buffered: number
}

/** True when every version received is in exactly one place. */
export function isBalanced(accounts: Accounts): boolean {
  return accounts.received === endedOrBuffered(accounts)
}

function endedOrBuffered({ stored, alreadyStored, buffered, ...sums }: Accounts): number {
  const causes = [sums.filtered, sums.signalled, sums.dropped, sums.deadLettered].flatMap((byCause) =>
    Object.values(byCause),
  )
  return causes.reduce((sum, count) => sum + count, stored + alreadyStored + buffered)
}
