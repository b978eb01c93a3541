import { LifeIndex } from './life-index.ts'
import { isOpen, type Life } from './problem-life.ts'

/** The lives of one cluster that are remembered, by key; of those that are not over, by whom and what they concern. */
export class Lives {
  readonly ofObject = new LifeIndex()
  readonly ofName = new LifeIndex()
  readonly ofWorkload = new LifeIndex()
  readonly onNode = new LifeIndex()
  readonly #lives = new Map<string, Life>()
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
    this.#lives.set(life.key, life)
    if (isOpen(life)) this.reopened(life)
  }

  /** It is not over any more. */
  reopened(life: Life): void {
    this.#open += 1
    for (const [index, key] of this.#places(life)) index.add(key, life)
  }

  ended(life: Life): void {
    this.#open -= 1
    for (const [index, key] of this.#places(life)) index.remove(key, life)
  }

  /** Takes a life that is over out of memory, unless another one of its key came after it. */
  forget(life: Life): void {
    if (this.#lives.get(life.key) === life) this.#lives.delete(life.key)
  }

  #places({ keys: { identity, name, workload, node } }: Life): readonly (readonly [LifeIndex, string])[] {
    const places: (readonly [LifeIndex, string])[] = [
      [this.ofObject, identity],
      [this.ofName, name],
    ]
    if (workload !== null) places.push([this.ofWorkload, workload])
    if (node !== '') places.push([this.onNode, node])
    return places
  }
}
