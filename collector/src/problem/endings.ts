import type { EpochMicros } from '../clock.ts'
import type { PlacedEvent } from '../event/observation.ts'
import { groupOf, objectKey } from '../event/object-reference.ts'
import type { ClearingScope, Gone } from '../event/trouble.ts'
import type { Keys } from './keys.ts'
import { heardAt, stateOf, type Life } from './problem-life.ts'
import type { PodSeen } from './pods-seen.ts'

/** What an event tells beside trouble. */
export interface Told {
  readonly event: PlacedEvent
  /** When it was: a time that had not come when it was received counts as the moment it was. */
  readonly at: EpochMicros
  readonly keys: Keys
  /** The pod that it is about, where something owns it. */
  readonly pod: PodSeen | null
  readonly gone: Gone | null
  /** Key of the job or pod that the note says is gone; null where it says so of none. */
  readonly named: string | null
  /** Kind of the trouble that it is evidence of itself. */
  readonly own: string | null
}

/** How the event ends this life, or null. `told` is of no time before the newest evidence. */
export function endingBy(told: Told, life: Life): 'cleared' | 'gone' | null {
  if (told.at < heardAt(life)) return null
  if (isAnother(told, life) || isGone(told, life)) return 'gone'
  return clearsObject(told, life) || clearsWorkload(told, life) || clearsNode(told, life) ? 'cleared' : null
}

/** A name is free again only when its object is gone. */
function isAnother({ event: { regarding }, at, keys }: Told, life: Life): boolean {
  const { uid, apiVersion } = life.body.object
  if (keys.name !== life.keys.name || keys.identity === life.keys.identity || at === heardAt(life)) return false
  return uid !== '' && regarding.uid !== '' && groupOf(apiVersion) === groupOf(regarding.apiVersion)
}

function isGone({ event, keys, gone, named, own }: Told, { keys: of, trouble }: Life): boolean {
  if (gone === 'named') return named === of.name
  if (gone === null || trouble.class === own) return false
  return event.regarding.kind === 'Node' ? keys.node === of.node : keys.identity === of.identity
}

/** Key of the job or pod that the note names; null where it names none. */
export function namedBy({ cluster, metadata, regarding }: PlacedEvent): string | null {
  const [kind, name] = metadata['job'] === undefined ? ['Pod', metadata['pod']] : ['Job', metadata['job']]
  return name === undefined ? null : objectKey(cluster, { kind: kind ?? '', namespace: regarding.namespace, name })
}

function clearsObject({ event, keys }: Told, life: Life): boolean {
  return keys.identity === life.keys.identity && clears(event, life, 'object') && isSameContainer(event, life)
}

function clearsNode({ event, keys }: Told, life: Life): boolean {
  return event.regarding.kind === 'Node' && keys.node === life.keys.node && clears(event, life, 'node')
}

function clearsWorkload({ event, keys, pod }: Told, life: Life): boolean {
  if (keys.workload === null || keys.workload !== life.keys.workload) return false
  const isQuiet = stateOf(life) === 'quiet'
  const isOtherPod = pod !== null && life.body.object.kind === 'Pod' && pod.identity !== life.keys.identity
  // Of five pods one may hang while the others start.
  if (clears(event, life, 'workload') && (!isOtherPod || isQuiet)) return true
  return isQuiet && pod !== null && clears(event, life, 'successor') && isSuccessor(pod, life)
}

function clears(event: PlacedEvent, { trouble }: Life, scope: ClearingScope): boolean {
  return trouble.clearedBy.some(
    ({ by, reasons, note }) =>
      by === scope &&
      reasons.includes(event.reason) &&
      (note === undefined || note.some((text) => event.note.includes(text))),
  )
}

/** One container that runs says nothing of another one. */
function isSameContainer({ container }: PlacedEvent, { body }: Life): boolean {
  return container === '' || body.container === '' || container === body.container
}

/** Whether a pod came in the place of the troubled one after its trouble began. */
export function isSuccessor(pod: PodSeen, { keys, body }: Life): boolean {
  if (pod.identity === keys.identity || pod.first <= body.firstObserved) return false
  // Of these each pod has a place of its own, which a pod elsewhere does not take.
  if (body.workload.kind === 'StatefulSet') return pod.name === body.object.name
  if (body.workload.kind === 'DaemonSet') return pod.node !== '' && pod.node === body.node
  return true
}
