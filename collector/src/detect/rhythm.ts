import { SECOND, type EpochMicros } from '../clock.ts'

/** Intervals remembered. */
const MAX_INTERVALS = 16

/** Fewer intervals make no rhythm. */
const MIN_INTERVALS = 6

/** Arrivals closer than this belong to one beat: three pods of one run. */
const BEAT = 5 * SECOND

/** Robust spread (median absolute deviation over median) below which intervals count as equal. */
const MAX_SPREAD = 0.15

/** Beats missed until something periodic is called silent. */
const BEATS_MISSED = 3

/** Whether something comes at equal intervals, judged by the last ones. */
export class Rhythm {
  readonly #intervals: EpochMicros[] = []
  #last = -Infinity
  /** Undefined while it has to be worked out. */
  #period: EpochMicros | null | undefined = null

  /** Interval between beats, or null when there is no rhythm. */
  get period(): EpochMicros | null {
    if (this.#period === undefined) this.#period = periodOf(this.#intervals)
    return this.#period
  }

  beat(time: EpochMicros): void {
    const interval = time - this.#last
    if (interval < BEAT) return
    if (this.#last !== -Infinity) {
      this.#intervals.push(interval)
      if (this.#intervals.length > MAX_INTERVALS) this.#intervals.shift()
      this.#period = undefined
    }
    this.#last = time
  }

  isSilent(now: EpochMicros): boolean {
    const { period } = this
    return period !== null && now - this.#last > BEATS_MISSED * period
  }
}

function periodOf(intervals: readonly EpochMicros[]): EpochMicros | null {
  if (intervals.length < MIN_INTERVALS) return null
  const period = median(intervals)
  const spread = median(intervals.map((interval) => Math.abs(interval - period)))
  return spread / period < MAX_SPREAD ? period : null
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
