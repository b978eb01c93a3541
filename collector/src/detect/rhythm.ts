import { HOUR, SECOND, type EpochMicros } from '../clock.ts'
import type { PatternMemory, RhythmBody } from '../event/pattern.ts'

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

/** Workloads of one pattern that are listened to. */
const MAX_WORKLOADS = 16

/** A workload without rhythm gives way to another one when it was quiet for so long. */
const GIVES_WAY = HOUR

/** Whether something comes at equal intervals, judged by the last ones. */
class Rhythm {
  readonly #intervals: EpochMicros[]
  last: EpochMicros
  /** Undefined while it has to be worked out. */
  #period: EpochMicros | null | undefined

  constructor(last: EpochMicros, intervals: readonly EpochMicros[]) {
    this.last = last
    this.#intervals = [...intervals]
  }

  get intervals(): readonly EpochMicros[] {
    return this.#intervals
  }

  /** Interval between beats, or null when there is no rhythm. */
  get period(): EpochMicros | null {
    if (this.#period === undefined) this.#period = periodOf(this.#intervals)
    return this.#period
  }

  beat(time: EpochMicros): void {
    const interval = time - this.last
    if (interval < BEAT) return
    this.#intervals.push(interval)
    if (this.#intervals.length > MAX_INTERVALS) this.#intervals.shift()
    this.#period = undefined
    this.last = time
  }
}

type Workload = RhythmBody['workload']

/** The rhythms of a pattern, one for each workload: jobs of one namespace that come at hours of their own have each its own. */
export class Rhythms {
  readonly #byWorkload = new Map<string, { readonly workload: Workload; readonly rhythm: Rhythm }>()

  beat({ kind, name }: Workload, time: EpochMicros): void {
    const key = `${kind} ${name}`
    const known = this.#byWorkload.get(key)
    if (known !== undefined) return known.rhythm.beat(time)
    if (this.#byWorkload.size >= MAX_WORKLOADS && !this.#makeRoom(time)) return
    this.#byWorkload.set(key, { workload: { kind, name }, rhythm: new Rhythm(time, []) })
  }

  get isAny(): boolean {
    for (const { rhythm } of this.#byWorkload.values()) if (rhythm.period !== null) return true
    return false
  }

  /** Those that have one, as of event time `now`. */
  at(now: EpochMicros): readonly RhythmBody[] {
    return [...this.#byWorkload.values()].flatMap(({ workload, rhythm: { period, last } }) =>
      period === null
        ? []
        : [{ workload, periodSeconds: period / SECOND, lastBeat: last, isSilent: isSilent({ period, last }, now) }],
    )
  }

  /** How many have stopped, as of event time `now`. */
  silentAt(now: EpochMicros): number {
    let silent = 0
    for (const { rhythm } of this.#byWorkload.values()) if (isSilent(rhythm, now)) silent += 1
    return silent
  }

  get memory(): PatternMemory['rhythms'] {
    return [...this.#byWorkload.values()].map(({ workload, rhythm: { last, intervals } }) => ({
      workload,
      last,
      intervals: [...intervals],
    }))
  }

  restore(memory: PatternMemory['rhythms']): void {
    for (const { workload, last, intervals } of memory) {
      this.#byWorkload.set(`${workload.kind} ${workload.name}`, { workload, rhythm: new Rhythm(last, intervals) })
    }
  }

  #makeRoom(now: EpochMicros): boolean {
    let quietest: { readonly key: string; readonly last: EpochMicros } | null = null
    for (const [key, { rhythm }] of this.#byWorkload) {
      const isFree = rhythm.period === null && now - rhythm.last > GIVES_WAY
      if (isFree && rhythm.last < (quietest?.last ?? Infinity)) quietest = { key, last: rhythm.last }
    }
    return quietest !== null && this.#byWorkload.delete(quietest.key)
  }
}

function isSilent({ period, last }: Pick<Rhythm, 'period' | 'last'>, now: EpochMicros): boolean {
  return period !== null && now - last > BEATS_MISSED * period
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
