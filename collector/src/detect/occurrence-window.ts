import type { EpochMicros } from '../clock.ts'
import { TREND_SLICES, type PatternMemory } from '../event/pattern.ts'

/** Slices of a window. More would be finer than anyone reads a rate. */
const SLICES = 60

/** Occurrences of the last `windowMicros` of event time, by sixtieths. What is older is not counted, late or not. */
export class OccurrenceWindow {
  readonly #slice: EpochMicros
  readonly #counts = new Float64Array(SLICES)
  /** When the first occurrence of each slice may have been. */
  readonly #firsts = new Float64Array(SLICES)
  /** Number of the newest slice since the epoch. */
  #head = -Infinity
  #total = 0

  constructor(windowMicros: EpochMicros) {
    this.#slice = windowMicros / SLICES
  }

  get total(): number {
    return this.#total
  }

  /** Start of the window at its newest event time. */
  get start(): EpochMicros {
    return (this.#head - SLICES + 1) * this.#slice
  }

  add(time: EpochMicros, count: number, since: EpochMicros): void {
    this.advance(time)
    const slice = Math.floor(time / this.#slice)
    if (count <= 0 || slice <= this.#head - SLICES) return
    const at = slice % SLICES
    const first = Math.max(since, this.start)
    this.#firsts[at] = this.#counts[at] === 0 ? first : Math.min(this.#firsts[at] ?? first, first)
    this.#counts[at] = (this.#counts[at] ?? 0) + count
    this.#total += count
  }

  /** Lets what is older than the window at `time` go. Going back is no movement. */
  advance(time: EpochMicros): void {
    const slice = Math.floor(time / this.#slice)
    if (slice <= this.#head) return
    const cleared = Math.min(SLICES, slice - this.#head)
    for (let passed = 0; passed < cleared; passed += 1) {
      const at = (slice - passed) % SLICES
      this.#total -= this.#counts[at] ?? 0
      this.#counts[at] = 0
    }
    if (cleared === SLICES) this.#total = 0
    this.#head = slice
  }

  /** When the first occurrence in the window may have been; Infinity when there is none. */
  first(): EpochMicros {
    let first = Infinity
    for (let at = 0; at < SLICES; at += 1) {
      if ((this.#counts[at] ?? 0) > 0) first = Math.min(first, this.#firsts[at] ?? Infinity)
    }
    // A delta may reach back to before the window.
    return Math.max(first, this.start)
  }

  get memory(): PatternMemory['window'] {
    if (this.#total === 0) return []
    return Array.from({ length: SLICES }, (_, age) => this.#head - SLICES + 1 + age).flatMap((slice) => {
      const [count = 0, first = 0] = [this.#counts[slice % SLICES], this.#firsts[slice % SLICES]]
      return count > 0 ? [[slice, count, first] as const] : []
    })
  }

  restore(memory: PatternMemory['window']): void {
    for (const [slice, count, first] of memory) this.add(slice * this.#slice, count, first)
  }

  trend(): readonly number[] {
    const trend = new Array<number>(TREND_SLICES).fill(0)
    if (this.#total === 0) return trend
    for (let age = SLICES - 1; age >= 0; age -= 1) {
      const at = Math.floor(((SLICES - 1 - age) * TREND_SLICES) / SLICES)
      trend[at] = (trend[at] ?? 0) + (this.#counts[(this.#head - age) % SLICES] ?? 0)
    }
    return trend
  }
}
