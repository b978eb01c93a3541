import type { Clock } from '../../clock.ts'
import type { EventStore } from '../store.ts'
import { openDatabase } from './database.ts'
import { expireRows } from './retention.ts'
import { createReader } from './reader.ts'
import { createWriter } from './writer.ts'

export { StoreLockedError } from './database.ts'

export interface DuckDbOptions {
  /** The file; made when absent. Its directory must exist. */
  readonly file: string
  /** Memory of DuckDB's own buffers and sorts; beyond it, sorts spill to disk. */
  readonly memoryLimitBytes: number
  /** Threads that DuckDB computes with. */
  readonly threads: number
  /** Names the time at which a damaged file was set aside. */
  readonly clock: Clock
}

/**
 * The store in one DuckDB file, held by a worker thread. Reads see whole batches and go on while one is written; one
 * writer is at work at a time.
 *
 * @throws StoreLockedError when another process holds the file.
 * @throws StoreCorruptError when the file is damaged; it was set aside, so that opening again makes a new one.
 * @throws StoreUnavailableError when it cannot be opened now.
 */
export async function openDuckDbStore(options: DuckDbOptions): Promise<EventStore> {
  const { clock, ...settings } = options
  const database = await openDatabase(settings, clock)
  let lastExpiry: Promise<unknown> = Promise.resolve()
  const reader = createReader(database)
  return {
    ...createWriter(database),
    ...reader,
    // One after the other: two at once would each find the rows that the other removes.
    expire(policy, now, signal) {
      const mine = lastExpiry.then(() => expireRows(database, reader, policy, now, signal))
      lastExpiry = mine.catch(() => undefined)
      return mine
    },
    close: () => database.close(),
  }
}
