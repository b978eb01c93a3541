import type { SourceRefusal } from './delivery.ts'

/**
 * How each version received ends: in exactly one of these. `cause` of `filtered` is the name of the rule; the causes of
 * `dropped` and `deadLettered` are bounded words, because they are metric labels.
 */
export type Outcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'alreadyStored' }
  | { readonly kind: 'filtered'; readonly cause: string }
  | { readonly kind: 'dropped'; readonly cause: DropCause }
  | { readonly kind: 'deadLettered'; readonly cause: string }

export type DropCause =
  SourceRefusal | 'not normalizable' | 'stage failed' | 'buffer full, lowest severity first' | 'store set aside'

/** Sums of outcomes since the data directory was made. */
export interface Accounts {
  readonly received: number
  readonly stored: number
  readonly alreadyStored: number
  readonly filtered: Readonly<Record<string, number>>
  readonly dropped: Readonly<Record<string, number>>
  readonly deadLettered: Readonly<Record<string, number>>
  /** Accepted, durable, not yet in the store. */
  readonly buffered: number
}

/** True when every version received is in exactly one place. */
export function isBalanced(accounts: Accounts): boolean {
  return accounts.received === endedOrBuffered(accounts)
}

function endedOrBuffered({ stored, alreadyStored, filtered, dropped, deadLettered, buffered }: Accounts): number {
  const causes = [filtered, dropped, deadLettered].flatMap((byCause) => Object.values(byCause))
  return causes.reduce((sum, count) => sum + count, stored + alreadyStored + buffered)
}
