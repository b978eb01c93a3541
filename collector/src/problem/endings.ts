import type { PlacedEvent } from '../event/observation.ts'
import type { ClearingScope } from '../event/trouble.ts'
import type { Life } from './problem-life.ts'
import type { PodSeen } from './pods-seen.ts'

/** Whether an event tells that the trouble is over, for things that stand to its object in one of these ways. */
export function clears(event: PlacedEvent, { trouble, body }: Life, scope: ClearingScope): boolean {
  if (event.lastObserved < body.lastObserved) return false
  return trouble.clearedBy.some(
    ({ by, reasons, note }) =>
      by === scope &&
      reasons.includes(event.reason) &&
      (note === undefined || note.some((text) => event.note.includes(text))),
  )
}

/** One container that runs says nothing of another one. */
export function isSameContainer({ container }: PlacedEvent, { body }: Life): boolean {
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
