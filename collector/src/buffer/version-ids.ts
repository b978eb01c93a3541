import type { StatementSync } from 'node:sqlite'
import type { Database } from './database.ts'
import type { BufferedRow } from './entry.ts'

/** A row that the store will never accept. */
export interface DeadLetter {
  readonly id: string
  /** Bounded words: a metric label. */
  readonly cause: string
  /** For a person. */
  readonly detail: string
}

/** A dead letter with the row itself, kept until it is sent again. */
export interface KeptLetter extends DeadLetter {
  readonly row: BufferedRow
}

/**
 * Ids of versions that are here but not the newest of their chain (those the heads know): waiting in the buffer, or
 * refused by the store. A relist of them must not pass the stages again.
 */
export class VersionIds {
  readonly #statements: Readonly<
    Record<
      'addOlder' | 'dropOlder' | 'clearOlder' | 'addDead' | 'dropDead' | 'find' | 'letters' | 'count',
      StatementSync
    >
  >

  constructor(database: Database) {
    this.#statements = {
      addOlder: database.prepare('INSERT OR REPLACE INTO older_pending VALUES (?, ?)'),
      dropOlder: database.prepare('DELETE FROM older_pending WHERE sequence <= ?'),
      clearOlder: database.prepare('DELETE FROM older_pending'),
      addDead: database.prepare('INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?)'),
      dropDead: database.prepare('DELETE FROM dead_letter WHERE id = ?'),
      find: database.prepare(
        'SELECT 1 FROM older_pending WHERE id = ?1 UNION ALL SELECT 1 FROM dead_letter WHERE id = ?1 LIMIT 1',
      ),
      letters: database.prepare('SELECT id, cause, detail, body FROM dead_letter ORDER BY id LIMIT ?'),
      count: database.prepare('SELECT count(*) AS count FROM dead_letter'),
    }
  }

  has(id: string): boolean {
    return this.#statements.find.get(id) !== undefined
  }

  addOlder(id: string, sequence: number): void {
    this.#statements.addOlder.run(id, sequence)
  }

  dropOlder(upTo: number): void {
    this.#statements.dropOlder.run(upTo)
  }

  clearOlder(): void {
    this.#statements.clearOlder.run()
  }

  get deadLetterCount(): number {
    return Number(this.#statements.count.get()?.['count'])
  }

  addDead({ id, cause, detail }: DeadLetter, row: BufferedRow): void {
    this.#statements.addDead.run(id, cause, detail, JSON.stringify(row))
  }

  /** The row waits again, in the entry of this sequence. */
  revive(id: string, sequence: number): void {
    this.#statements.dropDead.run(id)
    this.addOlder(id, sequence)
  }

  deadLetters(limit: number): readonly KeptLetter[] {
    return this.#statements.letters.all(limit).map((letter) => ({
      id: String(letter['id']),
      cause: String(letter['cause']),
      detail: String(letter['detail']),
      row: JSON.parse(String(letter['body'])) as BufferedRow,
    }))
  }
}
