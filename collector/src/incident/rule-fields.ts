import { closestWord } from '../event/closest-word.ts'
import {
  compileGlob,
  compileRegex,
  globMistake,
  RegexError,
  type LinearRegex,
  type Positioned,
  type PositionedEntry,
} from '../expression/expression.ts'

export type Fields = ReadonlyMap<string, PositionedEntry>

interface Place {
  readonly line: number
  readonly column: number
}

/** Most rules of one list. */
const MOST_RULES = 1_000

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** Reads the fields of rules, and tells of every mistake with its place and what to write instead. */
export class Reading {
  readonly #onProblem: (problem: Place & { readonly what: string; readonly fix: string }) => void

  constructor(onProblem: (problem: Place & { readonly what: string; readonly fix: string }) => void) {
    this.#onProblem = onProblem
  }

  tell({ line, column }: Place, what: string, fix: string): void {
    this.#onProblem({ line, column, what, fix })
  }

  map(node: Positioned, what: string, keys: readonly string[]): Fields | null {
    if (!(node.value instanceof Map)) {
      this.tell(node, `${what} is a map with the keys ${keys.join(', ')}.`, 'Write key: value pairs.')
      return null
    }
    const entries = node.value as Fields
    for (const [key, { key: place }] of entries) {
      if (!keys.includes(key)) this.tell(place, `${what} has no key "${key}".`, hint(key, keys))
    }
    return entries
  }

  list(entry: PositionedEntry | undefined, field: string): readonly Positioned[] {
    if (entry === undefined || entry.value.value === null) return []
    const { value } = entry.value
    if (!Array.isArray(value)) {
      this.tell(entry.value, `"${field}" is not a list.`, 'Begin each of its items with "- name: …".')
      return []
    }
    if (value.length > MOST_RULES)
      this.tell(entry.value, `"${field}" has ${value.length} items; at most ${MOST_RULES} are allowed.`, 'Use fewer.')
    return (value as readonly Positioned[]).slice(0, MOST_RULES)
  }

  text(fields: Fields, field: string): string | null {
    const node = fields.get(field)?.value
    if (node === undefined) return null
    if (typeof node.value === 'string') return node.value
    if (typeof node.value === 'number' || typeof node.value === 'boolean') return String(node.value)
    this.tell(node, `"${field}" is not a text.`, 'Put it in quotes.')
    return null
  }

  needed(fields: Fields, place: Place, field: string): string {
    if (!fields.has(field)) this.tell(place, `There is no "${field}".`, `Add ${field}.`)
    const text = this.text(fields, field) ?? ''
    const node = fields.get(field)?.value
    if (node !== undefined && text === '') this.tell(node, `"${field}" is empty.`, 'Write a text.')
    return text
  }

  optionalTexts(fields: Fields, field: string): readonly string[] {
    const value = fields.get(field)?.value
    if (value === undefined) return []
    const items = Array.isArray(value.value) ? (value.value as readonly Positioned[]) : [value]
    return items.flatMap((item) => {
      if (typeof item.value === 'string') return [item.value]
      this.tell(item, `"${field}" has something that is not a text.`, 'Put it in quotes.')
      return []
    })
  }

  texts(fields: Fields, place: Place, field: string): readonly string[] {
    const texts = this.optionalTexts(fields, field)
    if (texts.length === 0) this.tell(fields.get(field)?.value ?? place, `"${field}" names nothing.`, `Add for example ${field}: [CrashLoopBackOff].`) // prettier-ignore
    return texts
  }

  word<Word extends string>(fields: Fields, field: string, words: readonly Word[], usual: Word): Word {
    const text = this.text(fields, field)
    const node = fields.get(field)?.value
    if (node === undefined || text === null) return usual
    const word = words.find((each) => each === text)
    if (word === undefined) this.tell(node, `"${text}" is no ${field}.`, hint(text, words))
    return word ?? usual
  }

  flag(fields: Fields, field: string, usual: boolean): boolean {
    const node = fields.get(field)?.value
    if (node === undefined) return usual
    if (typeof node.value === 'boolean') return node.value
    this.tell(node, `"${field}" is neither true nor false.`, 'Write true or false.')
    return usual
  }

  seconds(fields: Fields, field: string, usual: number | null): number | null {
    const node = fields.get(field)?.value
    const text = this.text(fields, field)
    if (node === undefined || text === null) return usual
    const [, sign = '', size = '', unit = ''] = /^(-?)([0-9]{1,6})([smhd])$/.exec(text) ?? []
    if (unit !== '') return Number(`${sign}${size}`) * (SECONDS[unit] ?? 1)
    this.tell(node, `"${text}" is no duration.`, 'Write for example 30s, 10m, 2h, or -5s for what is reported first.')
    return usual
  }

  pattern(fields: Fields, field: string): LinearRegex | null {
    const source = this.text(fields, field)
    const node = fields.get(field)?.value
    if (source === null || node === undefined) return null
    try {
      return compileRegex(source)
    } catch (error) {
      if (!(error instanceof RegexError)) throw error
      this.tell(node, error.message, error.fix)
      return null
    }
  }

  glob<Field extends string>(fields: Fields, field: Field): Partial<Record<Field, (name: string) => boolean>> {
    const text = this.text(fields, field)
    const node = fields.get(field)?.value
    if (text === null || node === undefined) return {}
    const mistake = globMistake(text)
    if (mistake !== null) this.tell(node, mistake.what, mistake.fix)
    return { [field]: compileGlob(text) } as Partial<Record<Field, (name: string) => boolean>>
  }
}

function hint(word: string, words: readonly string[]): string {
  const near = closestWord(word, words)
  return near === null ? `Use one of ${words.join(', ')}.` : `Did you mean ${near}?`
}
