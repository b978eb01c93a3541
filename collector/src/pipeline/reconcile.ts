import type { DurableBuffer } from '../buffer/buffer.ts'
import type { EventStore } from '../store/store.ts'

/**
 * Brings buffer and store to the same point at start, before anything is read.
 *
 * - What a crash left between the store's commit and our acknowledgement is acknowledged unsent, as it ended there.
 * - A store that holds less than was acknowledged is not the one we wrote to (set aside, replaced, in memory): kept
 *   entries wait again, checkpoints go.
 * - A store that this buffer never wrote to may hold chains that the buffer has no head of: the gate must ask.
 *
 * @returns whether the store lost what was acknowledged.
 */
export async function reconcile(
  buffer: DurableBuffer,
  store: Pick<EventStore, 'applied' | 'statistics'>,
  signal: AbortSignal,
): Promise<boolean> {
  const applied = await store.applied(buffer.id)
  buffer.acknowledgeApplied(applied)
  const isLost = applied.sequence < buffer.acknowledgedSequence
  if (isLost) buffer.storeLost()
  if (isLost || applied.sequence === 0) buffer.raiseHorizon((await store.statistics(signal)).newest ?? 0)
  return isLost
}
