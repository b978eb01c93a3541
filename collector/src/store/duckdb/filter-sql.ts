import { wildcardParts } from '../../query/filter.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { fieldSql, type FieldSql } from './field-sql.ts'
import { givenTable } from './given-table.ts'
import { isSortableId, uuidOfId } from './sortable-id.ts'
import type { Bindings } from './sql-text.ts'

type RangeFilter = Extract<Filter, { op: 'range' }>
type WordsFilter = Extract<Filter, { op: 'words' }>

/** A column of {@link rowsFor}: each phrase of a filter looks at it several times, and would keep a copy of its own every time. */
const LOWER_NOTE = 'lower_note'

/** The rows, under the name `observations`, with what {@link matchSql} of the same filter needs of each. */
export function rowsFor(filter: Filter): string {
  return hasWords(filter)
    ? `(SELECT *, rowid, lower(note) AS ${LOWER_NOTE} FROM observations) AS observations`
    : 'observations'
}

function hasWords(filter: Filter): boolean {
  if (filter.op === 'and' || filter.op === 'or') return filter.filters.some(hasWords)
  return filter.op === 'not' ? hasWords(filter.filter) : filter.op === 'words'
}

/** The rows of [from, to) that match, as a condition on {@link rowsFor} that is never null. */
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
      return isOneOf(sql.text, values, bindings)
    case 'entry':
      return isOneOf(`coalesce(${sql.value}, '')`, values, bindings)
    case 'boolean':
      return isOneOf(`${sql.boolean}::VARCHAR`, values, bindings)
    case 'list':
      return `list_has_any(${sql.texts}, from_json(${bindings.bind(JSON.stringify(values))}::VARCHAR, '["VARCHAR"]'))`
    case 'number': {
      const numbers = values.filter(isDecimal)
      return anyOf([
        ...(numbers.length === 0 ? [] : [isOneOf(sql.number, numbers, bindings, 'BIGINT')]),
        ...(sql.nullable && values.includes('') ? [`${sql.number} IS NULL`] : []),
      ])
    }
  }
}

/** More values are looked up in a table of their own: as values of the statement each would be bound and planned by itself. */
const MOST_IN_STATEMENT = 20

/** Whether an expression has one of these values; false where it is null. */
function isOneOf(
  expression: string,
  values: readonly string[],
  bindings: Bindings,
  type: 'VARCHAR' | 'BIGINT' | 'UUID' = 'VARCHAR',
): string {
  const few = values.length <= MOST_IN_STATEMENT
  const cast = (value: string) => (type === 'VARCHAR' ? value : `${value}::${type}`)
  const list = few
    ? values.map((value) => cast(bindings.bind(value))).join(', ')
    : `SELECT ${cast('value')} FROM (${givenTable({ value: { type: 'VARCHAR', values } }, bindings)})`
  return `coalesce(${expression} IN (${list}), false)`
}

/** Values that are stored as numbers are compared as numbers: building the text of five million rows takes seconds. */
function nativeIn(field: string, values: readonly string[], bindings: Bindings): string | null {
  if (field === 'id') {
    const known = values.filter(isSortableId)
    return known.length === 0 ? 'false' : isOneOf('id', known.map(uuidOfId), bindings, 'UUID')
  }
  if (field === 'name') return nameIs(values, bindings)
  if (field !== 'uid' && field !== 'regarding.uid') return null
  const column = field.replace('.', '_')
  const numbers = values.filter((value) => UUID.test(value))
  const texts = values.filter((value) => !UUID.test(value) && value !== '')
  return anyOf([
    ...(numbers.length === 0 ? [] : [isOneOf(column, numbers, bindings, 'UUID')]),
    ...(texts.length === 0 ? [] : [isOneOf(`${column}_text`, texts, bindings)]),
    ...(values.includes('') ? [`(${column} IS NULL AND ${column}_text IS NULL)`] : []),
  ])
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** An event's name is stored either whole, or as the object's name and a number. */
function nameIs(names: readonly string[], bindings: Bindings): string {
  const numbered = names.flatMap((name) => {
    const [, object, digits] = /^(.*)\.([1-9a-f][0-9a-f]{0,15})$/s.exec(name) ?? []
    return object === undefined || digits === undefined ? [] : [{ object, number: `0x${digits}` }]
  })
  const whole = isOneOf('name_text', names, bindings)
  if (numbered.length === 0) return whole
  const given = givenTable(
    {
      object: { type: 'VARCHAR', values: numbered.map(({ object }) => object) },
      number: { type: 'VARCHAR', values: numbered.map(({ number }) => number) },
    },
    bindings,
  )
  const parts = `(regarding_name, name_number) IN (SELECT object, number::UBIGINT FROM (${given}))`
  return `(${whole} OR coalesce(${parts}, false))`
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
    [...new Set(words)].filter(Boolean).map((word) => `contains(${LOWER_NOTE}, ${bindings.bind(word)})`),
  )
  return `(CASE WHEN note_tokens IS NOT NULL THEN ${stored} WHEN ${found} THEN regexp_matches(${LOWER_NOTE}, ${pattern}) ELSE false END)`
}

const TOKEN = /^[\p{L}\p{N}]+$/u
const ASCII_TOKEN = /^[a-z0-9]*$/

function anyOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`
}

function allOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : `(${conditions.join(' AND ')})`
}
