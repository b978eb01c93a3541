import type { DurableBuffer } from '../buffer/buffer.ts'
import type { EpochMicros } from '../clock.ts'
import { keyOfChain } from '../gate/gate.ts'
import type { EventReader, EventStore } from '../store/store.ts'
import { newestPlausible } from './rebuild.ts'

/** Rows ahead of now that get heads of their own; with more of them the horizon is theirs. */
const MOST_AHEAD = 1_000

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
  store: Pick<EventStore, 'applied' | 'statistics' | 'aggregate' | 'scan'>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<boolean> {
  const applied = await store.applied(buffer.id)
  buffer.acknowledgeApplied(applied)
  const isLost = applied.sequence < buffer.acknowledgedSequence
  if (isLost) buffer.storeLost()
  if (isLost || applied.sequence === 0) await askAboutStored(buffer, store, now, signal)
  return isLost
}

/** From now on the gate asks the store about every chain that it may hold. */
async function askAboutStored(
  buffer: DurableBuffer,
  store: Pick<EventReader, 'statistics' | 'aggregate' | 'scan'>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<void> {
  const { newest } = await store.statistics(signal)
  const plausible = await newestPlausible(store, now, signal)
  if (newest === null || plausible === null) return
  const ahead: Parameters<DurableBuffer['learnStored']>[0][number][] = []
  const query = { from: plausible + 1, to: newest + 1, filter: { op: 'all' as const } }
  for await (const page of plausible < newest ? store.scan(query, signal) : []) {
    for (const observation of page)
      ahead.push({ observation, chain: keyOfChain(observation), highestCount: observation.count })
    if (ahead.length > MOST_AHEAD) return buffer.raiseHorizon(newest)
  }
  buffer.learnStored(ahead)
  buffer.raiseHorizon(plausible)
}
