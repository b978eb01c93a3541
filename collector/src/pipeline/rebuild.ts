import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import type { DurableBuffer } from '../buffer/buffer.ts'
import type { EventReader } from '../store/store.ts'

/** How far back the stages look after a restart: longer than any correlation window. */
export const REBUILD_WINDOW: EpochMicros = 3_600_000_000

/** The newest rows of that window are enough; more would only make the start slow. */
const REBUILD_ROWS = 50_000

/**
 * Gives the stages their memory back from what is stored and what waits in the buffer, in that order and silently: they
 * remember, nothing comes out (frame §6.6).
 */
export async function rebuild(
  store: Pick<EventReader, 'scan' | 'statistics'>,
  buffer: Pick<DurableBuffer, 'next'>,
  remember: (observation: Observation) => void,
  signal: AbortSignal,
): Promise<number> {
  let rows = 0
  const { newest } = await store.statistics(signal)
  if (newest !== null) {
    const range = { from: newest - REBUILD_WINDOW, to: newest + 1, filter: { op: 'all' as const } }
    for await (const page of store.scan(range, signal)) {
      for (const observation of page) remember(observation)
      rows += page.length
      if (rows >= REBUILD_ROWS) break
    }
  }
  for (let batch = buffer.next(REBUILD_ROWS); batch !== null; batch = buffer.next(REBUILD_ROWS, batch.sequence)) {
    for (const { observation } of batch.rows) remember(observation)
    rows += batch.rows.length
    if (rows >= 2 * REBUILD_ROWS) break
  }
  return rows
}
