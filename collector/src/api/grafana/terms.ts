import type { EpochMicros } from '../../clock.ts'
import { isListable, resolveField, unknownField, type ResolvedField } from '../../query/fields.ts'
import type { Filter } from '../../query/model.ts'
import { noteTokens } from '../../query/note-tokens.ts'
import type { QueryMistake } from '../../query/invalid-query.ts'
import { allOf, anyOf, noneOf } from '../../query/simplify-filter.ts'
import { parseTimeSpan, TIME_EXAMPLES } from '../../query/time.ts'
import { LEVELS, severitiesOf } from './level.ts'
import { meant } from './no-value.ts'
import { readRegex } from './pattern-regex.ts'
import type { Term } from './query-schema.ts'
import { VALUE_OF_ROW } from './row-value.ts'

/** Grafana's own name for how bad a log row is: a filter on it becomes one on our severity. */
const LEVEL_KEYS = ['level', 'detected_level']

/** A variable of a dashboard as it is stored. No value of Kubernetes looks like it. */
const UNFILLED = /^(\$\w+|\$\{\w+(:\w+)?\}|\[\[\w+\]\])$/

const NOTHING: Filter = { op: 'or', filters: [] }

/**
 * The condition that filters of Grafana stand for: those of the builder, of ad hoc variables and of "filter for value". They
 * arrive as key, operator and values and never as text, so that no value can be read as syntax.
 *
 * @param report told of each term that cannot be kept, with what to write instead.
 */
export function filterOfTerms(
  terms: readonly Term[],
  now: EpochMicros,
  report: (mistake: QueryMistake) => void,
): Filter {
  return allOf(terms.map((term, index) => filterOf(term, now, (message) => report({ parameter: `filter ${index + 1} (${term.key})`, message })))) // prettier-ignore
}

function filterOf({ key, operator, values: given }: Term, now: EpochMicros, report: (message: string) => void): Filter {
  const values = given.filter((value) => !VALUE_OF_ROW.test(value))
  // A variable that stands for all has no value, and a link of the sum of all rows no row.
  if (values.length === 0) return { op: 'all' }
  if (LEVEL_KEYS.includes(key)) return levelFilter(operator, values, report)
  const unfilled = values.find((value) => UNFILLED.test(value))
  if (unfilled !== undefined) return refuse(report, `nobody filled in the variable ${unfilled}: public dashboards and alert rules have none. Write the value itself, or remove the condition`) // prettier-ignore
  const field = resolveField(key)
  if (field === null) return refuse(report, unknownField(key))
  if (field.field.type === 'map' && field.key === null)
    return refuse(report, `${key} holds many values. Name one, as in ${key}.app`)
  switch (operator) {
    case '=':
    case '=|':
      return oneOf(field, values, now, report)
    case '!=':
    case '!=|':
      return noneOf(oneOf(field, values, now, report))
    case '=~':
      return likeOneOf(field, values, report)
    case '!~':
      return noneOf(likeOneOf(field, values, report))
    case '<':
    case '>':
      return bound(field, operator, values, now, report)
  }
}

function levelFilter(operator: Term['operator'], values: readonly string[], report: (message: string) => void): Filter {
  if (operator === '<' || operator === '>' || operator === '=~' || operator === '!~')
    return refuse(report, `a level is one of ${LEVELS.join(', ')}: use = or !=, or < and > on severity`)
  const severities = values.flatMap((value) => {
    const found = severitiesOf(value)
    if (found.length === 0) report(`"${value}" is no level here. It is one of ${LEVELS.join(', ')}`)
    return found
  })
  const filter: Filter = { op: 'in', field: 'severity', values: severities }
  return operator === '!=' || operator === '!=|' ? noneOf(filter) : filter
}

function oneOf(
  { field, name }: ResolvedField,
  values: readonly string[],
  now: EpochMicros,
  report: (message: string) => void,
): Filter {
  if (name === 'note') return anyOf(values.map((value) => wordsOf(value, report)))
  // Labels of a log row give times as text: the µs that the text names.
  if (field.type === 'time') return anyOf(values.map((value) => spanOf(name, value, now, report)))
  return { op: 'in', field: name, values: values.map(meant) }
}

function wordsOf(value: string, report: (message: string) => void): Filter {
  const words = noteTokens(value)
  if (words.length > 0) return { op: 'words', words, lastIsPrefix: false }
  return refuse(report, `"${value}" holds no letter or digit, and notes are searched by words`)
}

function spanOf(field: string, value: string, now: EpochMicros, report: (message: string) => void): Filter {
  const span = parseTimeSpan(value, now)
  if (span === null) return refuse(report, `"${value}" is no time. Write ${TIME_EXAMPLES}`)
  return { op: 'range', field, gte: span.start, lt: span.end }
}

function likeOneOf(resolved: ResolvedField, values: readonly string[], report: (message: string) => void): Filter {
  const { name } = resolved
  if (name === 'note') return refuse(report, 'notes are searched by words. Use = with the words, or Lucene text')
  if (!isListable(resolved) && resolved.field.type !== 'text')
    return refuse(report, `${name} has no wildcards. Use =, < or >`)
  return anyOf(
    values.flatMap((value): readonly Filter[] => {
      const alternatives = readRegex(value)
      if (alternatives === null)
        return [refuse(report, `the expression "${value}" says more than filters can. Alternatives of texts with . .* and .+ are possible, as in Back.*|Failed.*; or use "one of"`)] // prettier-ignore
      return alternatives.map((each) => (each.kind === 'text' ? { op: 'in', field: name, values: [each.text] } : { op: 'like', field: name, pattern: each.pattern })) // prettier-ignore
    }),
  )
}

function bound(
  { field, name }: ResolvedField,
  operator: '<' | '>',
  [value = '']: readonly string[],
  now: EpochMicros,
  report: (message: string) => void,
): Filter {
  const isLess = operator === '<'
  if (field.type === 'integer') {
    const number = value.trim() === '' ? NaN : Number(value)
    if (!Number.isFinite(number)) return refuse(report, `${name} is a number, not "${value}"`)
    return { op: 'range', field: name, [isLess ? 'lt' : 'gt']: number }
  }
  if (field.type === 'time') {
    const span = parseTimeSpan(value, now)
    if (span === null) return refuse(report, `"${value}" is no time. Write ${TIME_EXAMPLES}`)
    return isLess ? { op: 'range', field: name, lt: span.start } : { op: 'range', field: name, gte: span.end }
  }
  if (field.ranked === true) {
    const place = field.values?.indexOf(value) ?? -1
    if (place < 0) return refuse(report, `${name} is one of ${field.values?.join(', ') ?? ''}, not "${value}"`)
    return { op: 'in', field: name, values: (field.values ?? []).slice(isLess ? 0 : place + 1, isLess ? place : undefined) } // prettier-ignore
  }
  return refuse(report, `${name} has no order, so it has no < and >`)
}

function refuse(report: (message: string) => void, message: string): Filter {
  report(message)
  return NOTHING
}
