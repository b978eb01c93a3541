import { MINUTE, type EpochMicros } from '../clock.ts'
import type { BurstBody, PatternMemory } from '../event/pattern.ts'

/** Weight of the newest minute in the usual rate: about the last ten minutes count. */
const WEIGHT = 0.1

/** Minutes of history before anything can be unusual. */
const MIN_HISTORY = 10

/** Fewer in a minute are no burst, however rare they usually are. */
const MIN_OCCURRENCES = 5

/** Chance below which a minute is unusual, and above which it is usual again. */
const ENTER = Math.log(1e-6)
const LEAVE = Math.log(1e-2)

/** Rate below which chance is not reckoned: one in twenty minutes. */
const LOWEST_RATE = 0.05

/** Whether much more comes in a minute than usual. */
export class Burst {
  #minute = -Infinity
  #first = -Infinity
  #count = 0
  #rate = 0
  #last: BurstBody | null = null

  /** The present burst or the last one; null when there was none. */
  get last(): BurstBody | null {
    return this.#last
  }

  get isOn(): boolean {
    return this.#last !== null && this.#last.to === null
  }

  /** Usual occurrences a minute. */
  get usualRate(): number {
    return this.#rate
  }

  /** `count` occurrences that lie between `since` and `time`: only the share of one minute can be sudden. */
  add(time: EpochMicros, count: number, since: EpochMicros): void {
    this.advance(time)
    if (Math.floor(time / MINUTE) < this.#minute) return
    this.#count += count / Math.max(1, (time - since) / MINUTE)
    const isKnown = this.#minute - this.#first >= MIN_HISTORY
    const isSudden = isKnown && this.#count >= MIN_OCCURRENCES && this.#logChance() < ENTER
    if (isSudden && !this.isOn) this.#last = { from: time, to: null, usualRatePerMinute: this.#rate }
  }

  advance(time: EpochMicros): void {
    const minute = Math.floor(time / MINUTE)
    if (minute <= this.#minute) return
    if (this.#first === -Infinity) {
      this.#first = minute
    } else {
      const passed = minute - this.#minute
      // An empty minute between ends it too.
      if (passed > 1 || this.#logChance() > LEAVE) this.#end((this.#minute + 1) * MINUTE)
      this.#rate = (this.#rate + WEIGHT * (this.#count - this.#rate)) * (1 - WEIGHT) ** (passed - 1)
    }
    this.#minute = minute
    this.#count = 0
  }

  get memory(): PatternMemory['burst'] {
    if (this.#first === -Infinity) return null
    return { minute: this.#minute, first: this.#first, count: this.#count, rate: this.#rate }
  }

  restore(memory: PatternMemory['burst'], last: BurstBody | null): void {
    this.#last = last
    if (memory === null) return
    this.#minute = memory.minute
    this.#first = memory.first
    this.#count = memory.count
    this.#rate = memory.rate
  }

  #end(time: EpochMicros): void {
    if (this.#last !== null && this.isOn) this.#last = { ...this.#last, to: Math.max(time, this.#last.from) }
  }

  /** Chernoff's bound of the Poisson tail P(X ≥ count), as a logarithm: never below the true value. */
  #logChance(): number {
    const rate = Math.max(this.#rate, LOWEST_RATE)
    if (this.#count <= rate) return 0
    return this.#count - rate + this.#count * Math.log(rate / this.#count)
  }
}
