import type { StatementSync } from 'node:sqlite'
import type { Clock, EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import type { Silence, Told, Waiting } from '../event/outbox.ts'
import type { Database } from './database.ts'

/** Runs work in a transaction of its own. */
type Write = <T>(work: () => T) => T

/** Changes of alerts on their way to receivers, what each was told, and silences. */
export class BufferOutbox {
  readonly #database: Database
  readonly #write: Write
  readonly #statements = new Map<string, StatementSync>()
  #onAdded: () => void = () => {}
  /** What waits without anybody being there to send it has waited long enough by then. */
  #clock: Clock = () => 0

  constructor(database: Database, write: Write) {
    this.#database = database
    this.#write = write
  }

  /** Called after changes were added, outside of any transaction. */
  onAdded(told: () => void): void {
    this.#onAdded = told
  }

  /**
   * Who is to be told from now on. Another receiver than before is told of what fires; one that is not named any more is forgotten,
   * with all that waits for it.
   */
  use(receivers: readonly string[], clock: Clock): void {
    this.#clock = clock
    this.#write(() => {
      const known = this.#sql('SELECT name FROM receiver')
        .all()
        .map(({ name }) => String(name))
      for (const name of known.filter((each) => !receivers.includes(each))) {
        for (const table of ['outbox', 'told']) this.#sql(`DELETE FROM ${table} WHERE receiver = ?`).run(name)
        this.#sql('DELETE FROM receiver WHERE name = ?').run(name)
      }
      for (const name of receivers.filter((each) => !known.includes(each))) {
        this.#sql('INSERT INTO receiver VALUES (?)').run(name)
        for (const { body } of this.#sql('SELECT body FROM firing').all()) {
          this.#put(name, JSON.parse(String(body)) as Notification)
        }
      }
    })
  }

  /**
   * Changes wait for all receivers. Inside the caller's transaction, so that they become true together with what made them; the
   * caller calls {@link BufferOutbox.wake} after it. A key that waits already waits once.
   */
  add(changes: readonly Notification[]): void {
    if (changes.length === 0) return
    const receivers = this.#sql('SELECT name FROM receiver')
      .all()
      .map(({ name }) => String(name))
    for (const change of changes) {
      for (const receiver of receivers) this.#put(receiver, change)
      if (change.state === 'resolved') this.#sql('DELETE FROM firing WHERE fingerprint = ?').run(change.fingerprint)
      else this.#sql('INSERT OR REPLACE INTO firing VALUES (?, ?)').run(change.fingerprint, JSON.stringify(change))
    }
  }

  wake(): void {
    this.#onAdded()
  }

  waiting(receiver: string, limit: number): readonly Waiting[] {
    const rows = this.#sql('SELECT sequence, added, body FROM outbox WHERE receiver = ? ORDER BY sequence LIMIT ?').all(
      receiver,
      limit,
    )
    return rows.map(({ sequence, added, body }) => ({
      sequence: Number(sequence),
      added: Number(added),
      notification: JSON.parse(String(body)) as Notification,
    }))
  }

  waitingCount(receiver: string): number {
    return Number(this.#sql('SELECT count(*) AS n FROM outbox WHERE receiver = ?').get(receiver)?.['n'])
  }

  told(receiver: string): readonly Told[] {
    const rows = this.#sql('SELECT group_key, since, at, body FROM told WHERE receiver = ?').all(receiver)
    return rows.map(({ group_key: group, since, at, body }) => ({
      group: String(group),
      since: Number(since),
      at: Number(at),
      notification: JSON.parse(String(body)) as Notification,
    }))
  }

  delivered(receiver: string, sequences: readonly number[], told: readonly Told[]): void {
    this.#write(() => {
      this.#remove(receiver, sequences)
      const put = this.#sql('INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?)')
      for (const { group, since, at, notification } of told) {
        put.run(receiver, notification.fingerprint, group, since, at, JSON.stringify(notification))
      }
    })
  }

  drop(receiver: string, sequences: readonly number[]): void {
    this.#write(() => this.#remove(receiver, sequences))
  }

  dropOldest(receiver: string, most: number): number {
    const newest = this.#sql('SELECT sequence FROM outbox WHERE receiver = ? ORDER BY sequence DESC LIMIT 1 OFFSET ?')
    const last = newest.get(receiver, most)?.['sequence']
    if (last === undefined) return 0
    const remove = this.#sql('DELETE FROM outbox WHERE receiver = ? AND sequence <= ?')
    return this.#write(() => Number(remove.run(receiver, last).changes))
  }

  forget(receiver: string, fingerprints: readonly string[]): void {
    const remove = this.#sql('DELETE FROM told WHERE receiver = ? AND fingerprint = ?')
    this.#write(() => fingerprints.forEach((fingerprint) => remove.run(receiver, fingerprint)))
  }

  /** Those that are not over, the one that ends first in front. */
  silences(): readonly Silence[] {
    return this.#sql('SELECT body FROM silence ORDER BY until, id')
      .all()
      .map(({ body }) => JSON.parse(String(body)) as Silence)
  }

  /** Adds a silence; those that ended long ago go. */
  addSilence(silence: Silence, endedBefore: EpochMicros): void {
    this.#write(() => {
      this.#sql('DELETE FROM silence WHERE until < ?').run(endedBefore)
      this.#sql('INSERT OR REPLACE INTO silence VALUES (?, ?, ?)').run(
        silence.id,
        silence.until,
        JSON.stringify(silence),
      )
    })
    this.#onAdded()
  }

  /** Whether there was one. */
  removeSilence(id: string): boolean {
    const { changes } = this.#write(() => this.#sql('DELETE FROM silence WHERE id = ?').run(id))
    this.#onAdded()
    return Number(changes) > 0
  }

  #put(receiver: string, change: Notification): void {
    const put = this.#sql('INSERT OR IGNORE INTO outbox (receiver, key, added, body) VALUES (?, ?, ?, ?)')
    put.run(receiver, change.key, this.#clock(), JSON.stringify(change))
  }

  #remove(receiver: string, sequences: readonly number[]): void {
    const remove = this.#sql('DELETE FROM outbox WHERE receiver = ? AND sequence = ?')
    for (const sequence of sequences) remove.run(receiver, sequence)
  }

  #sql(text: string): StatementSync {
    const found = this.#statements.get(text) ?? this.#database.prepare(text)
    this.#statements.set(text, found)
    return found
  }
}
