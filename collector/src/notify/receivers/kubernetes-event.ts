import { MILLISECOND, type EpochMicros } from '../../clock.ts'
import type { Notification } from '../../event/alert.ts'
import { digest, isFiring } from '../message.ts'
import { ReceiverError, type Receiver } from '../receiver.ts'
import { cut } from '../text.ts'

/** Creates an object in a cluster. Answers the status; null where there is no such cluster. */
export type CreateObject = (cluster: string, path: string, body: string, signal: AbortSignal) => Promise<number | null>

/** The API server refuses longer notes. */
const MOST_NOTE = 1_000

/** Who says so: the collector would take its own events for trouble if they were warnings. */
const CONTROLLER = 'eventloom.io/alerts'

/**
 * An event in the cluster where the fault is, on the object that the alert gives as its example: `kubectl describe` shows it. Needs
 * the right to create events (`events.k8s.io`) in the namespaces of such objects. Its type is Normal.
 */
export function kubernetesEvent(name: string, instance: string, create: CreateObject): Receiver {
  return {
    name,
    async send(messages, signal) {
      for (const change of messages.flatMap(({ changes, isRepeat }) => (isRepeat ? [] : changes))) {
        const event = eventOf(change, instance)
        const path = `/apis/events.k8s.io/v1/namespaces/${event.metadata.namespace}/events`
        const status = await create(change.cluster, path, JSON.stringify(event), signal)
        // What is not watched any more has nobody to tell; what is there already was sent before.
        if (status === null || status === 409 || (status >= 200 && status < 300)) continue
        // A namespace that is gone or being removed takes no events.
        if (status === 404 || isForbiddenAtEnd(status, change)) continue
        throw new ReceiverError(
          status === 400 || status === 422 ? 'refused' : 'unavailable',
          `cluster ${change.cluster} answered ${status}`,
        )
      }
    },
    close: () => Promise.resolve(),
  }
}

/** A namespace that is being removed forbids to create things in it: what ended with it is not told. */
function isForbiddenAtEnd(status: number, change: Notification): boolean {
  return status === 403 && !isFiring(change)
}

export function eventOf(change: Notification, instance: string) {
  const [kind = '', path = ''] = (change.example?.object ?? '').split(' ')
  const [namespace, object] = path.includes('/') ? path.split('/') : ['', path]
  const known = kind !== '' && object !== undefined && object !== ''
  const summary = change.annotations['summary'] ?? change.rule
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: `eventloom-${Buffer.from(digest(change.key), 'base64url').toString('hex')}`,
      namespace: namespace || 'default',
    },
    eventTime: microTime(change.at),
    type: 'Normal',
    reason: { firing: 'AlertFiring', flapping: 'AlertFlapping', resolved: 'AlertResolved' }[change.state],
    action: 'Alerting',
    note: cut(`${change.rule}: ${summary}`, MOST_NOTE),
    reportingController: CONTROLLER,
    reportingInstance: cut(instance, 128),
    regarding: known
      ? { kind, name: object, ...(namespace ? { namespace } : {}) }
      : { kind: 'Namespace', name: 'default' },
  }
}

function microTime(time: EpochMicros): string {
  return new Date(time / MILLISECOND)
    .toISOString()
    .replace(/(\.\d{3})Z$/, `$1${String(time % MILLISECOND).padStart(3, '0')}Z`)
}
