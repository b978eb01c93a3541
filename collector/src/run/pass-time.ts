import type { OpenData } from '../app.ts'
import { MINUTE, type Clock } from '../clock.ts'
import type { WatchStates } from './watch-states.ts'

const EVERY_MS = 60_000

/** What is on its way may lie this far back: time passes no further than that. */
const BEHIND = 2 * MINUTE

/**
 * Lets time pass for the stages while nothing comes: a pattern that ended, or a rhythm that stopped, shows by silence alone.
 * Only while every stream follows its cluster, since else silence says nothing.
 */
export async function passTime(
  line: Pick<OpenData['line'], 'advance'>,
  states: Pick<WatchStates, 'areFollowing'>,
  { clock, delay }: { readonly clock: Clock; readonly delay: (ms: number, signal: AbortSignal) => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(EVERY_MS, signal).catch(() => undefined)
    if (!signal.aborted && states.areFollowing) await line.advance(clock() - BEHIND)
  }
}
