import type { Notification } from '../event/alert.ts'
import type { Database } from './database.ts'

/** Messages kept for receivers that do not take them: of more the oldest go. */
const MOST_MESSAGES = 10_000

/** What alert rules know, by rule and cluster. A body of null is forgotten. */
export interface AlertRow {
  readonly rule: string
  readonly cluster: string
  readonly body: string | null
}

/** A message that waits, and its place among all: places grow and are never used again. */
export interface WaitingMessage {
  readonly place: number
  readonly message: Notification
}

/** What alert rules know, and messages on their way to receivers. Each receiver has its own place: none waits for another. */
export class Alerts {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  rows(): readonly AlertRow[] {
    return this.#database.prepare('SELECT rule, cluster, body FROM alert_state').all() as unknown as readonly AlertRow[]
  }

  put(rows: readonly AlertRow[], messages: readonly Notification[]): void {
    const write = this.#database.prepare('INSERT OR REPLACE INTO alert_state (rule, cluster, body) VALUES (?, ?, ?)')
    const forget = this.#database.prepare('DELETE FROM alert_state WHERE rule = ? AND cluster = ?')
    for (const { rule, cluster, body } of rows) {
      if (body === null) forget.run(rule, cluster)
      else write.run(rule, cluster, body)
    }
    if (messages.length === 0) return
    const send = this.#database.prepare('INSERT OR IGNORE INTO alert_message (key, body) VALUES (?, ?)')
    for (const message of messages) send.run(message.key, JSON.stringify(message))
    this.#database.exec(`DELETE FROM alert_message WHERE place <= (SELECT max(place) FROM alert_message) - ${String(MOST_MESSAGES)}`) // prettier-ignore
  }

  /** Messages that a receiver does not have yet, oldest first. A receiver that is new gets those that come from now on. */
  waitingFor(receiver: string, limit: number): readonly WaitingMessage[] {
    const found = this.#database
      .prepare('SELECT place, body FROM alert_message WHERE place > ? ORDER BY place LIMIT ?')
      .all(this.#placeOf(receiver), limit) as unknown as readonly { readonly place: number; readonly body: string }[]
    return found.map(({ place, body }) => ({ place, message: JSON.parse(body) as Notification }))
  }

  /** The receiver has everything up to this place. */
  delivered(receiver: string, place: number): void {
    this.#database
      .prepare(
        'INSERT INTO alert_receiver (name, place) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET place = max(place, excluded.place)',
      )
      .run(receiver, place)
  }

  #placeOf(receiver: string): number {
    const known = this.#database.prepare('SELECT place FROM alert_receiver WHERE name = ?').get(receiver)
    if (known !== undefined) return Number(known['place'])
    const newest = Number(this.#database.prepare('SELECT max(place) AS place FROM alert_message').get()?.['place'] ?? 0)
    this.delivered(receiver, newest)
    return newest
  }
}
