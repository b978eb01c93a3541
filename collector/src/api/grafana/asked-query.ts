import { MILLISECOND, type EpochMicros } from '../../clock.ts'
import { resolveField, isGroupable, unknownField } from '../../query/fields.ts'
import { affordable } from '../../query/filter-bounds.ts'
import { parseLucene } from '../../query/lucene.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { InvalidQueryError, type QueryMistake } from '../../query/invalid-query.ts'
import { allOf } from '../../query/simplify-filter.ts'
import { isZone } from '../../query/windows.ts'
import type { EventReader } from '../../store/store.ts'
import type { Frame } from './frame.ts'
import { parseGrafanaQuery, SCHEMA_VERSION, type GrafanaQuery } from './query-schema.ts'
import { filterOfTerms } from './terms.ts'

/** One query of a panel, read and checked. Its range holds its start and not its end, for rows, marks, counts and rules alike. */
export interface AskedQuery extends TimeRange {
  readonly query: GrafanaQuery
  /** Text, builder terms and ad hoc filters together. */
  readonly filter: Filter
  /** Asked by an alert rule: the answer must be numbers. */
  readonly isAlert: boolean
}

/**
 * What a rule asks whose editor was opened and whose query was left as it was: Grafana shows the plugin's proposal (`newQuery`) and
 * stores an empty query.
 */
export const UNWRITTEN_RULE = {
  schemaVersion: SCHEMA_VERSION,
  queryType: 'aggregate',
  filter: { text: '', terms: [{ key: 'severity', operator: '=|', values: ['high', 'critical'] }] },
  metric: 'active',
  groupBy: ['cluster', 'namespace', 'owner.name', 'reason'],
  format: 'numeric',
} as const

/** What a query type makes of a query. */
export type AnswerQuery = (asked: AskedQuery, reader: EventReader, signal: AbortSignal) => Promise<readonly Frame[]>

/**
 * Reads a query of Grafana.
 *
 * @param now what `-1h` in its text counts from.
 * @throws InvalidQueryError with every problem.
 */
export function readQuery(json: unknown, isAlert: boolean, now: EpochMicros): AskedQuery {
  const query = parseGrafanaQuery(isAlert && isUnwritten(json) ? { ...json, ...UNWRITTEN_RULE } : json)
  const mistakes: QueryMistake[] = []
  const filters = [textFilter(query.filter.text, now, mistakes)]
  filters.push(filterOfTerms([...query.filter.terms, ...query.adHoc], now, (mistake) => mistakes.push(mistake)))
  if (!isZone(query.timezone)) mistakes.push({ parameter: 'timezone', message: `there is no time zone "${query.timezone}". Write an IANA name, for example UTC or Europe/Berlin` }) // prettier-ignore
  if (mistakes.length > 0) throw new InvalidQueryError(mistakes)
  const { from, to } = query.timeRange
  return { query, filter: affordable(allOf(filters)), isAlert, from: from * MILLISECOND, to: to * MILLISECOND }
}

/** Keys of which everything that an editor wrote, of whatever version, has one. */
const WRITTEN = ['schemaVersion', 'filter', 'query']

function isUnwritten(json: unknown): json is Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null) return false
  const query = json as Readonly<Record<string, unknown>>
  // Grafana writes an empty one.
  return !query['queryType'] && WRITTEN.every((key) => query[key] === undefined)
}

/** Names of groupable fields with their aliases resolved. @throws InvalidQueryError for each that is none. */
export function groupFields(parameter: string, names: readonly string[]): readonly string[] {
  const mistakes: QueryMistake[] = []
  const fields = names.map((name) => {
    const field = resolveField(name)
    if (field !== null && isGroupable(field)) return field.name
    mistakes.push({ parameter, message: field === null ? unknownField(name) : `${name} cannot be grouped by: it has no single short value` }) // prettier-ignore
    return name
  })
  if (new Set(fields).size < fields.length) mistakes.push({ parameter, message: 'names a field twice' })
  if (mistakes.length > 0) throw new InvalidQueryError(mistakes)
  return fields
}

function textFilter(text: string, now: EpochMicros, mistakes: QueryMistake[]): Filter {
  try {
    return parseLucene(text, now)
  } catch (error) {
    if (!(error instanceof InvalidQueryError)) throw error
    mistakes.push(...error.mistakes)
    return { op: 'all' }
  }
}
