import { BYTE } from './json-bytes.ts'

/** The brackets that are open, and whether the next one may stand where it does. */
export class Brackets {
  /** Outermost first: true for a list. */
  #open: boolean[] = []
  /** Last byte that is neither blank nor inside a string. */
  last = 0

  get depth(): number {
    return this.#open.length
  }

  open(byte: number): void {
    this.#open.push(byte === BYTE.openList)
    this.last = byte
  }

  /** @returns false when the innermost bracket is of the other kind */
  close(byte: number): boolean {
    this.last = byte
    return this.#open.pop() === (byte === BYTE.closeList)
  }

  /** A value stands behind `[`, behind a comma in a list, and behind a colon in an object. */
  mayOpen(): boolean {
    if (this.#open.at(-1) === true) return this.last === BYTE.openList || this.last === BYTE.comma
    return this.last === BYTE.colon
  }

  clear(): void {
    this.#open = []
  }
}
