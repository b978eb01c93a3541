import { MILLISECOND, type Clock, type EpochMicros } from '../../clock.ts'

/** Waits that many ms, and rejects when the signal aborts. */
export type Sleep = (delayMs: number, signal: AbortSignal) => Promise<unknown>

/** Says how long to wait before an event is due. */
export type Pacer = (eventTime: EpochMicros) => number

/**
 * @param speed event time per time passed; null for no waiting at all
 * @param first event time that is due now
 * @returns ms to wait, 0 when the event is due or overdue
 */
export function createPacer(speed: number | null, first: EpochMicros, clock: Clock): Pacer {
  if (speed === null) return () => 0
  const start = clock()
  return (eventTime) => Math.max(0, Math.ceil((start + (eventTime - first) / speed - clock()) / MILLISECOND))
}
