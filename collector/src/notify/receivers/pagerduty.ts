import type { Severity } from '../../event/words.ts'
import type { Asking } from '../ask.ts'
import { digest, type Message } from '../message.ts'
import { ReceiverError, type Receiver } from '../receiver.ts'
import { changeJson, cut, textOf, timeText } from '../text.ts'

const SEVERITY: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  high: 'error',
  medium: 'warning',
  low: 'info',
  info: 'info',
}

/** PagerDuty refuses events beyond 512 kB. */
const MOST_DETAILS = 50
const MOST_SUMMARY = 1_024
const MOST_SOURCE = 255

/**
 * PagerDuty's Events API v2. A group is one alert there: triggered when something fires, resolved when nothing does any more. Being
 * told again changes nothing, since `dedup_key` stays the same.
 */
export function pagerduty(
  name: string,
  { url, routingKey }: { readonly url: string; readonly routingKey: () => Promise<string> },
  asking: Asking,
): Receiver {
  return {
    name,
    async send(messages, signal) {
      for (const message of messages) {
        const body = JSON.stringify(pagerdutyBody(message, await routingKey()))
        const { text } = await asking.post(url, body, {}, signal)
        if (!isSuccess(text))
          throw new ReceiverError('refused', 'it took the request and does not say that it succeeded')
      }
    },
    close: () => asking.close(),
  }
}

export function pagerdutyBody(message: Message, routingKey: string): object {
  const { title, severity, status } = textOf(message)
  const common = { routing_key: routingKey, dedup_key: `eventloom-${digest(message.group.key)}` }
  if (status === 'resolved') return { ...common, event_action: 'resolve' }
  const began = message.firing.reduce((first, { startsAt }) => Math.min(first, startsAt), Infinity)
  const { cluster = message.firing[0]?.cluster ?? '', namespace = '' } = message.group.labels
  return {
    ...common,
    event_action: 'trigger',
    client: 'Eventloom',
    payload: {
      summary: cut(title, MOST_SUMMARY),
      source: cut(cluster || 'eventloom', MOST_SOURCE),
      severity: SEVERITY[severity],
      timestamp: timeText(began),
      ...(namespace === '' ? {} : { group: namespace }),
      class: message.firing[0]?.rule ?? '',
      custom_details: { firing: message.firing.slice(0, MOST_DETAILS).map(changeJson), alerts: message.firing.length },
    },
  }
}

function isSuccess(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly status?: unknown }).status === 'success'
  } catch {
    return false
  }
}
