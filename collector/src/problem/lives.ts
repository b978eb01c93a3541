import type { Keys } from './keys.ts'
import { LifeIndex } from './life-index.ts'
import { isOpen, stateOf, type Life } from './problem-life.ts'

/** Lives remembered of one cluster: as many as a restart takes back. */
const MAX_LIVES = 20_000

/**
 * The lives of one cluster that are remembered, by key; of those that are not over, by whom and what they concern.
 *
 * Where there are too many, those that are over are forgotten first, then those that nothing was heard of for longest. What is
 * forgotten stays recorded as it was: readers let time end it, by silence alone; what is told of it later begins another life.
 */
export class Lives {
  readonly ofName = new LifeIndex()
  readonly onNode = new LifeIndex()
  /** Those heard of last come last. */
  readonly #lives = new Map<string, Life>()
  /** Those that are over, in the order in which they ended. */
  readonly #over = new Set<Life>()
  readonly #ofWorkload = new LifeIndex()
  readonly #quietOfWorkload = new LifeIndex()
  /** Reasons by which an event about any object of a workload, or about a pod that came later, can end one of its lives. */
  readonly #clearing = { workload: new Set<string>(), successor: new Set<string>() }
  #open = 0

  get size(): number {
    return this.#lives.size
  }

  /** How many are not over. */
  get open(): number {
    return this.#open
  }

  get(key: string): Life | undefined {
    return this.#lives.get(key)
  }

  values(): Iterable<Life> {
    return this.#lives.values()
  }

  add(life: Life): void {
    const before = this.#lives.get(life.key)
    if (before !== undefined) this.forget(before)
    this.#lives.set(life.key, life)
    for (const { by, reasons } of life.trouble.clearedBy) {
      if (by === 'workload' || by === 'successor') for (const reason of reasons) this.#clearing[by].add(reason)
    }
    if (isOpen(life)) this.#enter(life)
    else this.#over.add(life)
    if (this.#lives.size > MAX_LIVES) this.#makeRoom()
  }

  /** Lives of the workload that a row with this reason can end; those of other pods only once they are quiet. */
  clearedByReason(workload: string, reason: string): Iterable<Life> {
    const { workload: ofAny, successor } = this.#clearing
    if (ofAny.has(reason)) return this.#ofWorkload.get(workload)
    return successor.has(reason) ? this.#quietOfWorkload.get(workload) : []
  }

  /** It was silent for longer than usual. */
  becameQuiet(life: Life): void {
    if (life.keys.workload !== null) this.#quietOfWorkload.add(life.keys.workload, life)
  }

  /** It is not silent any more. */
  spoke(life: Life): void {
    if (life.keys.workload !== null) this.#quietOfWorkload.remove(life.keys.workload, life)
  }

  /** Something was told of it. */
  heard(life: Life): void {
    this.#lives.delete(life.key)
    this.#lives.set(life.key, life)
  }

  /** Owner and node of an object may become known, or change, after its trouble began. */
  place(life: Life, { workload, node }: Pick<Keys, 'workload' | 'node'>): void {
    const keys = { ...life.keys, workload: workload ?? life.keys.workload, node: node || life.keys.node }
    if (keys.workload === life.keys.workload && keys.node === life.keys.node) return
    const isOpen = !this.#over.has(life)
    if (isOpen) this.#leave(life)
    life.keys = keys
    if (isOpen) this.#enter(life)
  }

  /** It is not over any more. */
  reopened(life: Life): void {
    this.#over.delete(life)
    this.#enter(life)
  }

  ended(life: Life): void {
    this.#leave(life)
    this.#over.add(life)
  }

  /** Takes a life out of memory. */
  forget(life: Life): void {
    if (this.#lives.get(life.key) !== life) return
    this.#lives.delete(life.key)
    if (!this.#over.delete(life)) this.#leave(life)
  }

  #makeRoom(): void {
    const [ended] = this.#over
    const [quietest] = this.#lives.values()
    const life = ended ?? quietest
    if (life !== undefined) this.forget(life)
  }

  #enter(life: Life): void {
    this.#open += 1
    const { name, workload, node } = life.keys
    this.ofName.add(name, life)
    if (workload !== null) this.#ofWorkload.add(workload, life)
    if (node !== '') this.onNode.add(node, life)
    if (stateOf(life) === 'quiet') this.becameQuiet(life)
  }

  #leave(life: Life): void {
    this.#open -= 1
    const { name, workload, node } = life.keys
    this.ofName.remove(name, life)
    if (workload !== null) this.#ofWorkload.remove(workload, life)
    if (node !== '') this.onNode.remove(node, life)
    this.spoke(life)
  }
}
