import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type ParsedNode } from 'yaml'

/** A place in a file, both counted from 1. */
export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** A value of a YAML file that knows where it stands. */
export interface Positioned extends TextPosition {
  readonly value: PositionedValue
  /** Place of a character of a text; exact for texts on one line and for blocks after `|`. */
  at(offset: number): TextPosition
}

export type PositionedValue =
  string | number | boolean | null | readonly Positioned[] | ReadonlyMap<string, PositionedEntry>

export interface PositionedEntry {
  readonly key: TextPosition
  readonly value: Positioned
}

/** A mistake in the YAML itself. */
export interface YamlMistake extends TextPosition {
  readonly what: string
  readonly fix: string
}

/** Most characters of a file that is read as YAML. */
export const MAX_YAML_CHARACTERS = 1_000_000

/** Reads YAML with places. Every mistake is returned, none is thrown; `root` is null when there was one. */
export function readPositioned(text: string): {
  readonly root: Positioned | null
  readonly mistakes: readonly YamlMistake[]
} {
  if (text.length > MAX_YAML_CHARACTERS) {
    const what = `The file has ${text.length} characters; at most ${MAX_YAML_CHARACTERS} are read.`
    return { root: null, mistakes: [{ line: 1, column: 1, what, fix: 'Split it into several files.' }] }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const reader = new Reader(text, lines)
  if (document.errors.length > 0) return { root: null, mistakes: syntaxMistakes(document, reader) }
  const root = document.contents === null ? reader.empty() : reader.read(document.contents)
  return { root: reader.mistakes.length === 0 ? root : null, mistakes: reader.mistakes }
}

function syntaxMistakes(document: Document.Parsed | Document, reader: Reader): readonly YamlMistake[] {
  return document.errors.map(({ message, pos }) => ({
    ...reader.position(pos[0]),
    what: `Not valid YAML: ${message.split('\n', 1)[0] ?? ''}.`.replace('..', '.'),
    fix: 'Check the indentation, and put texts with : or # into quotes.',
  }))
}

class Reader {
  readonly mistakes: YamlMistake[] = []
  readonly #text: string
  readonly #lines: LineCounter
  constructor(text: string, lines: LineCounter) {
    this.#text = text
    this.#lines = lines
  }

  empty(): Positioned {
    return { line: 1, column: 1, value: null, at: () => ({ line: 1, column: 1 }) }
  }

  position(offset: number): TextPosition {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }

  read(node: ParsedNode | null): Positioned {
    const start = node?.range[0] ?? 0
    const position = this.position(start)
    const at = (offset: number): TextPosition => this.#inText(node, offset)
    return { ...position, at, value: this.#valueOf(node, position) }
  }

  #valueOf(node: ParsedNode | null, position: TextPosition): PositionedValue {
    if (isSeq(node)) return node.items.map((item) => this.read(item))
    if (isMap(node)) return this.#entriesOf(node.items)
    if (isAlias(node)) {
      this.mistakes.push({ ...position, what: 'Anchors and aliases are not read.', fix: 'Write the value out.' })
      return null
    }
    const value: unknown = isScalar(node) ? node.value : null
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  }

  #entriesOf(items: readonly { key: ParsedNode; value: ParsedNode | null }[]): ReadonlyMap<string, PositionedEntry> {
    const entries = new Map<string, PositionedEntry>()
    for (const { key, value } of items) {
      const position = this.position(key.range[0])
      const name = isScalar(key) ? String(key.value) : ''
      entries.set(name, {
        key: position,
        value: value === null ? { ...position, at: () => position, value } : this.read(value),
      })
    }
    return entries
  }

  /** Where a character of a scalar stands. Folded texts lose their line ends, so there it is the first line. */
  #inText(node: ParsedNode | null, offset: number): TextPosition {
    const start = node?.range[0] ?? 0
    if (!isScalar(node) || typeof node.value !== 'string') return this.position(start)
    if (node.type === 'BLOCK_LITERAL') return this.#inBlock(start, node.value, offset)
    const source = this.#text.slice(start, node.range[1])
    const isOneLine = !source.includes('\n')
    const quote = node.type === 'PLAIN' ? 0 : 1
    return this.position(isOneLine ? Math.min(start + quote + offset, start + source.length) : start)
  }

  #inBlock(start: number, value: string, offset: number): TextPosition {
    const before = value.slice(0, offset).split('\n')
    const header = this.position(start).line
    const firstLine = this.#lineText(header + 1)
    const indentation = firstLine.length - firstLine.trimStart().length
    return { line: header + before.length, column: indentation + (before.at(-1)?.length ?? 0) + 1 }
  }

  #lineText(line: number): string {
    const from = this.#lines.lineStarts[line - 1]
    return from === undefined ? '' : this.#text.slice(from, this.#lines.lineStarts[line])
  }
}
