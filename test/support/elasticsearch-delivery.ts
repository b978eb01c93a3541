import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { DurableBuffer, OutcomeCounts } from '../../collector/src/buffer/buffer.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { Accounts } from '../../collector/src/event/outcome.ts'
import { Sender } from '../../collector/src/pipeline/sender.ts'
import { reconcile } from '../../collector/src/pipeline/reconcile.ts'
import { chainKey, type EventStore } from '../../collector/src/store/store.ts'

const never = new AbortController().signal

/** Ten commits a second of a busy cluster. */
const ROWS_PER_COMMIT = 200

/** A real buffer and the real sender before a store: the half of the line that has to survive bad days of the store. */
export class Delivery {
  readonly directory = mkdtempSync(join(tmpdir(), 'eventloom-delivery-'))
  readonly failures: string[] = []
  #buffer = this.#open()

  get accounts(): Accounts {
    return this.#buffer.accounts()
  }

  get pendingRows(): number {
    return this.#buffer.pendingRows
  }

  /** Rows accepted, as the pipeline commits them. */
  accept(observations: readonly Observation[], undecided = false): void {
    for (let start = 0; start < observations.length; start += ROWS_PER_COMMIT) {
      const part = observations.slice(start, start + ROWS_PER_COMMIT)
      const outcomes = new OutcomeCounts()
      outcomes.receive(part.length)
      this.#buffer.commit({
        rows: part.map((observation) => {
          return { observation, undecided, chain: chainKey(observation), highestCount: observation.count }
        }),
        records: [],
        heads: new Map(),
        olderIds: [],
        outcomes,
        checkpoints: [],
      })
    }
  }

  /** Sends until nothing is pending, with short pauses between attempts. */
  async drain(store: EventStore, signal: AbortSignal = never): Promise<void> {
    const sender = new Sender(this.#buffer, store, {
      delay: (ms, abort) => delay(Math.min(ms, 200), undefined, { signal: abort }),
      random: Math.random,
      onState: (error) => void (error === null ? null : this.failures.push(error.message)),
      onRoom: () => undefined,
    })
    await reconcile(this.#buffer, store, Date.now() * 1_000, signal).catch(() => undefined)
    await sender.drain(signal)
  }

  /** As `kill -9` leaves it between the store's answer and our acknowledgement: stored, and nobody knows. */
  async sendWithoutAcknowledging(store: EventStore): Promise<void> {
    const batch = this.#buffer.next(Number.MAX_SAFE_INTEGER)
    if (batch !== null) await store.write({ ...batch, bufferId: this.#buffer.id }, never)
  }

  /** Opens the buffer's file again, as the next start does. */
  restart(): void {
    this.#buffer.close()
    this.#buffer = this.#open()
  }

  /** Leaves the directory to another process for as long as `work` takes. */
  async lend<Answer>(work: (directory: string) => Promise<Answer>): Promise<Answer> {
    this.#buffer.close()
    try {
      return await work(this.directory)
    } finally {
      this.#buffer = this.#open()
    }
  }

  remove(): void {
    this.#buffer.close()
    rmSync(this.directory, { recursive: true })
  }

  #open(): DurableBuffer {
    return DurableBuffer.open(join(this.directory, 'buffer.sqlite'), 1e9, 'test').buffer
  }
}
