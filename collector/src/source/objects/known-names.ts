import { hash } from 'node:crypto'

/** Names kept over all sets: about 60 bytes each, 12 MB when full. */
const MOST_NAMES = 200_000

/**
 * Sets of field names by their digest. Most objects are made from few forms and share their sets, so an object remembers only a
 * digest. Of very many sets those that came first are forgotten: then nobody can say how one differs from the next.
 */
export class KnownNames {
  readonly #sets = new Map<string, { readonly digest: string; readonly names: readonly string[] }>()
  readonly #most: number
  #names = 0

  constructor(most = MOST_NAMES) {
    this.#most = most
  }

  /** Keeps a set. The digest of equal sets is one string. */
  keep(names: readonly string[]): string {
    const digest = hash('sha256', names.join('\n'), 'base64url').slice(0, 16)
    const known = this.#sets.get(digest)
    if (known !== undefined) return known.digest
    for (const [oldest, set] of this.#sets) {
      if (this.#names + names.length <= this.#most) break
      this.#sets.delete(oldest)
      this.#names -= set.names.length
    }
    this.#sets.set(digest, { digest, names })
    this.#names += names.length
    return digest
  }

  /** Null when it was forgotten. */
  of(digest: string): readonly string[] | null {
    return this.#sets.get(digest)?.names ?? null
  }
}
