import { MILLISECOND, SECOND, type Clock, type EpochMicros } from '../clock.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Delivery } from './delivery.ts'
import type { ReceiverError } from './receiver.ts'

export type { DeliveryMeter } from './delivery.ts'
export { openReceivers, testReceiver, type ReceiverTools } from './open-receivers.ts'

/** Longest pause between two looks at what is due: the clock may step. */
const LONGEST_PAUSE = 60 * SECOND
/** Shortest one: no mistake of times may turn into a busy loop. */
const SHORTEST_PAUSE = SECOND / 4
/** Pause after a look that failed: the disk is full, say. */
const AFTER_FAILURE = 5 * SECOND

interface Tools {
  readonly clock: Clock
  readonly logger: Logger
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
}

/** Takes what waits in the outbox to all receivers, each in a loop of its own: none waits for another, and nothing waits for them. */
export class Notifier {
  readonly #deliveries: readonly Delivery[]
  readonly #tools: Tools
  readonly #pauses = new Set<AbortController>()

  constructor(deliveries: readonly Delivery[], tools: Tools) {
    this.#deliveries = deliveries
    this.#tools = tools
  }

  /** Something was added, or silenced. */
  wake(): void {
    for (const pause of this.#pauses) pause.abort()
  }

  /** Until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#deliveries.map((delivery) => this.#follow(delivery, signal)))
    await Promise.all(this.#deliveries.map(({ receiver }) => receiver.close()))
  }

  async #follow(delivery: Delivery, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#tools
    while (!signal.aborted) {
      // Before the look: what is added meanwhile ends the pause after it.
      const woken = new AbortController()
      this.#pauses.add(woken)
      const next = await delivery.pass(signal).catch((error: unknown) => {
        logger.error(
          `notify: receiver ${delivery.receiver.name}: what waits cannot be read or marked as sent, and is tried again`,
          { error },
        )
        return clock() + AFTER_FAILURE
      })
      const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, (next ?? Infinity) - clock()))
      await this.#pause(pause, AbortSignal.any([signal, woken.signal]))
      this.#pauses.delete(woken)
    }
  }

  async #pause(time: EpochMicros, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await this.#tools.delay(time / MILLISECOND, signal).catch(() => undefined)
  }
}

/** Tells the log once that a receiver fails, and once that it works again. */
export function troubleTeller(logger: Logger) {
  const troubles = new Map<string, string>()
  return {
    onFailure(receiver: string, error: ReceiverError): void {
      if (troubles.get(receiver) === error.message) return
      troubles.set(receiver, error.message)
      const what =
        error.kind === 'refused' ? 'does not take a message, which is tried again' : 'takes no messages, which wait'
      logger.warn(`notify: receiver ${receiver} ${what}: ${error.message}`)
    },
    onSuccess(receiver: string): void {
      if (troubles.delete(receiver)) logger.info(`notify: receiver ${receiver} takes messages again`)
    },
  }
}
