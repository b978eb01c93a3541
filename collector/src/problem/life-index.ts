import type { Life } from './problem-life.ts'

/** Lives found under one key, the newest: a row that concerns so many must not look at them all. */
const MAX_OF_ONE = 1_000

/**
 * Lives by one of their keys. Of very many under one key the oldest are not found any more: an event about another object
 * does not end them, their own events and time do.
 */
export class LifeIndex {
  readonly #lives = new Map<string, Set<Life>>()

  add(key: string, life: Life): void {
    const lives = this.#lives.get(key)
    if (lives === undefined) this.#lives.set(key, new Set([life]))
    else addTo(lives, life)
  }

  remove(key: string, life: Life): void {
    const lives = this.#lives.get(key)
    if (lives?.delete(life) === true && lives.size === 0) this.#lives.delete(key)
  }

  /** What is found may be removed while it is looked through. */
  get(key: string): Iterable<Life> {
    return this.#lives.get(key) ?? NONE
  }
}

const NONE: readonly Life[] = []

function addTo(lives: Set<Life>, life: Life): void {
  lives.add(life)
  if (lives.size <= MAX_OF_ONE) return
  const [oldest] = lives
  if (oldest !== undefined) lives.delete(oldest)
}
