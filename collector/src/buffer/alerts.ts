import type { Database } from './database.ts'

/** What alert rules know, by rule and cluster. A body of null is forgotten. */
export interface AlertRow {
  readonly rule: string
  readonly cluster: string
  readonly body: string | null
}

/** What alert rules know, kept with the rows that they know it from. */
export class Alerts {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  rows(): readonly AlertRow[] {
    return this.#database.prepare('SELECT rule, cluster, body FROM alert_state').all() as unknown as readonly AlertRow[]
  }

  put(rows: readonly AlertRow[]): void {
    const write = this.#database.prepare('INSERT OR REPLACE INTO alert_state (rule, cluster, body) VALUES (?, ?, ?)')
    const forget = this.#database.prepare('DELETE FROM alert_state WHERE rule = ? AND cluster = ?')
    for (const { rule, cluster, body } of rows) {
      if (body === null) forget.run(rule, cluster)
      else write.run(rule, cluster, body)
    }
  }
}
