import type { Clock, EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import type { Outbox } from './outbox.ts'
import { plan, type Due, type Mute, type Plan, type Policy } from './plan.ts'
import { ReceiverError, type Receiver } from './receiver.ts'
import { Rate, Retries } from './retries.ts'

/** Most changes that wait for one receiver. Beyond it the oldest are dropped. */
export const MOST_WAITING = 2_000

export type DropCause = Mute['cause'] | 'too many waiting'

/** Told of what happens to messages. */
export interface DeliveryMeter {
  sent(receiver: string): void
  failed(receiver: string, kind: ReceiverError['kind']): void
  dropped(receiver: string, cause: DropCause, changes: number): void
}

export interface DeliveryOptions {
  readonly policy: Policy
  readonly wants: (notification: Notification) => boolean
  readonly mutesAt: (now: EpochMicros) => (notification: Notification) => Mute | null
  readonly mostPerMinute: number
  /** Messages that go together where the receiver takes several. */
  readonly batch: number
  /** Time that one attempt may take, ms. */
  readonly timeoutMs: number
}

interface Tools {
  readonly clock: Clock
  readonly random: () => number
  readonly meter: DeliveryMeter
  readonly onFailure: (receiver: string, error: ReceiverError) => void
  readonly onSuccess: (receiver: string) => void
}

/** Takes what waits for one receiver to it. All that lasts is in the outbox: it may be killed at any moment. */
export class Delivery {
  readonly receiver: Receiver
  readonly #outbox: Outbox
  readonly #options: DeliveryOptions
  readonly #tools: Tools
  readonly #retries: Retries
  readonly #rate: Rate

  constructor(receiver: Receiver, outbox: Outbox, options: DeliveryOptions, tools: Tools) {
    this.receiver = receiver
    this.#outbox = outbox
    this.#options = options
    this.#tools = tools
    this.#retries = new Retries(tools.random)
    this.#rate = new Rate(options.mostPerMinute)
  }

  /**
   * Sends what is due.
   *
   * @returns when there is something to do next; null: only when something changes.
   */
  async pass(signal: AbortSignal): Promise<EpochMicros | null> {
    const { clock } = this.#tools
    for (;;) {
      const now = clock()
      const found = this.#plan(now)
      const batch = found.due.slice(0, this.#options.batch)
      if (batch.length === 0) return found.next
      const allowed = Math.max(this.#retries.until(now), this.#rate.next(now))
      if (allowed > now) return allowed
      await this.#send(batch, signal)
      if (signal.aborted) return null
    }
  }

  #plan(now: EpochMicros): Plan {
    const { name } = this.receiver
    const { policy, wants, mutesAt } = this.#options
    const { meter } = this.#tools
    const tooMany = this.#outbox.dropOldest(name, MOST_WAITING)
    if (tooMany > 0) meter.dropped(name, 'too many waiting', tooMany)
    const state = { waiting: this.#outbox.waiting(name, MOST_WAITING), told: this.#outbox.told(name) }
    const found = plan(state, policy, {
      now,
      wants,
      muteOf: mutesAt(now),
      heldUntil: (group) => this.#retries.groupUntil(group, now),
    })
    for (const { sequences, cause } of found.dropped) {
      this.#outbox.drop(name, sequences)
      if (cause !== 'not wanted') meter.dropped(name, cause, sequences.length)
    }
    if (found.forgotten.length > 0) this.#outbox.forget(name, found.forgotten)
    return found
  }

  /** Sends what may go together; a message that is refused among others is tried alone. */
  async #send(batch: readonly Due[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#tools
    this.#rate.went(clock())
    const error = await this.#attempt(batch, signal)
    if (error === null) return this.#arrived(batch)
    // Stopped: nobody knows whether it arrived, and it is sent again.
    if (signal.aborted) return
    if (error.kind === 'refused' && batch.length > 1) {
      for (const one of batch) {
        if (signal.aborted) return
        await this.#send([one], signal)
        if (this.#retries.until(clock()) > clock()) return
      }
      return
    }
    const { name } = this.receiver
    this.#tools.meter.failed(name, error.kind)
    this.#tools.onFailure(name, error)
    const group = batch[0]?.message.group.key
    if (error.kind === 'refused' && group !== undefined) this.#retries.refused(group, clock())
    else this.#retries.failed(error, clock())
  }

  async #attempt(batch: readonly Due[], signal: AbortSignal): Promise<ReceiverError | null> {
    const { timeoutMs } = this.#options
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      const messages = batch.map(({ message }) => message)
      const ended = AbortSignal.any([signal, timeout])
      await until(ended, this.receiver.send(messages, ended))
      return null
    } catch (error) {
      if (timeout.aborted) return new ReceiverError('unavailable', `no answer within ${timeoutMs / 1_000} s`)
      return error instanceof ReceiverError
        ? error
        : new ReceiverError('unavailable', 'failed unexpectedly', { cause: error })
    }
  }

  #arrived(batch: readonly Due[]): void {
    const { name } = this.receiver
    const sequences = batch.flatMap((due) => due.sequences)
    this.#outbox.delivered(
      name,
      sequences,
      batch.flatMap(({ told }) => told),
    )
    for (const { message } of batch) {
      this.#retries.succeeded(message.group.key)
      this.#tools.meter.sent(name)
    }
    this.#tools.onSuccess(name)
  }
}

/** A receiver that does not heed its signal holds nobody up. */
async function until(signal: AbortSignal, work: Promise<void>): Promise<void> {
  let stop = () => {}
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
