import type { StatementSync } from 'node:sqlite'
import type { StreamKey } from '../event/delivery.ts'
import type { Database } from './database.ts'

/** Where each watch resumes. Another cluster uid or selector is another key, so it voids the old position by itself. */
export class Checkpoints {
  readonly #put: StatementSync
  readonly #find: StatementSync
  readonly #clear: StatementSync

  constructor(database: Database) {
    this.#put = database.prepare('INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?)')
    this.#find = database.prepare(
      'SELECT resource_version FROM checkpoint WHERE cluster_uid = ? AND path = ? AND selector = ?',
    )
    this.#clear = database.prepare('DELETE FROM checkpoint')
  }

  find({ clusterUid, path, selector }: StreamKey): string | null {
    const row = this.#find.get(clusterUid, path, selector)
    return row === undefined ? null : String(row['resource_version'])
  }

  put({ clusterUid, path, selector }: StreamKey, resourceVersion: string): void {
    this.#put.run(clusterUid, path, selector, resourceVersion)
  }

  clear(): void {
    this.#clear.run()
  }
}
