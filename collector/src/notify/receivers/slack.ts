import type { Asking } from '../ask.ts'
import { wordsOf } from '../ask.ts'
import type { Message } from '../message.ts'
import { ReceiverError, type Receiver } from '../receiver.ts'
import { cut, textOf } from '../text.ts'
import { COLORS } from './colors.ts'

/** Slack cuts longer texts of an attachment behind "show more"; Mattermost refuses posts beyond 16,383 characters. */
const MOST_ENTRY = 700

/** Slack's incoming webhooks, and those that are like it (Mattermost, Rocket.Chat, Discord's `/slack`). */
export function slack(name: string, url: () => Promise<string>, asking: Asking): Receiver {
  return {
    name,
    async send(messages, signal) {
      for (const message of messages) {
        const { text } = await asking.post(await url(), JSON.stringify(slackBody(message)), {}, signal)
        if (!isTaken(text)) throw new ReceiverError('refused', `it answered 200, and not "ok"${said(text)}`)
      }
    },
    close: () => asking.close(),
  }
}

export function slackBody(message: Message): object {
  const { title, entries, more, status, severity } = textOf(message)
  const texts = entries.map(({ heading, text }) => `*${escaped(heading)}*\n${escaped(cut(text, MOST_ENTRY))}`)
  const color = status === 'resolved' ? COLORS.resolved : COLORS[severity]
  const body = [...texts, ...(more === 0 ? [] : [`and ${more} more`])].join('\n\n')
  return { text: `*${escaped(title)}*`, attachments: [{ color, fallback: title, text: body, mrkdwn_in: ['text'] }] }
}

/** Slack says `ok`; others answer JSON. Success with anything else is none: a login page of a proxy is also 200. */
function isTaken(text: string): boolean {
  if (text.trim() === 'ok') return true
  try {
    const { ok, success } = JSON.parse(text) as { readonly ok?: unknown; readonly success?: unknown }
    return ok === true || success === true
  } catch {
    return false
  }
}

function said(text: string): string {
  const words = wordsOf(text)
  return words === null ? '' : `: ${words}`
}

/** These three are markup; `<!channel>` in a note must call nobody. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
