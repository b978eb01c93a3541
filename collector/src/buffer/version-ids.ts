import type { StatementSync } from 'node:sqlite'
import type { Observation } from '../event/observation.ts'
import type { Database } from './database.ts'

/** A row that the store will never accept. */
export interface DeadLetter {
  readonly id: string
  /** Bounded words: a metric label. */
  readonly cause: string
  /** For a person. */
  readonly detail: string
}

/**
 * Ids of versions that are here but not the newest of their chain (those the heads know): waiting in the buffer, or
 * refused by the store. A relist of them must not pass the stages again.
 */
export class VersionIds {
  readonly #statements: Readonly<
    Record<'addOlder' | 'dropOlder' | 'clearOlder' | 'addDead' | 'find' | 'letters', StatementSync>
  >

  constructor(database: Database) {
    this.#statements = {
      addOlder: database.prepare('INSERT OR REPLACE INTO older_pending VALUES (?, ?)'),
      dropOlder: database.prepare('DELETE FROM older_pending WHERE sequence <= ?'),
      clearOlder: database.prepare('DELETE FROM older_pending'),
      addDead: database.prepare('INSERT OR REPLACE INTO dead_letter VALUES (?, ?, ?, ?)'),
      find: database.prepare(
        'SELECT 1 FROM older_pending WHERE id = ?1 UNION ALL SELECT 1 FROM dead_letter WHERE id = ?1 LIMIT 1',
      ),
      letters: database.prepare('SELECT id, cause, detail, body FROM dead_letter LIMIT ?'),
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

  addDead({ id, cause, detail }: DeadLetter, observation: Observation | null): void {
    this.#statements.addDead.run(id, cause, detail, JSON.stringify(observation))
  }

  deadLetters(limit: number): readonly (DeadLetter & { readonly body: string })[] {
    return this.#statements.letters.all(limit).map((row) => ({
      id: String(row['id']),
      cause: String(row['cause']),
      detail: String(row['detail']),
      body: String(row['body']),
    }))
  }
}
