import { DAY, MINUTE, type EpochMicros } from '../clock.ts'

/** How far an event may be ahead of its being received: clocks differ by that much. */
export const AHEAD: EpochMicros = 2 * MINUTE

/**
 * A single time this far ahead of all others is a wrong clock until another one confirms it. A quiet cluster may say nothing
 * for days.
 */
export const LEAP: EpochMicros = 14 * DAY
