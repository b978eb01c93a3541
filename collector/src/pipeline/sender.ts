import type { Acknowledgement, BufferBatch } from '../buffer/buffer.ts'
import { retryDelayMs } from '../buffer/retry.ts'
import { StoreUnavailableError, type EventWriter, type PendingBatch } from '../store/store.ts'

/** Rows of one store transaction at most: DuckDB is fastest between 5,000 and 10,000. */
const MAX_BATCH_ROWS = 10_000

/** A smaller batch waits this long for more, so that a quiet cluster is visible within a second. */
const LINGER_MS = 500
const ENOUGH_ROWS = 5_000

/** What the sender needs of the buffer. */
export interface SenderBuffer {
  readonly id: string
  readonly pendingRows: number
  next(maxRows: number): BufferBatch | null
  acknowledge(batch: BufferBatch, result: Acknowledgement): void
}

export interface SenderOptions {
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
  /** After each attempt: null when it succeeded. */
  readonly onState: (error: Error | null) => void
  /** After each acknowledgement. */
  readonly onRoom: () => void
}

/**
 * Takes entries out of the buffer in order and writes them to the store, one batch at a time, until `signal` aborts.
 * An entry leaves the buffer only after the store has it; while the store is unavailable the same batch is tried again.
 */
export async function sendToStore(
  buffer: SenderBuffer,
  store: Pick<EventWriter, 'write'>,
  options: SenderOptions,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    if (buffer.pendingRows < ENOUGH_ROWS) await options.delay(LINGER_MS, signal).catch(() => undefined)
    await drain(buffer, store, options, signal)
  }
}

/** Sends all that is pending. Returns when the buffer is empty or `signal` aborts. */
export async function drain(
  buffer: SenderBuffer,
  store: Pick<EventWriter, 'write'>,
  options: SenderOptions,
  signal: AbortSignal,
): Promise<void> {
  let attempt = 0
  while (!signal.aborted) {
    const batch = buffer.next(MAX_BATCH_ROWS)
    if (batch === null) return
    try {
      buffer.acknowledge(batch, await store.write(pending(buffer.id, batch), signal))
      attempt = 0
      options.onState(null)
      options.onRoom()
    } catch (error) {
      if (signal.aborted) return
      options.onState(error instanceof Error ? error : new Error(String(error)))
      if (!(error instanceof StoreUnavailableError) && !isBufferWriteError(error)) throw error
      await options.delay(retryDelayMs(attempt, options.random()), signal).catch(() => undefined)
      attempt += 1
    }
  }
}

function pending(bufferId: string, { sequence, rows, records }: BufferBatch): PendingBatch {
  return { bufferId, sequence, rows, records }
}

function isBufferWriteError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'BUFFER_WRITE'
}
