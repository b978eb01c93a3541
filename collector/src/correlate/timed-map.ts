import type { EpochMicros } from '../clock.ts'

/** Something that was last of use at an event time. */
export interface Timed {
  last: EpochMicros
}

/** A map with a bound: when it is full, the tenth that was of use longest ago is forgotten. */
export class TimedMap<Value extends Timed> {
  readonly #entries = new Map<string, Value>()
  readonly #maxEntries: number
  readonly #onForgotten: (value: Value) => void

  constructor(maxEntries: number, onForgotten: (value: Value) => void = () => undefined) {
    this.#maxEntries = maxEntries
    this.#onForgotten = onForgotten
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: Value): void {
    if (this.#entries.size >= this.#maxEntries && !this.#entries.has(key)) this.#forgetTenth()
    this.#entries.set(key, value)
  }

  values(): IterableIterator<Value> {
    return this.#entries.values()
  }

  /** Forgets what `isOver`. */
  forget(isOver: (value: Value) => boolean): void {
    for (const [key, value] of this.#entries) {
      if (!isOver(value)) continue
      this.#entries.delete(key)
      this.#onForgotten(value)
    }
  }

  #forgetTenth(): void {
    const times = Float64Array.from(this.#entries.values(), ({ last }) => last).sort()
    let excess = Math.max(1, Math.floor(times.length / 10))
    const oldest = times[excess - 1] ?? 0
    this.forget(({ last }) => last <= oldest && excess-- > 0)
  }
}
