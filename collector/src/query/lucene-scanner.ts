import type { QueryMistake } from './invalid-query.ts'

/** A value as written: its place, its meaning, and whether parts of it are wildcards. */
export interface WrittenValue {
  readonly position: number
  readonly length: number
  /** Escapes resolved. */
  readonly text: string
  /** As a `like` pattern: wildcards kept, everything else escaped. */
  readonly pattern: string
  readonly hasWildcards: boolean
  readonly isQuoted: boolean
}

/** Reading cannot go on. The parser reports the mistake together with those it found before. */
export class SyntaxStop extends Error {
  readonly mistake: QueryMistake

  constructor(mistake: QueryMistake) {
    super(mistake.message)
    this.mistake = mistake
  }
}

/** Reads Lucene text from left to right; positions are UTF-16 units from 0. */
export class LuceneScanner {
  readonly text: string
  position = 0

  constructor(text: string) {
    this.text = text
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length
  }

  startsWith(part: string): boolean {
    return this.text.startsWith(part, this.position)
  }

  /** Goes past `part` when it comes next. */
  take(part: string): boolean {
    if (!this.startsWith(part)) return false
    this.position += part.length
    return true
  }

  /** Goes past spaces and line breaks; says whether there were any. */
  skipSpace(): boolean {
    const start = this.position
    while (/\s/.test(this.text.charAt(this.position))) this.position++
    return this.position > start
  }

  /** Goes past one of these when a word of just these letters comes next; answers which. */
  takeWord(words: readonly string[]): string | null {
    const word = words.find(
      (candidate) => this.startsWith(candidate) && this.#endsWord(this.position + candidate.length),
    )
    if (word === undefined) return null
    this.position += word.length
    return word
  }

  /**
   * A name and the colon behind it, or null (and nothing read) when what comes next is none.
   * Names hold no spaces, quotes, parentheses or wildcards; `\` escapes a colon or a space in a key.
   */
  takeFieldName(): { readonly name: string; readonly position: number; readonly length: number } | null {
    const match = /^(?:\\.|[^\s\\()":*?<>[\]{}!])+(?=:)/su.exec(this.text.slice(this.position))
    if (match === null) return null
    const position = this.position
    this.position += match[0].length + 1
    return { name: match[0].replace(/\\(.)/gsu, '$1'), position, length: match[0].length }
  }

  /** A text in quotes. In it `\` makes the next character plain, and wildcards are plain. */
  takeQuoted(): WrittenValue {
    const position = this.position++
    let text = ''
    while (!this.isAtEnd && !this.startsWith('"')) text += this.#takeCharacter().character
    if (!this.take('"')) {
      throw this.stop(
        position,
        1,
        'this quote is never closed. Write " at the end of the phrase, or \\" for a quote that is part of the text',
      )
    }
    this.#refuseSuffix(position)
    const pattern = text.replace(/[\\*?]/g, '\\$&')
    return { position, length: this.position - position, text, pattern, hasWildcards: false, isQuoted: true }
  }

  /** A value without quotes, up to a space, a parenthesis, `&&`, `||` or one of `ends`; empty when there is none. */
  takeValue(ends = ''): WrittenValue {
    const position = this.position
    let text = ''
    let pattern = ''
    let hasWildcards = false
    while (!this.#endsWord(this.position) && !ends.includes(this.text.charAt(this.position))) {
      if (this.startsWith('"')) {
        throw this.stop(
          this.position,
          1,
          'a quote begins in the middle of a value. Quote the whole value, or write \\" for a quote that is part of it',
        )
      }
      const { character, isEscaped } = this.#takeCharacter()
      const isWildcard = !isEscaped && (character === '*' || character === '?')
      text += character
      pattern += isWildcard ? character : character.replace(/[\\*?]/, '\\$&')
      hasWildcards ||= isWildcard
    }
    const value = { position, length: this.position - position, text, pattern, hasWildcards, isQuoted: false }
    this.#refuseFuzzy(value)
    return value
  }

  stop(position: number, length: number, message: string): SyntaxStop {
    return new SyntaxStop({ parameter: 'query', position, length, message })
  }

  #takeCharacter(): { readonly character: string; readonly isEscaped: boolean } {
    const isEscaped = this.take('\\')
    if (isEscaped && this.isAtEnd) {
      throw this.stop(
        this.position - 1,
        1,
        'a backslash makes the next character plain, but nothing follows. Write \\\\ for a backslash',
      )
    }
    const character = String.fromCodePoint(this.text.codePointAt(this.position) ?? 0)
    this.position += character.length
    return { character, isEscaped }
  }

  #endsWord(position: number): boolean {
    const rest = this.text.slice(position, position + 2)
    return rest === '' || /^(?:[\s()]|&&|\|\|)/.test(rest)
  }

  #refuseSuffix(position: number): void {
    const suffix = /^[~^][\d.]*/.exec(this.text.slice(this.position))?.[0]
    if (suffix === undefined) return
    const length = this.position + suffix.length - position
    throw this.stop(position, length, `"${suffix}" behind a phrase (nearness, boost) is not supported. Leave it out`)
  }

  #refuseFuzzy({ position, length }: WrittenValue): void {
    const raw = this.text.slice(position, position + length)
    const suffix = /(?<!\\)[~^](?:\d+(?:\.\d+)?)?$/.exec(raw)?.[0]
    if (suffix === undefined || length === suffix.length) return
    throw this.stop(
      position,
      length,
      `"${suffix}" behind a word (likeness, boost) is not supported. Leave it out, or write \\${suffix} when it is part of the value`,
    )
  }
}
