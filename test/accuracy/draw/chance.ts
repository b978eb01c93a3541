import { hash } from 'node:crypto'

/** Drawing by a seed: the same question has the same answer, in whatever order one asks. */
export class Chance {
  readonly #seed: string

  constructor(seed: string) {
    this.#seed = seed
  }

  /** A whole number from 0 to `below` - 1. */
  number(use: string, below: number): number {
    return Number.parseInt(this.digest(use).slice(0, 12), 16) % below
  }

  one<T>(use: string, from: readonly T[]): T {
    const chosen = from[this.number(use, from.length)]
    if (chosen === undefined) throw new Error(`There is nothing to draw from for ${use}`)
    return chosen
  }

  /** All of a list, in an order of its own. */
  shuffled<T>(use: string, list: readonly T[]): readonly T[] {
    const keyed = list.map((each, place) => [this.digest(`${use} ${String(place)}`), each] as const)
    return keyed.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)
  }

  uuid(use: string): string {
    const digits = this.digest(use)
    return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`
  }

  /** A text of some length over an alphabet. */
  text(use: string, alphabet: string, length: number): string {
    const bytes = Buffer.from(this.digest(use), 'hex').subarray(0, length)
    return Array.from(bytes, (byte) => alphabet.charAt(byte % alphabet.length)).join('')
  }

  digest(use: string): string {
    return hash('sha256', `${this.#seed}\0${use}`)
  }
}
