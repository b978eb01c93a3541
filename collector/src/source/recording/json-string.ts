import { BYTE } from './json-bytes.ts'

/** Follows one string at a time through bytes that may be cut anywhere. */
export class JsonString {
  isOpen = false
  /** Offset in the stream of the first quote of the last string. */
  start = 0
  #isEscaped = false

  open(offset: number): void {
    this.isOpen = true
    this.start = offset
  }

  /** Forgets a string that was never closed. */
  abandon(): void {
    this.isOpen = false
    this.#isEscaped = false
  }

  /** @returns the index behind the closing quote or behind a backslash, that of a line break, or that of the end. */
  skip(bytes: Uint8Array, start: number): number {
    const length = bytes.length
    if (this.#isEscaped) {
      this.#isEscaped = false
      return start + 1
    }
    let index = start
    for (; index < length; index++) {
      const byte = bytes[index]
      if (byte === BYTE.newline) return index
      if (byte === BYTE.quote || byte === BYTE.backslash) {
        this.#isEscaped = byte === BYTE.backslash
        this.isOpen = this.#isEscaped
        return index + 1
      }
    }
    return index
  }
}
