import type { Term } from './query'

/** A value as Lucene text takes it whole: in quotes unless it is plain. */
export function quoteValue(value: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_./-]*$/u.test(value) && !isWord(value)
    ? value
    : `"${value.replace(/[\\"]/g, '\\$&')}"`
}

/** A value with every character that is syntax made plain, right within and without quotes. */
export function escapeValue(value: string): string {
  if (value === '' || isWord(value)) return `"${value}"`
  return value.replace(/[^\p{L}\p{N}_]/gu, '\\$&')
}

/** Several values of a variable, for behind a colon. */
export function joinValues(values: readonly string[]): string {
  const [only, ...more] = values
  if (only === undefined) return '*'
  return more.length === 0 ? escapeValue(only) : `(${values.map(quoteValue).join(' OR ')})`
}

/** What a condition is as text; null where text has no word for it. */
export function termText({ key, operator, values }: Term): string | null {
  const [first = ''] = values
  const name = key.replace(/[^\p{L}\p{N}_./@-]/gu, '\\$&')
  const oneOf = values.length === 1 ? quoteValue(first) : `(${values.map(quoteValue).join(' OR ')})`
  switch (operator) {
    case '=':
    case '=|':
      return `${name}:${oneOf}`
    case '!=':
    case '!=|':
      return `NOT ${name}:${oneOf}`
    case '<':
    case '>':
      return `${name}:${operator}${quoteValue(first)}`
    case '=~':
    case '!~':
      return null
  }
}

/**
 * Text that says what text and conditions said together, and the conditions that only the builder can say. Levels are a word
 * of Grafana's, not a field, so they stay conditions too.
 */
export function joinIntoText(text: string, terms: readonly Term[]): { text: string; terms: readonly Term[] } {
  const parts: string[] = []
  const left: Term[] = []
  for (const term of terms) {
    const part = term.values.length === 0 || isLevel(term.key) ? null : termText(term)
    if (part === null) left.push(term)
    else parts.push(part)
  }
  const written = text.trim()
  const first = parts.length > 0 && /\s/.test(written) ? `(${written})` : written
  return { text: [first, ...parts].filter((part) => part !== '').join(' AND '), terms: left }
}

function isLevel(key: string): boolean {
  return key === 'level' || key === 'detected_level'
}

function isWord(value: string): boolean {
  return ['AND', 'OR', 'NOT', 'TO'].includes(value)
}
