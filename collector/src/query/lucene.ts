import type { EpochMicros } from '../clock.ts'
import { resolveField, unknownField, type ResolvedField } from './fields.ts'
import { ConditionBuilder, type WrittenBound } from './lucene-conditions.ts'
import { LuceneScanner, SyntaxStop, type WrittenValue } from './lucene-scanner.ts'
import type { Filter } from './model.ts'
import { QuerySyntaxError, type QueryMistake } from './invalid-query.ts'
import { allOf, anyOf, noneOf } from './simplify-filter.ts'

/** Longest query text, UTF-16 units: a dashboard variable with hundreds of values fits. */
export const MAX_QUERY_LENGTH = 32_768
/** Deepest nesting of parentheses: more is a mistake, and each level costs stack. */
export const MAX_NESTING = 50

const AND = ['AND', '&&'] as const
const OR = ['OR', '||'] as const

/**
 * The condition that a text in Lucene query syntax stands for. The empty text and `*` stand for all.
 *
 *   query   = and { (OR | ||) and }
 *   and     = unary { [AND | &&] unary }                 words side by side must all hold
 *   unary   = { NOT | ! | - | + } primary
 *   primary = ( query ) | name:value | _exists_:name | *:* | word | "phrase"
 *   value   = text | "text" | * | [a TO b] | {a TO b} | >a | >=a | <a | <=a | ( query of values )
 *
 * Side by side in `name:( … )` values are alternatives, because no field has two values at once. `\` makes the next
 * character plain. A value goes on to the next space or parenthesis, so `a/b`, `a:b`, `a-b` need no quotes, and a word
 * of the language directly behind a colon is a value (`reason:NOT`).
 *
 * Written by hand: of the libraries, `lucene` 2.1 cuts `image:registry.example/shop/api:1` at the slashes into five
 * conditions, takes `-reason:A` for a field named `-reason` and accepts `a AND`; `liqe` knows no slashes, no
 * `field:(a OR b)` and no ranges of times. Neither reports more than one problem, or where it is in a name.
 *
 * @param now what `now` and `-1h` in ranges of times count from.
 * @throws QuerySyntaxError with all unknown fields and wrong values up to the first place where reading cannot go on.
 */
export function parseLucene(text: string, now: EpochMicros): Filter {
  return new LuceneParser(text, now).parse()
}

class LuceneParser {
  readonly #scanner: LuceneScanner
  readonly #mistakes: QueryMistake[] = []
  readonly #conditions: ConditionBuilder
  #nesting = 0

  constructor(text: string, now: EpochMicros) {
    this.#scanner = new LuceneScanner(text)
    this.#conditions = new ConditionBuilder(now, ({ position, length }, message) =>
      this.#report(position, length, message),
    )
  }

  parse(): Filter {
    const { text } = this.#scanner
    if (text.length > MAX_QUERY_LENGTH) {
      const message = `the query is ${String(text.length)} characters long, more than ${String(MAX_QUERY_LENGTH)}. Shorten it`
      throw new QuerySyntaxError(text, [{ parameter: 'query', message }])
    }
    const filter = this.#parseAll()
    if (this.#mistakes.length > 0) throw new QuerySyntaxError(text, this.#mistakes)
    return filter
  }

  #parseAll(): Filter {
    try {
      this.#scanner.skipSpace()
      if (this.#scanner.isAtEnd) return { op: 'all' }
      const filter = this.#query(null)
      if (this.#scanner.isAtEnd) return filter
      throw this.#stop(
        'there is nothing that this parenthesis closes. Leave it out, or write \\) when it is part of a value',
      )
    } catch (error) {
      if (!(error instanceof SyntaxStop)) throw error
      this.#mistakes.push(error.mistake)
      return { op: 'all' }
    }
  }

  /** Alternatives. With a field, of its values. */
  #query(field: ResolvedField | null): Filter {
    const alternatives = [this.#and(field)]
    while (this.#takeOperator(OR)) alternatives.push(this.#and(field))
    return anyOf(alternatives)
  }

  #and(field: ResolvedField | null): Filter {
    const joined = [[this.#unary(field)]]
    for (;;) {
      if (this.#takeOperator(AND)) joined.push([this.#unary(field)])
      else if (this.#isAtOperand()) joined.at(-1)?.push(this.#unary(field))
      else
        return allOf(
          joined.map((sideBySide) => (field === null ? allOf(sideBySide) : besideInField(field, sideBySide))),
        )
    }
  }

  /** Signs in a loop, not by recursion: a thousand of them are a wrong query, but no reason to run out of stack. */
  #unary(field: ResolvedField | null): Filter {
    const scanner = this.#scanner
    let isNegated = false
    for (;;) {
      scanner.skipSpace()
      if (scanner.takeWord(['NOT']) !== null || scanner.take('!') || scanner.take('-')) isNegated = !isNegated
      else if (!scanner.take('+')) break
    }
    const filter = field === null ? this.#primary() : this.#valueInGroup(field)
    return isNegated ? noneOf(filter) : filter
  }

  #primary(): Filter {
    const scanner = this.#scanner
    if (scanner.startsWith('(')) return this.#group(null)
    this.#refuseOperator()
    if (scanner.startsWith('"')) return this.#conditions.words(scanner.takeQuoted())
    if (scanner.take('*:*')) return { op: 'all' }
    const name = scanner.takeFieldName()
    if (name !== null) return this.#named(name)
    const word = scanner.takeValue()
    if (word.length === 0)
      throw this.#stop('a condition is expected here, for example reason:BackOff or a word of the note')
    this.#refuseLowerCase(word)
    return word.text === '*' && word.hasWildcards ? { op: 'all' } : this.#conditions.words(word)
  }

  #named({ name, position, length }: { name: string; position: number; length: number }): Filter {
    if (name === '_exists_') return this.#existence()
    const resolved = resolveField(name)
    if (resolved !== null) return this.#value(resolved)
    this.#report(position, length, `${unknownField(name)} To look for this text in notes, put it in quotes`)
    // Read as a text field, so that what follows is checked too.
    this.#value({ field: { name, type: 'text', meaning: '', groupable: false }, key: null, name })
    return { op: 'all' }
  }

  #existence(): Filter {
    const value = this.#scanner.startsWith('"') ? this.#scanner.takeQuoted() : this.#scanner.takeValue()
    const resolved = resolveField(value.text)
    if (resolved !== null) return { op: 'exists', field: resolved.name }
    this.#report(value.position, Math.max(1, value.length), unknownField(value.text))
    return { op: 'all' }
  }

  /** What stands behind `name:`. */
  #value(resolved: ResolvedField): Filter {
    const scanner = this.#scanner
    const hasSpace = scanner.skipSpace()
    if (hasSpace) this.#refuseOperator()
    if (scanner.startsWith('(')) return this.#group(resolved)
    return this.#plainValue(resolved)
  }

  #valueInGroup(field: ResolvedField): Filter {
    if (this.#scanner.startsWith('(')) return this.#group(field)
    this.#refuseOperator()
    return this.#plainValue(field)
  }

  #plainValue(resolved: ResolvedField): Filter {
    const scanner = this.#scanner
    if (scanner.startsWith('"')) return this.#conditions.equals(resolved, scanner.takeQuoted())
    if (scanner.startsWith('[') || scanner.startsWith('{')) return this.#range(resolved)
    const sign = ['>=', '<=', '>', '<'].find((candidate) => scanner.take(candidate))
    if (sign !== undefined) return this.#comparison(resolved, sign)
    const value = scanner.takeValue()
    if (value.length === 0)
      throw this.#stop(
        `a value is expected behind ${resolved.name}:, for example ${resolved.name}:VALUE, or ${resolved.name}:"" for none`,
      )
    if (/^\/.+\/$/s.test(value.text)) {
      const message = `regular expressions are not supported. Use wildcards, as in ${resolved.name}:*text*, or quotes when the slashes are part of the value`
      this.#report(value.position, value.length, message)
    }
    return this.#conditions.equals(resolved, value)
  }

  #comparison(resolved: ResolvedField, sign: string): Filter {
    const value = this.#bound('')
    const bound = { value, isIncluded: sign.endsWith('=') }
    if (value.length === 0) throw this.#stop(`a value is expected behind ${sign}`)
    return sign.startsWith('>')
      ? this.#conditions.range(resolved, bound, null)
      : this.#conditions.range(resolved, null, bound)
  }

  #range(resolved: ResolvedField): Filter {
    const scanner = this.#scanner
    const start = scanner.position
    const includesLower = scanner.take('[')
    if (!includesLower) scanner.take('{')
    const lower = this.#bound(']}')
    scanner.skipSpace()
    const hasTo = scanner.takeWord(['TO']) !== null
    const upper = this.#bound(']}')
    scanner.skipSpace()
    const includesUpper = scanner.take(']')
    if (!hasTo || lower.length === 0 || upper.length === 0 || !(includesUpper || scanner.take('}'))) {
      const length = scanner.position - start
      throw scanner.stop(
        start,
        Math.max(1, length),
        'a range is written [a TO b], {a TO b} without its ends, or [a TO *] without end',
      )
    }
    return this.#conditions.range(resolved, closedBound(lower, includesLower), closedBound(upper, includesUpper))
  }

  #bound(ends: string): WrittenValue {
    this.#scanner.skipSpace()
    return this.#scanner.startsWith('"') ? this.#scanner.takeQuoted() : this.#scanner.takeValue(ends)
  }

  #group(field: ResolvedField | null): Filter {
    const scanner = this.#scanner
    const start = scanner.position
    scanner.take('(')
    if (++this.#nesting > MAX_NESTING)
      throw scanner.stop(start, 1, `parentheses are nested more than ${String(MAX_NESTING)} deep`)
    const filter = this.#query(field)
    this.#nesting--
    scanner.skipSpace()
    if (!scanner.take(')'))
      throw scanner.stop(
        start,
        1,
        'this parenthesis is never closed. Write ) behind the last condition, or \\( when it is part of a value',
      )
    return filter
  }

  #takeOperator(words: readonly string[]): boolean {
    this.#scanner.skipSpace()
    return this.#scanner.takeWord(words) !== null || words.some((word) => /^\W/.test(word) && this.#scanner.take(word))
  }

  #isAtOperand(): boolean {
    const scanner = this.#scanner
    const isAfterSpace = /[\s)]/.test(scanner.text.charAt(scanner.position - 1))
    scanner.skipSpace()
    if (scanner.isAtEnd || scanner.startsWith(')')) return false
    if (['OR', '||'].some((word) => scanner.startsWith(word)) && this.#peekOperator()) return false
    if (isAfterSpace) return true
    throw this.#stop(
      'a space is missing before this. Put one there, or quotes around the whole value when it belongs to it',
    )
  }

  #peekOperator(): boolean {
    const { position } = this.#scanner
    const isOperator = this.#takeOperator(OR)
    this.#scanner.position = position
    return isOperator
  }

  /** An operator where a condition should be: `a AND OR b`, `reason: AND b`. */
  #refuseOperator(): void {
    const { position } = this.#scanner
    const word = this.#scanner.takeWord([...AND, ...OR, 'NOT', 'TO'])
    if (word === null) return
    throw this.#scanner.stop(
      position,
      word.length,
      `a condition is expected here, not ${word}. To look for the word itself, put it in quotes`,
    )
  }

  #refuseLowerCase(word: WrittenValue): void {
    if (word.text !== 'and' && word.text !== 'or' && word.text !== 'not') return
    const message = `write ${word.text.toUpperCase()} in capitals, or "${word.text}" in quotes to look for the word`
    this.#report(word.position, word.length, message)
  }

  #report(position: number, length: number, message: string): void {
    this.#mistakes.push({ parameter: 'query', position, length, message })
  }

  #stop(message: string): SyntaxStop {
    return this.#scanner.stop(this.#scanner.position, 1, message)
  }
}

/** Values side by side in `field:( … )`: one of the plain ones, none of the negated ones. Words of a note all hold. */
function besideInField({ name }: ResolvedField, filters: readonly Filter[]): Filter {
  if (name === 'note' || filters.length === 1) return allOf(filters)
  const negated = filters.filter(({ op }) => op === 'not')
  const plain = filters.filter(({ op }) => op !== 'not')
  return allOf([...(plain.length === 0 ? [] : [anyOf(plain)]), ...negated])
}

function closedBound(value: WrittenValue, isIncluded: boolean): WrittenBound | null {
  return value.text === '*' && value.hasWildcards ? null : { value, isIncluded }
}
