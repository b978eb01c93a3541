import type { EpochMicros } from '../clock.ts'
import { closestWord } from '../event/closest-word.ts'
import type { ResolvedField } from './fields.ts'
import type { WrittenValue } from './lucene-scanner.ts'
import type { Filter } from './model.ts'
import { noteTokens } from './note-tokens.ts'
import { parseTimeSpan, TIME_EXAMPLES, type TimeSpan } from './time.ts'

/** A bound of a range as written. */
export interface WrittenBound {
  readonly value: WrittenValue
  readonly isIncluded: boolean
}

/** Reports a problem at a value; the condition then stands for nothing, and the query is refused at its end. */
export type Report = (value: WrittenValue, message: string) => void

const NOTHING: Filter = { op: 'or', filters: [] }

/** Makes conditions of values, by the type of their field. Values of the wrong type are reported. */
export class ConditionBuilder {
  readonly #now: EpochMicros
  readonly #report: Report

  constructor(now: EpochMicros, report: Report) {
    this.#now = now
    this.#report = report
  }

  /** `field:value`. */
  equals(resolved: ResolvedField, value: WrittenValue): Filter {
    const { field, key, name } = resolved
    if (isAnything(value)) return { op: 'exists', field: name }
    if (name === 'note') return this.words(value)
    switch (field.type) {
      case 'map':
        return key === null
          ? this.#refuse(value, `${name} holds many values. Name one, as in ${name}.app:VALUE`)
          : match(name, value)
      case 'integer':
        return this.#integer(name, value, (number) => ({ op: 'in', field: name, values: [String(number)] }))
      case 'time':
        return this.#time(name, value, ({ start, end }) => ({ op: 'range', field: name, gte: start, lt: end }))
      case 'boolean':
        if (value.text === 'true' || value.text === 'false') return match(name, value)
        return this.#refuse(value, `${name} is true or false, not "${value.text}"`)
      case 'list':
        return match(name, value)
      case 'text':
        return value.hasWildcards || this.#isListed(resolved, value) ? match(name, value) : NOTHING
    }
  }

  /** Words of the note: a bare word, a phrase, or a value of `note`. */
  words(value: WrittenValue): Filter {
    const lastIsPrefix = /^[^*?]*[\p{L}\p{N}]\*$/u.test(value.text) && value.hasWildcards
    if (value.hasWildcards && !lastIsPrefix) {
      return this.#refuse(
        value,
        'in the words of a note a wildcard may only end the last word, as in timeo*. Wildcards elsewhere need a field, as in reason:*Failed',
      )
    }
    const words = noteTokens(value.text)
    if (words.length > 0) return { op: 'words', words, lastIsPrefix }
    return this.#refuse(value, `"${value.text}" holds no letter or digit, and notes are searched by words`)
  }

  /** `field:[a TO b]` and `field:>a`. Null bounds are open. */
  range(resolved: ResolvedField, lower: WrittenBound | null, upper: WrittenBound | null): Filter {
    const { field, key, name } = resolved
    const first = lower ?? upper
    if (first === null) return { op: 'exists', field: name }
    for (const bound of [lower, upper]) {
      if (bound?.value.hasWildcards === true)
        return this.#refuse(bound.value, 'a bound of a range has no wildcards. Write * alone for an open end')
    }
    if (field.ranked === true) return this.#ranked(resolved, lower, upper)
    if (name === 'note' || field.type === 'boolean' || (field.type === 'map' && key === null)) {
      return this.#refuse(first.value, `${name} has no order, so it has no ranges`)
    }
    if (field.type === 'integer') return this.#between(name, lower, upper, (value) => this.#wholeNumber(name, value))
    if (field.type === 'time') return this.#betweenTimes(name, lower, upper)
    return this.#between(name, lower, upper, ({ text }) => text)
  }

  #between(
    field: string,
    lower: WrittenBound | null,
    upper: WrittenBound | null,
    read: (value: WrittenValue) => number | string | null,
  ): Filter {
    const low = lower === null ? undefined : read(lower.value)
    const high = upper === null ? undefined : read(upper.value)
    if (low === null || high === null) return NOTHING
    return {
      op: 'range',
      field,
      ...(low === undefined ? {} : { [lower?.isIncluded === true ? 'gte' : 'gt']: low }),
      ...(high === undefined ? {} : { [upper?.isIncluded === true ? 'lte' : 'lt']: high }),
    }
  }

  /** A day as bound means all of it: `<=2026-05-11` holds its evening, `>2026-05-11` begins with the next day. */
  #betweenTimes(field: string, lower: WrittenBound | null, upper: WrittenBound | null): Filter {
    const low = lower === null ? undefined : this.#timeSpan(field, lower.value)
    const high = upper === null ? undefined : this.#timeSpan(field, upper.value)
    if (low === null || high === null) return NOTHING
    return {
      op: 'range',
      field,
      ...(low === undefined ? {} : { gte: lower?.isIncluded === true ? low.start : low.end }),
      ...(high === undefined ? {} : { lt: upper?.isIncluded === true ? high.end : high.start }),
    }
  }

  #ranked(resolved: ResolvedField, lower: WrittenBound | null, upper: WrittenBound | null): Filter {
    const values = resolved.field.values ?? []
    const bounds = [lower, upper].flatMap((bound) => (bound === null ? [] : [bound.value]))
    // All bounds are looked at before any answer, so that both are reported.
    if (bounds.map((value) => this.#isListed(resolved, value)).includes(false)) return NOTHING
    const low = lower === null ? 0 : values.indexOf(lower.value.text) + (lower.isIncluded ? 0 : 1)
    const high = upper === null ? values.length : values.indexOf(upper.value.text) + (upper.isIncluded ? 1 : 0)
    return { op: 'in', field: resolved.name, values: values.slice(low, Math.max(low, high)) }
  }

  #integer(field: string, value: WrittenValue, make: (number: number) => Filter): Filter {
    const number = this.#wholeNumber(field, value)
    return number === null ? NOTHING : make(number)
  }

  #wholeNumber(field: string, value: WrittenValue): number | null {
    const number = /^[+-]?\d{1,16}$/.test(value.text) && !value.hasWildcards ? Number(value.text) : NaN
    if (Number.isSafeInteger(number)) return number
    this.#report(value, `${field} is a whole number, not "${value.text}". Write for example ${field}:3 or ${field}:>=3`)
    return null
  }

  #time(field: string, value: WrittenValue, make: (span: TimeSpan) => Filter): Filter {
    const span = this.#timeSpan(field, value)
    return span === null ? NOTHING : make(span)
  }

  #timeSpan(field: string, value: WrittenValue): TimeSpan | null {
    const span = value.hasWildcards ? null : parseTimeSpan(value.text, this.#now)
    if (span === null) this.#report(value, `${field} is a time, and "${value.text}" is none. Write ${TIME_EXAMPLES}`)
    return span
  }

  #isListed({ field, name }: ResolvedField, value: WrittenValue): boolean {
    const { values } = field
    if (values === undefined || values.includes(value.text)) return true
    const near = closestWord(value.text, values)
    const hint = near === null ? '' : `. Did you mean ${near}?`
    this.#report(value, `${name} is one of ${values.join(', ')}, not "${value.text}"${hint}`)
    return false
  }

  #refuse(value: WrittenValue, message: string): Filter {
    this.#report(value, message)
    return NOTHING
  }
}

function match(field: string, { text, pattern, hasWildcards }: WrittenValue): Filter {
  return hasWildcards ? { op: 'like', field, pattern } : { op: 'in', field, values: [text] }
}

/** Whether a value is `*` alone. */
function isAnything({ text, hasWildcards }: WrittenValue): boolean {
  return hasWildcards && /^\*+$/.test(text)
}
