import { formatMicros } from '../../event/rfc3339.ts'
import { knownField } from '../../query/field-value.ts'
import { wildcardParts, type WildcardPart } from '../../query/filter.ts'
import type { ResolvedField } from '../../query/fields.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'

export type Query = Readonly<Record<string, unknown>>
type RangeFilter = Extract<Filter, { op: 'range' }>
type WordsFilter = Extract<Filter, { op: 'words' }>

const NONE: Query = { match_none: {} }
const ALL: Query = { match_all: {} }
const BOUNDS = ['gte', 'gt', 'lte', 'lt'] as const
/** Where the analyzer `whitespace` cuts a token. */
const LONGEST_TOKEN = 255
/** Above every text that occurs: `flattened` wants both ends of a range. U+10FFFF is no character. */
const ABOVE_ALL = '\u{10FFFF}'.repeat(8)

/** The rows of [from, to) that match. No scores are computed, and every part may be cached. */
export function matchQuery({ from, to, filter }: TimeRange & { readonly filter: Filter }): Query {
  const range = { range: { '@timestamp': { gte: formatMicros(from), lt: formatMicros(to) } } }
  return { bool: { filter: filter.op === 'all' ? [range] : [range, filterQuery(filter)] } }
}

/**
 * A filter in Elasticsearch's query language, with the meaning that stands beside {@link Filter}.
 *
 * @throws InvalidQueryError for a pattern on a map entry that is more than a beginning: `flattened` knows no other.
 */
export function filterQuery(filter: Filter): Query {
  switch (filter.op) {
    case 'all':
      return ALL
    case 'and':
      return allOf(filter.filters.map(filterQuery))
    case 'or':
      return anyOf(filter.filters.map(filterQuery))
    case 'not':
      return noneOf(filterQuery(filter.filter))
    case 'in':
      return inQuery(knownField(filter.field), filter.values)
    case 'like':
      return likeQuery(knownField(filter.field), filter.pattern)
    case 'range':
      return rangeQuery(filter)
    case 'exists':
      return existsQuery(knownField(filter.field))
    case 'words':
      return wordsQuery(filter)
  }
}

/** Where a field stands in the documents. */
export function pathOf({ field, name, key }: ResolvedField): string {
  if (field.name === 'lastObserved') return '@timestamp'
  return field.type === 'map' && key === null ? `${field.name}Keys` : name
}

function inQuery(resolved: ResolvedField, values: readonly string[]): Query {
  const { field } = resolved
  const path = pathOf(resolved)
  if (field.name === 'id') return { ids: { values } }
  switch (field.type) {
    case 'integer':
      return integerIn(field.name, values)
    case 'time':
      return { terms: { [path]: values.filter(isDecimal).map((value) => timeBound(field.name, Number(value))) } }
    case 'boolean':
      return anyOf(values.flatMap((value) => booleanIs(path, value)))
    case 'text':
    case 'list':
    case 'map': {
      const known = values.filter((value) => value !== '')
      const listed = known.length === 0 ? NONE : { terms: { [path]: known } }
      return values.includes('') ? anyOf([listed, isEmpty(resolved)]) : listed
    }
  }
}

/** Only `countUnplaced` and `resourceVersion` may be absent: the one then means 0, the other nothing. */
function integerIn(name: string, values: readonly string[]): Query {
  const numbers = values.filter(isDecimal)
  const absent = name === 'resourceVersion' ? '' : name === 'countUnplaced' ? '0' : null
  return anyOf([
    ...(numbers.length === 0 ? [] : [{ terms: { [name]: numbers.map(Number) } }]),
    ...(absent !== null && values.includes(absent) ? [noneOf(present(name))] : []),
  ])
}

/** False is the absent value. */
function booleanIs(path: string, value: string): readonly Query[] {
  if (value !== 'true' && value !== 'false') return []
  const isTrue = { term: { [path]: true } }
  return [value === 'true' ? isTrue : noneOf(isTrue)]
}

function likeQuery(resolved: ResolvedField, pattern: string): Query {
  const path = pathOf(resolved)
  const parts = wildcardParts(pattern)
  if (parts.every((part) => part === 'any')) return parts.length === 0 ? isEmpty(resolved) : ALL
  if (resolved.key !== null) return entryLike(path, parts, resolved.name)
  return { wildcard: { [path]: { value: parts.map(wildcardOf).join('') } } }
}

function wildcardOf(part: WildcardPart): string {
  if (typeof part === 'string') return part === 'any' ? '*' : '?'
  return part.text.replace(/[\\*?]/g, '\\$&')
}

function entryLike(path: string, parts: readonly WildcardPart[], name: string): Query {
  const [first, ...rest] = parts
  if (typeof first === 'object' && rest.every((part) => part === 'any'))
    return rest.length === 0 ? { term: { [path]: first.text } } : { prefix: { [path]: { value: first.text } } }
  const message = `Elasticsearch finds an entry of a map by its value or its beginning only. Use ${name}:text or ${name}:text*`
  throw new InvalidQueryError([{ parameter: 'query', message }])
}

function rangeQuery(filter: RangeFilter): Query {
  const resolved = knownField(filter.field)
  const { field, key } = resolved
  const path = pathOf(resolved)
  const bounds = BOUNDS.flatMap((name) => (filter[name] === undefined ? [] : [[name, filter[name]] as const]))
  if (field.type === 'time' || field.type === 'integer') return numberRange(field.name, path, bounds)
  if (field.type === 'boolean') return booleanRange(path, filter)
  // The empty text is in no range, and `flattened` wants both ends.
  const lower = filter.gte === undefined && filter.gt === undefined ? { gt: '' } : {}
  const upper = filter.lte === undefined && filter.lt === undefined && key !== null ? { lte: ABOVE_ALL } : {}
  return { range: { [path]: { ...lower, ...upper, ...Object.fromEntries(bounds) } } }
}

function numberRange(name: string, path: string, bounds: readonly (readonly [string, number | string])[]): Query {
  if (bounds.length === 0) return name === 'resourceVersion' ? present(path) : ALL
  const values = bounds.map(([bound, value]) => [bound, timeBound(name, Number(value))] as const)
  const range = { range: { [path]: Object.fromEntries(values) } }
  const holdsZero = bounds.every(([bound, value]) => holds(bound, 0, Number(value)))
  return name === 'countUnplaced' && holdsZero ? anyOf([range, noneOf(present(path))]) : range
}

function holds(bound: string, value: number, limit: number): boolean {
  if (bound === 'gte') return value >= limit
  if (bound === 'gt') return value > limit
  return bound === 'lte' ? value <= limit : value < limit
}

function booleanRange(path: string, { gte, gt, lte, lt }: RangeFilter): Query {
  const inside = ['true', 'false'].filter(
    (word) =>
      (gte === undefined || word >= String(gte)) &&
      (gt === undefined || word > String(gt)) &&
      (lte === undefined || word <= String(lte)) &&
      (lt === undefined || word < String(lt)),
  )
  return anyOf(inside.flatMap((word) => booleanIs(path, word)))
}

/** `deltaSince` is stored as the number it is, the other times as ISO text. */
function timeBound(name: string, value: number): number | string {
  return name === 'lastObserved' || name === 'firstObserved' || name === 'received' ? formatMicros(value) : value
}

function existsQuery(resolved: ResolvedField): Query {
  const { field, key, name } = resolved
  if (field.name === 'note') return present('noteTokens')
  if (field.type === 'boolean' || name === 'countUnplaced') return ALL
  return key === null ? present(pathOf(resolved)) : { term: { [`${field.name}Keys`]: key } }
}

/** The field's text is the empty one: nothing is indexed. */
function isEmpty(resolved: ResolvedField): Query {
  return noneOf(present(pathOf(resolved)))
}

function wordsQuery({ words, lastIsPrefix }: WordsFilter): Query {
  const tokens = words.flatMap(cutToken)
  const last = tokens.pop() ?? ''
  if (!lastIsPrefix) return { match_phrase: { noteTokens: { query: words.join(' '), analyzer: 'whitespace' } } }
  const prefix = { prefix: { noteTokens: { value: last } } }
  if (tokens.length === 0) return prefix
  const clauses = [...tokens.map((token) => ({ span_term: { noteTokens: token } })), { span_multi: { match: prefix } }]
  return { span_near: { clauses, slop: 0, in_order: true } }
}

/** A word as the analyzer cuts it. */
function cutToken(word: string): readonly string[] {
  const parts = []
  for (let start = 0; start < word.length || start === 0; start += LONGEST_TOKEN)
    parts.push(word.slice(start, start + LONGEST_TOKEN))
  return parts
}

/** Decimal digits as the query model writes integers: `007` is the text of no number. */
function isDecimal(value: string): boolean {
  return /^-?\d{1,16}$/.test(value) && String(Number(value)) === value
}

function present(field: string): Query {
  return { exists: { field } }
}

function allOf(queries: readonly Query[]): Query {
  return queries.length === 0 ? ALL : { bool: { filter: queries } }
}

function anyOf(queries: readonly Query[]): Query {
  return queries.length === 0 ? NONE : { bool: { should: queries, minimum_should_match: 1 } }
}

function noneOf(query: Query): Query {
  return { bool: { must_not: [query] } }
}
