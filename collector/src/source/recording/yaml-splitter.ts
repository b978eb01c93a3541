import { parseDocument } from 'yaml'
import type { Piece, Splitter, SplitterOptions } from './splitter.ts'

const DOCUMENT_MARKER = /^(?:---|\.\.\.)(?:\s|$)/
const ITEMS_KEY = /^"?items"?:\s*(?:#.*)?$/
const EMPTY_LINE = /^\s*(?:#.*)?$/
const DASH = /^( *)-(?:\s|$)/

/** What the next line belongs to. */
type Mode =
  /** An object of its own, or the head of a list. */
  | 'document'
  /** The items of a list. */
  | 'items'
  /** A list behind its items: up to the next document. */
  | 'behind'

/**
 * Splits YAML into objects, without reading more of it than one object at a time: documents after one another, and lists
 * (objects with `items`, or a sequence at the margin), whose items come out one by one. Pieces hold JSON.
 *
 * It splits by lines, as `kubectl -o yaml`, must-gathers and other programs write them: what belongs to an item stands
 * further to the right than its dash. Aliases are refused, since a short text with them may stand for one of any length.
 */
export function createYamlSplitter({ maxBytes }: SplitterOptions): Splitter {
  return new LineSplitter(maxBytes)
}

class LineSplitter implements Splitter {
  readonly #maxBytes: number
  readonly #decoder = new TextDecoder()
  #pieces: Piece[] = []
  #mode: Mode = 'document'
  #rest = ''
  /** The rest of a line is passed over: the object that it belongs to is too large anyway. */
  #isLineTooLong = false
  #line = 0
  /** The object under way: its lines, where it begins, its length so far. */
  #lines: string[] = []
  #startLine = 0
  #bytes = 0
  /** Column of the dashes of the list under way. */
  #dashColumn: number | null = null
  /** The list under way told its kind, before its items or behind them. A list that was cut has none behind. */
  #isListWhole = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  push(chunk: Uint8Array): readonly Piece[] {
    const lines = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#takeLine(line)
    if (this.#rest.length > this.#maxBytes) {
      this.#isLineTooLong = true
      this.#rest = ''
    }
    return this.#takePieces()
  }

  end(): readonly Piece[] {
    if (this.#rest !== '') this.#takeLine(this.#rest)
    this.#rest = ''
    const isCut = this.#mode === 'items' && this.#dashColumn !== null && !this.#isListWhole
    if (isCut) this.#refuse('malformed', 'it ends in the middle of a list', this.#startLine)
    else this.#endObject()
    return this.#takePieces()
  }

  #takePieces(): readonly Piece[] {
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  #takeLine(text: string): void {
    this.#line++
    if (this.#isLineTooLong) {
      this.#isLineTooLong = false
      this.#bytes = Infinity
      return this.#add('')
    }
    const line = (this.#line === 1 ? text.replace(/^\ufeff/, '') : text).replace(/\r$/, '')
    if (DOCUMENT_MARKER.test(line)) return this.#beginDocument(line)
    switch (this.#mode) {
      case 'document':
        return this.#inDocument(line)
      case 'items':
        return this.#inItems(line)
      case 'behind':
        this.#isListWhole ||= isKind(line)
    }
  }

  #beginDocument(line: string): void {
    this.#endObject()
    this.#mode = 'document'
    this.#dashColumn = null
    this.#isListWhole = false
    const text = line.slice(3).trim()
    if (text !== '') this.#add(text)
  }

  #inDocument(line: string): void {
    const isBeginning = this.#startLine === 0
    if (isBeginning && (EMPTY_LINE.test(line) || line.startsWith('%'))) return
    if (isBeginning && DASH.test(line)) {
      this.#isListWhole = true // A bare sequence has no kind to wait for.
      this.#mode = 'items'
      return this.#inItems(line)
    }
    if (!ITEMS_KEY.test(line)) return this.#add(line)
    this.#isListWhole = this.#lines.some(isKind)
    this.#dropObject()
    this.#mode = 'items'
  }

  #inItems(line: string): void {
    const dash = DASH.exec(line)?.[1]?.length ?? null
    const isNext = dash !== null && dash === (this.#dashColumn ?? dash)
    const isInside = EMPTY_LINE.test(line) || (this.#dashColumn !== null && indentOf(line) > this.#dashColumn)
    if (isNext) {
      this.#endObject()
      this.#dashColumn = dash
      this.#add(line)
    } else if (!isInside) {
      this.#endObject()
      this.#mode = 'behind'
      this.#isListWhole ||= isKind(line)
    } else if (this.#startLine > 0) this.#add(line)
  }

  #add(line: string): void {
    if (this.#startLine === 0) this.#startLine = this.#line
    this.#bytes += Buffer.byteLength(line) + 1
    if (this.#bytes > this.#maxBytes) this.#lines = []
    else this.#lines.push(line)
  }

  #endObject(): void {
    if (this.#bytes > this.#maxBytes)
      this.#refuse('too large', `it is longer than ${this.#maxBytes} bytes`, this.#startLine)
    else if (this.#lines.some((line) => !EMPTY_LINE.test(line)))
      this.#pieces.push(pieceOf(this.#lines, this.#startLine))
    this.#dropObject()
  }

  #dropObject(): void {
    this.#lines = []
    this.#startLine = 0
    this.#bytes = 0
  }

  #refuse(cause: 'malformed' | 'too large', detail: string, line: number): void {
    this.#pieces.push({ kind: 'refused', cause, detail, line })
  }
}

function pieceOf(lines: readonly string[], line: number): Piece {
  const kind = kindOf(lines)
  // Most YAML of a cluster is of other kinds; what they hold need not be read.
  if (kind !== null && kind !== 'Event' && !kind.endsWith('List'))
    return { kind: 'object', text: JSON.stringify({ kind }), line }
  try {
    // A key that stands twice is no reason to look at all others for each one.
    const document = parseDocument(lines.join('\n'), { uniqueKeys: false, logLevel: 'silent' })
    if (document.errors.length > 0) return refused('it is not valid YAML', line)
    const value = document.toJS({ maxAliasCount: 0 }) as unknown
    const object: unknown = Array.isArray(value) ? value[0] : value
    const isObject = typeof object === 'object' && object !== null && !Array.isArray(object)
    return isObject ? { kind: 'object', text: JSON.stringify(object), line } : refused('it is no object', line)
  } catch {
    return refused('it is not valid YAML, or uses aliases, which are not read', line)
  }
}

function refused(detail: string, line: number): Piece {
  return { kind: 'refused', cause: 'malformed', detail, line }
}

/** The kind of an object, where its own line tells it. */
function kindOf(lines: readonly string[]): string | null {
  const column = /^ *(?:- +)?/.exec(lines[0] ?? '')?.[0].length ?? 0
  const margin = ' '.repeat(column)
  const own = lines.map((line, index) => (index === 0 || line.startsWith(margin) ? line.slice(column) : ''))
  return own.map((line) => /^kind: *["']?(\w+)["']? *$/.exec(line)?.[1]).find((kind) => kind !== undefined) ?? null
}

function isKind(line: string): boolean {
  return /^"?kind"?:/.test(line)
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
