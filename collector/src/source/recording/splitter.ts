import { MOST_LEVELS } from '../../event/json.ts'
import { Brackets } from './brackets.ts'
import { BYTE, BYTE_ORDER_MARK, countNewlines, isSeparator, STRUCTURE } from './json-bytes.ts'
import { JsonString } from './json-string.ts'

/** One JSON object found in a stream of bytes, or a piece that is none. */
export type Piece =
  | { readonly kind: 'object'; readonly text: string; readonly line: number }
  | {
      readonly kind: 'refused'
      readonly cause: 'malformed' | 'too large'
      readonly detail: string
      readonly line: number
    }

export interface Splitter {
  /** The pieces that end in these bytes. The same bytes give the same pieces however they are cut. */
  push(chunk: Uint8Array): readonly Piece[]
  /** The last pieces, once no bytes follow. */
  end(): readonly Piece[]
}

export interface SplitterOptions {
  /** A longer object is refused, and never held in memory. */
  readonly maxBytes: number
}

/** Tries to find whole lines inside one broken piece, so that a file of hostile lines costs a bounded number of readings. */
const MAX_RETRIES = 16

const ITEMS = Buffer.from('"items"')

/** What the next byte belongs to. */
type Mode =
  /** Between objects: at the top, or between the items of a list. */
  | 'between'
  /** In an object. */
  | 'object'
  /** In an object that turned out to be a list, behind its items. */
  | 'wrapper'
  /** In something that is no JSON: up to the end of the line. */
  | 'skip'
  /** Behind a broken object: up to the next line that begins with `{`. */
  | 'seek'

/**
 * Splits a stream of bytes into JSON objects, without knowing their meaning. It takes JSON Lines, objects of any layout
 * after one another, arrays of objects, and objects with an `items` array (lists), whose items come out one by one.
 * Memory is bounded by `maxBytes` and a chunk.
 *
 * JSON is told by its braces and strings alone. A brace where none may stand, or a line break in a string, ends a broken
 * object; the next line that begins with `{` starts anew. So a line cut short costs that line only.
 */
export function createSplitter({ maxBytes }: SplitterOptions): Splitter {
  return new ByteSplitter(maxBytes)
}

class ByteSplitter implements Splitter {
  readonly #maxBytes: number
  #pieces: Piece[] = []
  #mode: Mode = 'between'
  /** Bytes from the start of the unfinished object, if there is one, to the end of the last chunk. */
  #bytes: Buffer = Buffer.alloc(0)
  /** How many bytes of the stream lie before `#bytes`. */
  #offset = 0
  /** Index in `#bytes` of the next byte to look at. */
  #position = 0
  #line = 1
  /** Offset in the stream of the first byte of the line. */
  #lineStart = 0
  /** Offset in the stream and line of the first byte of the unfinished object. */
  #start = 0
  #startLine = 1
  readonly #string = new JsonString()
  readonly #brackets = new Brackets()
  /** How many of them are around the items of a list; 0 at the top. */
  #base = 0
  #retries = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): readonly Piece[] {
    this.#append(chunk)
    this.#scan()
    return this.#takePieces()
  }

  end(): readonly Piece[] {
    while (this.#mode === 'object' || this.#mode === 'wrapper') {
      this.#breakObject(this.#bytes.length, 'it ends in the middle of an object')
      this.#scan()
    }
    if (this.#base > 0) this.#refuse('malformed', 'it ends in the middle of a list', this.#line)
    return this.#takePieces()
  }

  #takePieces(): readonly Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  #append(chunk: Uint8Array): void {
    const needed = this.#mode === 'object' && !this.#isTooLarge(this.#position)
    const keepFrom = needed ? this.#start - this.#offset : this.#bytes.length
    const kept = this.#bytes.subarray(keepFrom)
    this.#bytes =
      kept.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([kept, chunk])
    this.#offset += keepFrom
    this.#position -= keepFrom
  }

  #isTooLarge(end: number): boolean {
    return this.#offset + end - this.#start > this.#maxBytes
  }

  #scan(): void {
    while (this.#position < this.#bytes.length) {
      switch (this.#mode) {
        case 'between':
          this.#between()
          break
        case 'object':
        case 'wrapper':
          this.#inside()
          break
        case 'skip':
          this.#position = this.#nextNewline()
          if (this.#position < this.#bytes.length) this.#mode = 'between'
          break
        case 'seek':
          this.#seek()
          break
      }
    }
  }

  #nextNewline(): number {
    const newline = this.#bytes.indexOf(BYTE.newline, this.#position)
    return newline === -1 ? this.#bytes.length : newline
  }

  #countLine(newline: number): void {
    this.#line++
    this.#lineStart = this.#offset + newline + 1
  }

  #seek(): void {
    if (this.#offset + this.#position === this.#lineStart && this.#bytes[this.#position] === BYTE.openObject) {
      this.#mode = 'between'
      return
    }
    const newline = this.#nextNewline()
    if (newline < this.#bytes.length) this.#countLine(newline)
    this.#position = newline + 1
    if (newline === this.#bytes.length) this.#position = newline
  }

  #between(): void {
    const position = this.#position++
    const byte = this.#bytes[position] ?? 0
    if (byte === BYTE.newline) this.#countLine(position)
    else if (byte === BYTE.openObject) this.#startObject(position)
    else if (byte === BYTE.openList && this.#base === 0) {
      this.#brackets.open(byte)
      this.#base = 1
    } else if (byte === BYTE.closeList && this.#base > 0) this.#closeList()
    else if (!isSeparator(byte) && !this.#isByteOrderMark(position, byte)) {
      this.#refuse('malformed', 'it is no JSON object', this.#line)
      this.#leaveList()
      this.#mode = 'skip'
    }
  }

  #isByteOrderMark(position: number, byte: number): boolean {
    const offset = this.#offset + position
    return offset < BYTE_ORDER_MARK.length && byte === BYTE_ORDER_MARK[offset]
  }

  #startObject(position: number): void {
    this.#start = this.#offset + position
    this.#startLine = this.#line
    this.#brackets.open(BYTE.openObject)
    this.#mode = 'object'
  }

  #closeList(): void {
    this.#brackets.close(BYTE.closeList)
    this.#mode = this.#base === 2 ? 'wrapper' : 'between'
    this.#base = 0
  }

  #leaveList(): void {
    this.#brackets.clear()
    this.#base = 0
  }

  /** Reads on in an object until it ends, breaks or the bytes are used up. */
  #inside(): void {
    const bytes = this.#bytes
    const length = bytes.length
    let index = this.#position
    while (index < length) {
      const byte = bytes[index] ?? 0
      if (this.#string.isOpen && byte !== BYTE.newline) index = this.#string.skip(bytes, index)
      else {
        if (byte === BYTE.quote) {
          this.#string.open(this.#offset + index)
          this.#brackets.last = byte
        } else if (STRUCTURE[byte] === 1 && !this.#structure(byte, index)) return
        index++
      }
    }
    this.#position = length
  }

  /** @returns whether the object goes on behind this byte */
  #structure(byte: number, index: number): boolean {
    if (byte === BYTE.newline) {
      if (this.#string.isOpen) return this.#breakObject(index, 'a line ends inside a string')
      this.#countLine(index)
      return true
    }
    if (byte === BYTE.openObject || byte === BYTE.openList) {
      if (this.#brackets.depth >= MOST_LEVELS) return this.#breakObject(index, 'it is nested too deep')
      if (!this.#brackets.mayOpen()) return this.#breakObject(index, 'a bracket stands where none may')
      if (byte === BYTE.openList && this.#isItemsOfList(index)) return this.#openItems(index)
      this.#brackets.open(byte)
    } else if (byte === BYTE.closeObject || byte === BYTE.closeList) {
      if (!this.#brackets.close(byte)) return this.#breakObject(index, 'brackets do not match')
      if (this.#brackets.depth === this.#base) return this.#endObject(index)
    }
    this.#brackets.last = byte
    return true
  }

  #isItemsOfList(index: number): boolean {
    if (this.#mode !== 'object' || this.#base > 0 || this.#brackets.depth !== 1) return false
    if (this.#isTooLarge(index)) return false
    const start = this.#string.start - this.#offset
    return this.#bytes.subarray(start, start + ITEMS.length).equals(ITEMS)
  }

  #openItems(index: number): false {
    this.#brackets.open(BYTE.openList)
    this.#base = 2
    this.#mode = 'between'
    this.#position = index + 1
    return false
  }

  #endObject(index: number): false {
    if (this.#mode === 'object') {
      if (this.#isTooLarge(index + 1)) this.#refuse('too large', this.#tooLarge(), this.#startLine)
      else {
        const text = this.#bytes.toString('utf8', this.#start - this.#offset, index + 1)
        this.#pieces.push({ kind: 'object', text, line: this.#startLine })
      }
      this.#retries = 0
    }
    this.#mode = 'between'
    this.#position = index + 1
    return false
  }

  #tooLarge(): string {
    return `it is longer than ${this.#maxBytes} bytes`
  }

  /** Gives up the object at this byte, and goes on at the first whole line inside it, else at the next. */
  #breakObject(index: number, detail: string): false {
    const wasWrapper = this.#mode === 'wrapper'
    const isTooLarge = !wasWrapper && this.#isTooLarge(index)
    this.#refuse(isTooLarge ? 'too large' : 'malformed', isTooLarge ? this.#tooLarge() : detail, this.#startLine)
    const start = this.#start - this.#offset
    const retry = wasWrapper || isTooLarge || this.#retries >= MAX_RETRIES ? -1 : this.#bytes.indexOf('\n{', start)
    this.#leaveList()
    this.#string.abandon()
    this.#position = index
    this.#mode = 'seek'
    if (retry !== -1 && retry < index) {
      this.#retries++
      this.#line = this.#startLine + countNewlines(this.#bytes.subarray(start, retry))
      this.#countLine(retry)
      this.#position = retry + 1
    }
    return false
  }

  #refuse(cause: 'malformed' | 'too large', detail: string, line: number): void {
    this.#pieces.push({ kind: 'refused', cause, detail, line })
  }
}
