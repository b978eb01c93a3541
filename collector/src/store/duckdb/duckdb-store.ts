import { systemClock, type Clock } from '../../clock.ts'
import type { EventStore } from '../store.ts'
import { openDatabase } from './database.ts'
import { expireRows } from './retention.ts'
import { createReader } from './reader.ts'
import { createWriter } from './writer.ts'

export { StoreLockedError } from './database.ts'

export interface DuckDbOptions {
  /** The file; made when absent. Its directory must exist. */
  readonly file: string
  /** Memory of DuckDB's own buffers and sorts; beyond it, sorts spill to disk. Default 320 MiB. */
  readonly memoryLimitBytes?: number
  /** Threads that DuckDB computes with. Default 2. */
  readonly threads?: number
  /** Names the time at which a damaged file was set aside. */
  readonly clock?: Clock
}

/** Answers over five million rows are as fast with 256 MB as with 2 GB; the rest is room for two at once. */
const MEMORY_LIMIT_BYTES = 320 * 1024 * 1024
const THREADS = 2

/**
 * The store in one DuckDB file, held by a worker thread. Reads see whole batches and go on while one is written; one
 * writer is at work at a time.
 *
 * @throws StoreLockedError when another process holds the file.
 * @throws StoreCorruptError when the file is damaged; it was set aside, so that opening again makes a new one.
 * @throws StoreUnavailableError when it cannot be opened now.
 */
export async function openDuckDbStore(options: DuckDbOptions): Promise<EventStore> {
  const { file, memoryLimitBytes = MEMORY_LIMIT_BYTES, threads = THREADS, clock = systemClock } = options
  const database = await openDatabase({ file, memoryLimitBytes, threads }, clock)
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
