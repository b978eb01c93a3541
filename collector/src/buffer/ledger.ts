import type { StatementSync } from 'node:sqlite'
import { STREAM_SIGNALS } from '../event/delivery.ts'
import type { Accounts, Outcome } from '../event/outcome.ts'
import type { Database } from './database.ts'

/** Outcomes counted since the last commit. Empty when nothing was received and nothing ended. */
export class OutcomeCounts {
  readonly #counts = new Map<string, number>()

  receive(count: number): void {
    this.#add('received', '', count)
  }

  end(outcome: Outcome, count = 1): void {
    this.#add(outcome.kind, 'cause' in outcome ? outcome.cause : '', count)
  }

  add(other: OutcomeCounts): void {
    for (const { kind, cause, count } of other.entries()) this.#add(kind, cause, count)
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  *entries(): Iterable<{ kind: string; cause: string; count: number }> {
    for (const [key, count] of this.#counts) {
      const [kind, cause] = JSON.parse(key) as [string, string]
      yield { kind, cause, count }
    }
  }

  #add(kind: string, cause: string, count: number): void {
    if (count === 0) return
    const key = JSON.stringify([kind, cause])
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + count)
  }
}

/**
 * The accounts: how many versions were received, and how each ended (frame §5.1). They live on disk only and change in
 * the transaction that makes them true, so they balance whenever they are read.
 */
export class Ledger {
  readonly #add: StatementSync
  readonly #read: StatementSync

  constructor(database: Database) {
    // Directories of before these were an outcome of their own.
    database
      .prepare(
        "UPDATE account SET kind = 'signalled' WHERE kind = 'dropped' AND cause IN (SELECT value FROM json_each(?))",
      )
      .run(JSON.stringify(STREAM_SIGNALS))
    this.#add = database.prepare(
      'INSERT INTO account VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET total = total + excluded.total',
    )
    this.#read = database.prepare('SELECT kind, cause, total FROM account')
  }

  /** Inside a transaction. */
  write(counts: OutcomeCounts): void {
    for (const { kind, cause, count } of counts.entries()) this.#add.run(kind, cause, count)
  }

  accounts(buffered: number): Accounts {
    const sums = { received: 0, stored: 0, alreadyStored: 0 }
    const byCause: Record<'filtered' | 'signalled' | 'dropped' | 'deadLettered', Record<string, number>> = {
      filtered: {},
      signalled: {},
      dropped: {},
      deadLettered: {},
    }
    for (const row of this.#read.all()) {
      const { kind, cause, total } = row as { kind: string; cause: string; total: number }
      // Dead letters that were sent again.
      if (total === 0) continue
      if (kind in byCause) byCause[kind as keyof typeof byCause][cause] = total
      else if (kind === 'received' || kind === 'stored' || kind === 'alreadyStored') sums[kind] = total
    }
    return { ...sums, ...byCause, buffered }
  }
}
