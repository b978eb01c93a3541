import { MILLISECOND, type Clock, type EpochMicros } from '../../clock.ts'
import type { Labels, Notification } from '../../event/alert.ts'
import type { Asking } from '../ask.ts'
import { isFiring, type Message } from '../message.ts'
import type { Receiver } from '../receiver.ts'

export interface AlertmanagerOptions {
  readonly url: string
  readonly headers: () => Promise<Readonly<Record<string, string>>>
  /** What fires ends by itself only when nothing was heard for so long. */
  readonly endsAfter: EpochMicros
}

/**
 * Alertmanager's API v2. It forgets what it is not told of again, so it is told of all that fires again and again, each with an
 * end in the future; what is over is told with its end.
 */
export function alertmanager(name: string, options: AlertmanagerOptions, asking: Asking, clock: Clock): Receiver {
  const address = `${options.url.replace(/\/+$/, '')}/api/v2/alerts`
  return {
    name,
    async send(messages, signal) {
      const alerts = messages.flatMap(lastChanges).map((change) => alertOf(change, options, clock()))
      await asking.post(address, JSON.stringify(alerts), await options.headers(), signal)
    },
    close: () => asking.close(),
  }
}

/** Alertmanager knows states, not changes: of what fired and ended since, only the end. */
function lastChanges({ changes }: Message): readonly Notification[] {
  return [...new Map(changes.map((change) => [change.fingerprint, change])).values()]
}

function alertOf(change: Notification, { endsAfter }: AlertmanagerOptions, now: EpochMicros): object {
  const { allLabels, annotations, startsAt, at } = change
  const end = isFiring(change) ? now + endsAfter : Math.max(at, startsAt)
  return {
    labels: named(allLabels),
    annotations: named(annotations),
    startsAt: rfc3339(startsAt),
    endsAt: rfc3339(end),
  }
}

/** Names as Alertmanager takes them; it knows no empty value. */
function named(labels: Labels): Labels {
  const entries = Object.entries(labels).filter(([, value]) => value !== '')
  return Object.fromEntries(entries.map(([name, value]) => [name.replace(/^(?=\d)|[^A-Za-z0-9_]/g, '_'), value]))
}

function rfc3339(time: EpochMicros): string {
  return new Date(time / MILLISECOND).toISOString()
}
