import type { Asking } from '../ask.ts'
import type { Message } from '../message.ts'
import { ReceiverError, type Receiver } from '../receiver.ts'
import { cut, textOf } from '../text.ts'

/** Teams refuses messages beyond 28 kB. */
const MOST_BYTES = 24_000
const MOST_ENTRY = 600

/** A workflow of Microsoft Teams ("Post to a channel when a webhook request is received"): an Adaptive Card. */
export function teams(name: string, url: () => Promise<string>, asking: Asking): Receiver {
  return {
    name,
    async send(messages, signal) {
      for (const message of messages) {
        const { text } = await asking.post(await url(), teamsBody(message), {}, signal)
        // Older connectors answer 200 and tell in the text that nothing was posted.
        if (/\b(fail|failed|error|HTTP error)\b/i.test(text)) throw failureIn(text)
      }
    },
    close: () => asking.close(),
  }
}

/** JSON text of the card, with as many alerts as fit. */
export function teamsBody(message: Message): string {
  const { entries } = textOf(message)
  for (let listed = entries.length; listed > 0; listed--) {
    const body = JSON.stringify(cardOf(message, listed))
    if (Buffer.byteLength(body) <= MOST_BYTES) return body
  }
  return JSON.stringify(cardOf(message, 0))
}

function cardOf(message: Message, listed: number): object {
  const { title, entries, more, status, severity } = textOf(message)
  const color =
    status === 'resolved' ? 'Good' : severity === 'critical' || severity === 'high' ? 'Attention' : 'Warning'
  const block = (text: string, look: object = {}) => ({ type: 'TextBlock', text, wrap: true, ...look })
  const left = more + entries.length - listed
  const body = [
    block(escaped(title), { weight: 'Bolder', size: 'Medium', color }),
    ...entries.slice(0, listed).flatMap(({ heading, text }) => [
      block(escaped(heading), { weight: 'Bolder', separator: true }),
      // Two line breaks are one in Teams.
      block(escaped(cut(text, MOST_ENTRY)).replaceAll('\n', '\n\n'), { spacing: 'Small' }),
    ]),
    ...(left === 0 ? [] : [block(`and ${left} more`)]),
  ]
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  }
}

function failureIn(text: string): ReceiverError {
  const isBusy = /\b429\b/.test(text)
  return new ReceiverError(
    isBusy ? 'unavailable' : 'refused',
    `it took the request and says that it posted nothing${isBusy ? ' (429)' : ''}`,
  )
}

/** What Markdown would make links, lists or emphasis of. */
function escaped(text: string): string {
  return text.replace(/([\\`*_[\]<>#])/g, '\\$1')
}
