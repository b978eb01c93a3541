/** Objects counted exactly; beyond it there are "at least" so many. The store counts all of them. */
export const MAX_COUNTED_OBJECTS = 64

/** Counts distinct objects in a few hundred bytes, by a 32-bit hash of their key. */
export class DistinctObjects {
  readonly #hashes = new Set<number>()
  #areMore = false
  /** Known from before a restart: which they were is forgotten, how many is not. */
  #before = 0

  get count(): number {
    return Math.max(this.#hashes.size, this.#before)
  }

  get areMore(): boolean {
    return this.#areMore
  }

  restore(count: number, areMore: boolean): void {
    this.#before = count
    this.#areMore ||= areMore
  }

  add(hash: number): void {
    if (this.#hashes.size < MAX_COUNTED_OBJECTS) this.#hashes.add(hash)
    else this.#areMore ||= !this.#hashes.has(hash)
  }
}

/** FNV-1a over UTF-16 units. */
export function hashText(...texts: readonly string[]): number {
  let hash = 0x811c9dc5
  for (const text of texts) {
    for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
    // A unit that no text holds at its end keeps 'a','bc' from 'ab','c'.
    hash = Math.imul(hash ^ 0x10000, 0x01000193)
  }
  return hash
}
