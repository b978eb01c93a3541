import { MINUTE, type EpochMicros } from '../clock.ts'
import type { EventVolumeCell, Window } from './model.ts'
import { windowStart } from './windows.ts'

/** Events by severity and a time of the window that they lie in. */
export interface CountedEvents {
  readonly severity: string
  readonly time: EpochMicros
  readonly events: number
}

/** Windows begin at multiples of this: those of the calendar at quarters of an hour, since 2014 in every zone. */
export function sliceOf(window: Window): EpochMicros {
  return window.kind === 'fixed' ? window.every : 15 * MINUTE
}

/** Counts brought together by window and severity, in this order; those without events are not there. */
export function volumeOf(window: Window, counted: Iterable<CountedEvents>): readonly EventVolumeCell[] {
  const cells = new Map<string, { start: EpochMicros; severity: string; events: number }>()
  for (const { severity, time, events } of counted) {
    const start = windowStart(window, time)
    const name = `${String(start)} ${severity}`
    const cell = cells.get(name) ?? { start, severity, events: 0 }
    cell.events += events
    cells.set(name, cell)
  }
  return [...cells.values()].sort((a, b) => a.start - b.start || (a.severity < b.severity ? -1 : 1))
}
