/** A whole line, without its end. */
export type WatchLine =
  | { readonly kind: 'text'; readonly text: string }
  /** Longer than the limit: only its length is known. */
  | { readonly kind: 'too large'; readonly bytes: number }

const NEWLINE = 0x0a

/**
 * Cuts a stream of bytes at 0x0A, wherever the chunks begin and end. At bytes, not at what Unicode calls a line end: a
 * note may hold U+2028. Holds at most `maxLineBytes` of an unfinished line; the rest of a longer one is counted, not kept.
 */
export class LineSplitter {
  readonly #maxLineBytes: number
  #parts: Uint8Array[] = []
  #bytes = 0

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /** The lines that end in `chunk`, in order. Empty lines are none. */
  push(chunk: Uint8Array): WatchLine[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const lines: WatchLine[] = []
    let start = 0
    for (;;) {
      const end = bytes.indexOf(NEWLINE, start)
      if (end === -1) break
      const line = this.#finish(bytes.subarray(start, end))
      if (line !== null) lines.push(line)
      start = end + 1
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start))
    return lines
  }

  #finish(last: Buffer): WatchLine | null {
    const bytes = this.#bytes + last.length
    const parts = this.#parts
    this.#bytes = 0
    this.#parts = []
    if (bytes === 0) return null
    if (bytes > this.#maxLineBytes) return { kind: 'too large', bytes }
    const whole = parts.length === 0 ? last : Buffer.concat([...parts, last], bytes)
    return { kind: 'text', text: whole.toString('utf8') }
  }

  #keep(part: Buffer): void {
    this.#bytes += part.length
    if (this.#bytes > this.#maxLineBytes) this.#parts = []
    else this.#parts.push(Buffer.from(part)) // A copy: the chunk's memory is the socket's.
  }
}
