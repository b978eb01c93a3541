import type { EpochMicros } from '../clock.ts'
import type { Told } from './endings.ts'
import type { Life } from './problem-life.ts'

/** Rows remembered, the newest; up to twice as many before the older ones go. */
const MAX_ROWS = 1_000

/** Rows of ordinary life: trouble that comes after its own clearing is told by them. */
export class RecentRows {
  #rows: Told[] = []
  /** How many of them have their places below: they are looked for seldom. */
  #placed = 0
  /** Places of rows in the order in which they came, by the keys of the lives that they may end. */
  #places = new Map<string, number[]>()
  #newest: EpochMicros = 0

  remember(told: Told): void {
    this.#rows.push(told)
    this.#newest = Math.max(this.#newest, told.at)
    if (this.#rows.length < 2 * MAX_ROWS) return
    this.#rows = this.#rows.slice(-MAX_ROWS)
    this.#placed = 0
    this.#places = new Map()
    this.#newest = this.#rows.reduce((newest, { at }) => Math.max(newest, at), 0)
  }

  /** Those not older than `at` that may end this life, in the order in which they came. */
  concerning({ keys, trouble }: Life, at: EpochMicros): readonly Told[] {
    if (this.#newest < at) return NONE // nearly always
    for (; this.#placed < this.#rows.length; this.#placed += 1) this.#place(this.#placed)
    const places = new Set([...this.#of(keys.name), ...(keys.node === '' ? NONE : this.#of(keys.node))])
    for (const { by, reasons } of trouble.clearedBy) {
      if (keys.workload === null || by !== 'workload') continue
      for (const reason of reasons) for (const place of this.#of(clearing(keys.workload, reason))) places.add(place)
    }
    const inOrder = [...places].sort((a, b) => a - b)
    return inOrder.flatMap((place) => this.#rows[place] ?? NONE).filter((told) => told.at >= at)
  }

  #of(key: string): readonly number[] {
    return this.#places.get(key) ?? NONE
  }

  #place(place: number): void {
    const told = this.#rows[place]
    if (told === undefined) return
    const { event, keys, named } = told
    this.#put(keys.name, place)
    if (named !== null) this.#put(named, place)
    if (keys.workload !== null) this.#put(clearing(keys.workload, event.reason), place)
    if (event.regarding.kind === 'Node') this.#put(keys.node, place)
  }

  #put(key: string, place: number): void {
    const places = this.#places.get(key)
    if (places === undefined) this.#places.set(key, [place])
    else places.push(place)
  }
}

const NONE: readonly never[] = []

function clearing(workload: string, reason: string): string {
  return `${workload} ${reason}`
}
