import type { Acknowledgement, BufferBatch } from '../buffer/buffer.ts'
import { retryDelayMs } from '../buffer/retry.ts'
import { StoreUnavailableError, type AppliedBatch, type EventWriter, type PendingBatch } from '../store/store.ts'

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
  sync(): Promise<void>
  acknowledge(batch: BufferBatch, result: Acknowledgement): void
  acknowledgeApplied(applied: AppliedBatch): void
}

export interface SenderOptions {
  /** Rejects when its signal aborts. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
  /** After each attempt: null when it succeeded. */
  readonly onState: (error: Error | null) => void
  /** After each acknowledgement. */
  readonly onRoom: () => void
  /** With the rows of each batch that the store has, those that it refused left out, before the next is sent. */
  readonly onStored?: (rows: BufferBatch['rows']) => void
}

/**
 * Takes entries out of the buffer in order and writes them to the store, one batch at a time. An entry leaves the buffer
 * only after the store has it; while the store is unavailable the same rows are tried again.
 */
export class Sender {
  readonly #buffer: SenderBuffer
  readonly #store: Pick<EventWriter, 'write' | 'applied'>
  readonly #options: SenderOptions
  /** Sent, and not acknowledged: the store may have it all the same, and the next batch would hold its rows again. */
  #unsure: BufferBatch | null = null

  constructor(buffer: SenderBuffer, store: Pick<EventWriter, 'write' | 'applied'>, options: SenderOptions) {
    this.#buffer = buffer
    this.#store = store
    this.#options = options
  }

  /** Sends for ever. Rejects only with an error that trying again cannot mend. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#buffer.pendingRows < ENOUGH_ROWS) await this.#pause(LINGER_MS, signal)
      await this.drain(signal)
    }
  }

  /** Sends all that is pending. Returns when the buffer is empty or `signal` aborts. */
  async drain(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted;) {
      try {
        if (!(await this.#sendOne(signal))) return
        attempt = 0
      } catch (error) {
        if (signal.aborted) return
        this.#options.onState(error instanceof Error ? error : new Error(String(error)))
        if (!isRetryable(error)) throw error
        await this.#pause(retryDelayMs(attempt, this.#options.random()), signal)
        attempt += 1
      }
    }
  }

  async #sendOne(signal: AbortSignal): Promise<boolean> {
    if (this.#unsure !== null) await this.#settle(this.#unsure)
    const batch = this.#buffer.next(MAX_BATCH_ROWS)
    if (batch === null) return false
    // A power cut must not take from the buffer what the store has: the number of this batch would come again.
    await this.#buffer.sync()
    // Until the acknowledgement is on disk, nobody may take these rows for unsent.
    this.#unsure = batch
    const ends = await this.#store.write(pending(this.#buffer.id, batch), signal)
    this.#buffer.acknowledge(batch, ends)
    this.#unsure = null
    this.#options.onState(null)
    this.#tell(batch, ends.rejected)
    return true
  }

  /** Asks the store how a batch ended whose answer, or whose acknowledgement, was lost. */
  async #settle(batch: BufferBatch): Promise<void> {
    const applied = await this.#store.applied(this.#buffer.id)
    this.#buffer.acknowledgeApplied(applied)
    this.#unsure = null
    if (applied.sequence >= batch.sequence) this.#tell(batch, applied.rejected)
  }

  #tell({ rows }: BufferBatch, rejected: readonly { readonly id: string }[]): void {
    this.#options.onRoom()
    const refused = new Set(rejected.map(({ id }) => id))
    const stored = refused.size === 0 ? rows : rows.filter(({ observation }) => !refused.has(observation.id))
    if (stored.length > 0) this.#options.onStored?.(stored)
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.delay(ms, signal).catch(() => undefined)
  }
}

function pending(bufferId: string, { sequence, rows, records }: BufferBatch): PendingBatch {
  return { bufferId, sequence, rows, records }
}

function isRetryable(error: unknown): boolean {
  return (
    error instanceof StoreUnavailableError ||
    (error instanceof Error && 'code' in error && error.code === 'BUFFER_WRITE')
  )
}
