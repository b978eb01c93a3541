import type { EpochMicros } from '../clock.ts'
import type { Message } from './message.ts'

/** Whom messages go to. */
export interface Receiver {
  readonly name: string
  /**
   * Sends messages, as many as there are at most in `batch`. It has them for sure when this resolves; where it may have them all
   * the same, they are sent again with the same ids.
   *
   * @throws ReceiverError it has not.
   */
  send(messages: readonly Message[], signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** Why a receiver does not have a message, in words without anything secret. */
export class ReceiverError extends Error {
  override readonly name = 'ReceiverError'
  readonly code = 'NOT_SENT'
  /** `unavailable`: it takes nothing now. `refused`: it does not take this message; another one it may. */
  readonly kind: 'unavailable' | 'refused'
  /** It asked not to be tried again before that much time has passed; null when it did not say. */
  readonly retryAfter: EpochMicros | null

  constructor(
    kind: ReceiverError['kind'],
    message: string,
    options: { cause?: unknown; retryAfter?: EpochMicros | null } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.kind = kind
    this.retryAfter = options.retryAfter ?? null
  }
}
