import { createHmac } from 'node:crypto'
import { SECOND, type Clock } from '../../clock.ts'
import type { Asking } from '../ask.ts'
import { fillBody, type Json } from '../body-template.ts'
import type { Receiver } from '../receiver.ts'
import { messageJson } from '../text.ts'

export interface WebhookOptions {
  readonly url: () => Promise<string>
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** Key of the signature; null: no signature. */
  readonly secret: (() => Promise<string>) | null
  /** What is sent, with places to fill in; null: everything. */
  readonly body: Json | null
}

/**
 * JSON to any server. `Idempotency-Key` is the id of the message. With a secret, `X-Eventloom-Signature` is `v1=` and the
 * HMAC-SHA256 of the value of `X-Eventloom-Timestamp` (seconds since 1970), a dot, and the body, in hexadecimal digits.
 */
export function webhook(name: string, options: WebhookOptions, asking: Asking, clock: Clock): Receiver {
  return {
    name,
    async send(messages, signal) {
      for (const message of messages) {
        const body = JSON.stringify(options.body === null ? messageJson(message) : fillBody(options.body, message))
        const timestamp = String(Math.floor(clock() / SECOND))
        const secret = await options.secret?.()
        const signed =
          secret === undefined ? {} : { 'x-eventloom-signature': `v1=${signatureOf(secret, timestamp, body)}` }
        const ours = { 'idempotency-key': message.id, 'x-eventloom-timestamp': timestamp, ...signed }
        await asking.post(await options.url(), body, { ...(await options.headers()), ...ours }, signal)
      }
    },
    close: () => asking.close(),
  }
}

function signatureOf(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}
