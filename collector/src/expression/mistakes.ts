import type { TypeCheckResult } from '@marcbachmann/cel-js'
import { closestWord } from '../event/closest-word.ts'
import { EVENT_FIELDS, OBJECT_FIELDS } from './event-view.ts'

/** One thing wrong with an expression. `offset` counts characters from the start of its text. */
export interface Mistake {
  readonly offset: number
  readonly what: string
  readonly fix: string
}

const METHODS = [
  'contains',
  'startsWith',
  'endsWith',
  're2',
  'lowerAscii',
  'upperAscii',
  'trim',
  'indexOf',
  'lastIndexOf',
  'substring',
  'split',
  'join',
  'size',
  'exists',
  'exists_one',
  'all',
  'filter',
  'map',
  'getHours',
  'getMinutes',
  'getDayOfWeek',
  'getDayOfMonth',
  'getMonth',
  'getFullYear',
] as const

/** What people write who come from other languages, and what CEL has for it. */
const FOREIGN: Readonly<Record<string, string>> = {
  includes: 'contains',
  toLowerCase: 'lowerAscii',
  toUpperCase: 'upperAscii',
  lower: 'lowerAscii',
  upper: 'upperAscii',
  hasPrefix: 'startsWith',
  hasSuffix: 'endsWith',
  length: 'size',
  any: 'exists',
  some: 'exists',
  every: 'all',
  match: 're2',
  regex: 're2',
}

/** Turns an error of the checker into a place, a sentence and a fix. */
export function mistakeOf(error: NonNullable<TypeCheckResult['error']>, source: string, offset: number): Mistake {
  const start = Math.min(error.range?.start ?? 0, source.length)
  const excerpt = source.slice(start, error.range?.end ?? source.length)
  const { what, fix } = explain(error.code, error.summary, excerpt, source, start)
  return { offset: offset + start, what, fix }
}

function explain(
  code: string,
  summary: string,
  excerpt: string,
  source: string,
  start: number,
): Omit<Mistake, 'offset'> {
  switch (code) {
    case 'no_such_key':
      return unknownField(excerpt.replace(/^.*\./, ''), source.slice(0, start))
    case 'unknown_variable':
      return unknownVariable(excerpt)
    case 'no_matching_overload':
      return unknownFunction(summary)
    case 'no_such_overload':
      return {
        what: `${capitalized(summary)}.`,
        fix: 'Compare values of one type: texts in quotes, whole numbers without a point.',
      }
    default:
      return { what: `${capitalized(summary)}.`, fix: syntaxFix(summary, source, start) }
  }
}

function unknownField(name: string, before: string): Omit<Mistake, 'offset'> {
  const ofObject = /\b(?:regarding|related)\.$/.test(before)
  const names = Object.keys(ofObject ? OBJECT_FIELDS : EVENT_FIELDS)
  const path = ofObject ? 'event.regarding.' : 'event.'
  const near = closestWord(name, names)
  const fix = near === null ? `Fields are: ${names.join(', ')}.` : `Did you mean ${path}${near}?`
  return { what: `There is no field "${name}".`, fix }
}

function unknownVariable(name: string): Omit<Mistake, 'offset'> {
  const near = closestWord(name, Object.keys(EVENT_FIELDS))
  const what = `"${name}" is not known: everything starts at "event".`
  if (/^(?:and|or|not)$/i.test(name)) return { what, fix: 'CEL writes && for and, || for or, ! for not.' }
  return { what, fix: near === null ? 'Write for example event.reason.' : `Write event.${near}.` }
}

function unknownFunction(summary: string): Omit<Mistake, 'offset'> {
  const called = /'(?:(.{1,100})\.)?(\w{1,100})\((.{0,200})\)'/.exec(summary)
  const name = called?.[2] ?? ''
  const receiver = called?.[1]
  const what = `There is no ${name}(${called?.[3] ?? ''})${receiver === undefined ? '' : ` on ${receiver}`}.`
  const near = FOREIGN[name] ?? closestWord(name, METHODS)
  if (near === null) return { what, fix: `Functions are: ${METHODS.join(', ')}.` }
  return { what, fix: near === name ? `Check what ${name} is called on and its arguments.` : `Did you mean ${near}()?` }
}

function syntaxFix(summary: string, source: string, start: number): string {
  const character = /character: (.)/.exec(summary)?.[1]
  if (character === '=') return 'Write == to compare.'
  if (character === '&' || character === '|') return 'Write && for and, || for or.'
  if (summary.includes('EOF')) return 'Something is missing at the end: an operand, a quote or a bracket.'
  if (/^(?:and|or|not)\b/i.test(source.slice(start))) return 'CEL writes && for and, || for or, ! for not.'
  if (summary.includes('string')) return 'Close the text with the quote it began with.'
  return 'See docs/rules.md for the language.'
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
