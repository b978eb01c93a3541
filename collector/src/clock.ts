/**
 * Time in µs since 1970-01-01T00:00Z. A plain number: exact up to the year 2255, which JavaScript's
 * `Date` (ms) and a bigint (slow, not JSON) are not.
 */
export type EpochMicros = number

/** Where "now" comes from. Pure cores take times; whatever has to ask the wall takes a clock. */
export type Clock = () => EpochMicros

export const MILLISECOND = 1_000
export const SECOND = 1_000 * MILLISECOND
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The machine's clock, in whole ms expressed as µs. */
export const systemClock: Clock = () => Date.now() * MILLISECOND
