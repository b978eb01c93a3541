import type { Life } from './problem-life.ts'

/** Lives by one of their keys. */
export class LifeIndex {
  readonly #lives = new Map<string, Set<Life>>()

  add(key: string, life: Life): void {
    const lives = this.#lives.get(key)
    if (lives === undefined) this.#lives.set(key, new Set([life]))
    else lives.add(life)
  }

  remove(key: string, life: Life): void {
    const lives = this.#lives.get(key)
    if (lives?.delete(life) === true && lives.size === 0) this.#lives.delete(key)
  }

  /** A copy: what is found may be ended, and so removed, one after another. */
  get(key: string): readonly Life[] {
    const lives = this.#lives.get(key)
    return lives === undefined ? NONE : [...lives]
  }
}

const NONE: readonly Life[] = []
