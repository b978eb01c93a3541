import type { OpenData } from '../app.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { WatchStates } from './watch-states.ts'

const EVERY_MS = 10_000

/**
 * Lets time pass for the stages, for each cluster by itself: what ended shows by silence alone, and silence says something
 * only while a cluster is watched.
 */
export async function passTime(
  line: Pick<OpenData['line'], 'advance'>,
  states: Pick<WatchStates, 'passages'>,
  metrics: Pick<Metrics, 'clusterIs'>,
  { delay }: { readonly delay: (ms: number, signal: AbortSignal) => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(EVERY_MS, signal).catch(() => undefined)
    if (signal.aborted) return
    for (const passage of states.passages()) {
      metrics.clusterIs(passage.cluster, passage.isWatched)
      await line.advance(passage)
    }
  }
}
