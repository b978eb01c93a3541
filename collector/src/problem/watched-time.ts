import type { EpochMicros } from '../clock.ts'

/** A time in which a cluster was watched without a break. */
export interface Interval {
  readonly from: EpochMicros
  readonly to: EpochMicros
}

/** Breaks further back are of no use: no trouble holds for so many of them. */
const MAX_INTERVALS = 1_000

/** How long a cluster was watched: closed intervals, and possibly one that is open and reaches as far as it is asked for. */
export class WatchedTime {
  /** Ascending, apart from each other. */
  #closed: Interval[] = []
  #openSince: EpochMicros | null = null

  /** When the open interval began; null while the cluster is not watched. */
  get openSince(): EpochMicros | null {
    return this.#openSince
  }

  /** Begins an interval, unless one is open. Returns whether it did. */
  open(since: EpochMicros): boolean {
    if (this.#openSince !== null) return false
    // What touches the last one goes on in it.
    const last = this.#closed.at(-1)
    this.#openSince = last !== undefined && last.from <= since && since <= last.to ? last.from : since
    if (this.#openSince !== since) this.#closed.pop()
    return true
  }

  /** Ends the open interval; null when none was open. */
  close(to: EpochMicros): Interval | null {
    if (this.#openSince === null) return null
    const interval = { from: this.#openSince, to: Math.max(to, this.#openSince) }
    this.#openSince = null
    this.add(interval)
    return interval
  }

  /** Takes in a closed interval, in any order. */
  add({ from, to }: Interval): void {
    const apart = this.#closed.filter((each) => each.to < from || each.from > to)
    const touching = this.#closed.filter((each) => each.to >= from && each.from <= to)
    const merged = {
      from: Math.min(from, ...touching.map((each) => each.from)),
      to: Math.max(to, ...touching.map((each) => each.to)),
    }
    this.#closed = [...apart, merged].sort((a, b) => a.from - b.from).slice(-MAX_INTERVALS)
  }

  /** How much of [from, to) was watched, µs. */
  between(from: EpochMicros, to: EpochMicros): EpochMicros {
    const open = this.#openSince ?? to
    let sum = Math.max(0, to - Math.max(from, open))
    // A recording that is told after another one may run into its time.
    const end = Math.min(to, open)
    for (let at = this.#closed.length - 1; at >= 0; at -= 1) {
      const interval = this.#closed[at]
      if (interval === undefined || interval.to <= from) break
      sum += Math.max(0, Math.min(end, interval.to) - Math.max(from, interval.from))
    }
    return sum
  }

  /**
   * When the time watched since `from` reached `duration`, or will if the cluster stays watched; null while it is not and was not
   * for so long. After a break at least `afterBreak` of it has to be without another one: only then a reporter had the time to
   * speak again.
   */
  reaches(from: EpochMicros, duration: EpochMicros, afterBreak: EpochMicros): EpochMicros | null {
    let sum = 0
    for (const interval of this.#since(from)) {
      const start = Math.max(interval.from, from)
      const isAfterBreak = interval.from > from
      const at = start + Math.max(duration - sum, isAfterBreak ? Math.min(duration, afterBreak) : 0)
      if (at <= interval.to) return at
      sum += interval.to - start
    }
    return null
  }

  /** Intervals that reach beyond `from`, ascending; one that is open never ends. */
  #since(from: EpochMicros): readonly Interval[] {
    const open = this.#openSince
    const first = this.#closed.findLastIndex(({ to }) => to <= from) + 1
    // A recording that is told after another one may run into its time.
    const closed = this.#closed.slice(first).filter((each) => open === null || each.from < open)
    return open === null ? closed : [...closed, { from: open, to: Number.POSITIVE_INFINITY }]
  }
}
