import { wildcardParts } from '../../query/filter.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { fieldSql, type FieldSql } from './field-sql.ts'
import { isSortableId, uuidOfId } from './sortable-id.ts'
import type { Bindings } from './sql-text.ts'

type RangeFilter = Extract<Filter, { op: 'range' }>
type WordsFilter = Extract<Filter, { op: 'words' }>

/** The rows of [from, to) that match, as a condition that is never null. */
export function matchSql({ from, to, filter }: TimeRange & { readonly filter: Filter }, bindings: Bindings): string {
  const range = `last_observed >= ${bindings.bind(from)} AND last_observed < ${bindings.bind(to)}`
  return filter.op === 'all' ? range : `${range} AND ${filterSql(filter, bindings)}`
}

/** A filter as a condition that is true or false, never null: so that NOT means not. */
export function filterSql(filter: Filter, bindings: Bindings): string {
  switch (filter.op) {
    case 'all':
      return 'true'
    case 'and':
    case 'or':
      return combined(filter, bindings)
    case 'not':
      return `(NOT ${filterSql(filter.filter, bindings)})`
    case 'in':
      return inSql(filter.field, filter.values, bindings)
    case 'like':
      return likeSql(filter.field, filter.pattern, bindings)
    case 'range':
      return rangeSql(filter, bindings)
    case 'exists':
      return existsSql(fieldSql(filter.field, bindings))
    case 'words':
      return wordsSql(filter, bindings)
  }
}

function combined({ op, filters }: Extract<Filter, { op: 'and' | 'or' }>, bindings: Bindings): string {
  if (filters.length === 0) return op === 'and' ? 'true' : 'false'
  return `(${filters.map((part) => filterSql(part, bindings)).join(op === 'and' ? ' AND ' : ' OR ')})`
}

function inSql(field: string, values: readonly string[], bindings: Bindings): string {
  if (values.length === 0) return 'false'
  const native = nativeIn(field, values, bindings)
  if (native !== null) return native
  const sql = fieldSql(field, bindings)
  switch (sql.kind) {
    case 'text':
      return `${sql.text} IN (${bindings.bindAll(values)})`
    case 'entry':
      return `coalesce(${sql.value}, '') IN (${bindings.bindAll(values)})`
    case 'boolean':
      return `${sql.boolean}::VARCHAR IN (${bindings.bindAll(values)})`
    case 'list':
      return `list_has_any(${sql.texts}, [${bindings.bindAll(values)}])`
    case 'number':
      return anyOf([
        ...values
          .filter(isDecimal)
          .map((value) => `${sql.number} IS NOT DISTINCT FROM ${bindings.bind(Number(value))}`),
        ...(sql.nullable && values.includes('') ? [`${sql.number} IS NULL`] : []),
      ])
  }
}

/** Values that are stored as numbers are compared as numbers: building the text of five million rows takes seconds. */
function nativeIn(field: string, values: readonly string[], bindings: Bindings): string | null {
  const uuids = (list: readonly string[]) => list.map((value) => `${bindings.bind(value)}::UUID`).join(', ')
  if (field === 'id') {
    const known = values.filter(isSortableId)
    return known.length === 0 ? 'false' : `id IN (${uuids(known.map(uuidOfId))})`
  }
  if (field === 'name') return anyOf(values.map((value) => nameIs(value, bindings)))
  if (field !== 'uid' && field !== 'regarding.uid') return null
  const column = field.replace('.', '_')
  const numbers = values.filter((value) => UUID.test(value))
  const texts = values.filter((value) => !UUID.test(value) && value !== '')
  return anyOf([
    ...(numbers.length === 0 ? [] : [`coalesce(${column} IN (${uuids(numbers)}), false)`]),
    ...(texts.length === 0 ? [] : [`coalesce(${column}_text IN (${bindings.bindAll(texts)}), false)`]),
    ...(values.includes('') ? [`(${column} IS NULL AND ${column}_text IS NULL)`] : []),
  ])
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** An event's name is stored either whole, or as the object's name and a number. */
function nameIs(name: string, bindings: Bindings): string {
  const whole = `coalesce(name_text = ${bindings.bind(name)}, false)`
  const parts = /^(.*)\.([1-9a-f][0-9a-f]{0,15})$/s.exec(name)
  if (parts === null) return whole
  const [object, digits] = [bindings.bind(parts[1] ?? ''), bindings.bind(`0x${parts[2] ?? ''}`)]
  return `(${whole} OR (name_number IS NOT DISTINCT FROM ${digits}::UBIGINT AND regarding_name = ${object}))`
}

/** Decimal digits as the query model writes integers: `007` is the text of no number. */
function isDecimal(value: string): boolean {
  return /^-?\d{1,16}$/.test(value) && String(Number(value)) === value
}

function likeSql(field: string, pattern: string, bindings: Bindings): string {
  const escaped = wildcardParts(pattern).map((part) => {
    if (typeof part === 'string') return part === 'any' ? '%' : '_'
    return part.text.replace(/[\\%_]/g, '\\$&')
  })
  const placeholder = bindings.bind(escaped.join(''))
  return onTexts(fieldSql(field, bindings), (text) => `${text} LIKE ${placeholder} ESCAPE '\\'`)
}

function rangeSql(filter: RangeFilter, bindings: Bindings): string {
  const sql = fieldSql(filter.field, bindings)
  const bounds = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const
  const given = Object.entries(bounds).flatMap(([name, operator]) => {
    const bound = filter[name as keyof typeof bounds]
    return bound === undefined ? [] : [{ operator, bound }]
  })
  if (sql.kind === 'number') {
    const conditions = given.map(({ operator, bound }) => `${sql.number} ${operator} ${bindings.bind(Number(bound))}`)
    // False, and not null, where the number is absent.
    return allOf(sql.nullable ? [`${sql.number} IS NOT NULL`, ...conditions] : conditions)
  }
  return onTexts(sql, (text) =>
    allOf([
      `${text} <> ''`,
      ...given.map(({ operator, bound }) => `${text} ${operator} ${bindings.bind(String(bound))}`),
    ]),
  )
}

/** A condition on the text of a field, or on one of its texts. */
function onTexts(sql: FieldSql, condition: (text: string) => string): string {
  switch (sql.kind) {
    case 'text':
      return `(${condition(sql.text)})`
    case 'entry':
      return `(${condition(`coalesce(${sql.value}, '')`)})`
    case 'boolean':
      return `(${condition(`${sql.boolean}::VARCHAR`)})`
    case 'number':
      return `(${condition(`coalesce(${sql.number}::VARCHAR, '')`)})`
    case 'list':
      return `(len(list_filter(${sql.texts}, lambda element: ${condition('element')})) > 0)`
  }
}

function existsSql(sql: FieldSql): string {
  switch (sql.kind) {
    case 'text':
      return `${sql.text} <> ''`
    case 'boolean':
      return 'true'
    case 'number':
      return `${sql.number} IS NOT NULL`
    case 'entry':
      return `(${sql.value} IS NOT NULL)`
    case 'list':
      return `(${sql.column} IS NOT NULL)`
  }
}

/**
 * Note tokens next to one another. The tokens of a note that is not ASCII are stored, because languages disagree on the
 * lower case of some letters; those of ASCII notes, nearly all, are found by a regular expression, which is only asked
 * where a plain search found the words.
 */
function wordsSql({ words, lastIsPrefix }: WordsFilter, bindings: Bindings): string {
  const prefix = lastIsPrefix ? (words.at(-1) ?? '') : null
  const whole = lastIsPrefix ? words.slice(0, -1) : words
  if (![...whole, ...(prefix === null || prefix === '' ? [] : [prefix])].every((word) => TOKEN.test(word)))
    return 'false'

  const joined = ` ${words.join(' ')}${lastIsPrefix ? '' : ' '}`
  const spaced = lastIsPrefix ? `' ' || note_tokens` : `' ' || note_tokens || ' '`
  const stored = `(note_tokens <> '' AND contains(${spaced}, ${bindings.bind(joined)}))`
  if (!words.every((word) => ASCII_TOKEN.test(word))) return `coalesce(${stored}, false)`

  const last = prefix === null ? '([^a-z0-9]|$)' : prefix === '' ? '[a-z0-9]' : ''
  const pattern = bindings.bind(`(^|[^a-z0-9])${words.join('[^a-z0-9]+')}${last}`)
  const found = allOf(
    [...new Set(words)].filter(Boolean).map((word) => `contains(lower(note), ${bindings.bind(word)})`),
  )
  return `(CASE WHEN note_tokens IS NOT NULL THEN ${stored} WHEN ${found} THEN regexp_matches(lower(note), ${pattern}) ELSE false END)`
}

const TOKEN = /^[\p{L}\p{N}]+$/u
const ASCII_TOKEN = /^[a-z0-9]*$/

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`
}

function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(' AND ')})`
}
