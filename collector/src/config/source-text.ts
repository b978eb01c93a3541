import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document } from 'yaml'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import type { Path } from './outline.ts'

/** Aliases expanded at most: a file of a few lines could otherwise become gigabytes. */
const MOST_ALIASES = 100

/** A YAML (or JSON) text, its values, and where each stands. */
export class SourceText {
  readonly values: unknown
  readonly #fileName: string
  readonly #document: Document
  readonly #lines: LineCounter

  /** @throws ConfigError it is not YAML; every mistake of the text with its place. */
  constructor(text: string, fileName: string) {
    this.#fileName = fileName
    this.#lines = new LineCounter()
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true })
    const { errors, warnings } = this.#document
    const mistakes = [...errors, ...warnings].map(({ pos, message }) => this.#mistake(pos[0], message))
    if (mistakes.length > 0) throw new ConfigError(mistakes)
    try {
      this.values = this.#document.toJS({ maxAliasCount: MOST_ALIASES })
    } catch (cause) {
      throw new ConfigError([this.#mistake(0, cause instanceof Error ? cause.message : String(cause))])
    }
  }

  /** `file:line:column` of the value at a path, or of the nearest section that is there. */
  placeOf(path: Path): string {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#keyOffset(path.slice(0, length))
      if (offset !== null) return this.#place(offset)
    }
    return this.#place(0)
  }

  #keyOffset(path: Path): number | null {
    const parent: unknown = path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true)
    const last = path.at(-1)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last))
      return isNode(pair?.key) ? (pair.key.range?.[0] ?? null) : null
    }
    const item = isSeq(parent) && typeof last === 'number' ? parent.items[last] : undefined
    return isNode(item) ? (item.range?.[0] ?? null) : null
  }

  #mistake(offset: number, message: string): ConfigProblem {
    const place = this.#place(offset)
    return {
      place,
      what: `The text is not YAML: ${message}`,
      fix: 'Mind the indentation, and quote text that holds ": " or "#".',
    }
  }

  #place(offset: number): string {
    const { line, col } = this.#lines.linePos(offset)
    return `${this.#fileName}:${Math.max(1, line)}:${Math.max(1, col)}`
  }
}
