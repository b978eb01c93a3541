import { z } from 'zod'
import { TRAITS, USUAL_PATTERN } from '../../event/pattern.ts'
import { InvalidQueryError, type QueryMistake } from '../../query/invalid-query.ts'
import { METRICS, MOST_PER_MINUTE } from '../../query/request-parts.ts'
import type { Metric } from '../../query/model.ts'

/** The version of the query JSON that this collector writes and understands; older ones are brought up to it. */
export const SCHEMA_VERSION = 1

export const QUERY_TYPES = ['events', 'context', 'aggregate', 'patterns', 'correlations', 'timeline', 'annotations', 'problems', 'incidents', 'causes', 'similar'] as const // prettier-ignore
export const OPERATORS = ['=', '!=', '=|', '!=|', '=~', '!~', '<', '>'] as const

/** Metrics whose value is a number for a chart; first and last are times. `active`, `watched` and `complete` are of this interface alone. */
const CHART_METRICS = METRICS.filter((metric) => metric !== 'first' && metric !== 'last') as [Metric, ...Metric[]]

const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: ({ input }) => `"${String(input)}" is none of ${values.join(', ')}` })

const wholeNumber = (most: number) => {
  const error = `must be a whole number from 1 to ${most.toLocaleString('en')}`
  return z.number(error).int(error).min(1, error).max(most, error)
}

const texts = z.array(z.string(), 'must be a list of texts').max(20_000, 'has more than 20,000 values')

export const term = z.object({
  key: z.string('must be the name of a field').min(1, 'must be the name of a field'),
  operator: oneOf(OPERATORS),
  values: texts,
})

/** A condition of a builder row, an ad hoc filter or "filter for value". */
export type Term = z.output<typeof term>

/** A year: a panel of a longer interval would have no point. */
const LONGEST_INTERVAL_MS = 31_536_000_000

const milliseconds = z.number('must be milliseconds since 1970').int('must be whole milliseconds').min(0).max(9_007_199_254_740) // prettier-ignore

const timeRange = z.object({ from: milliseconds, to: milliseconds })

/** Where in a log a row stands whose neighbours are asked for. */
const context = z.object({
  id: z.string(),
  timeNs: z.string().regex(/^\d{1,19}$/, 'must be nanoseconds since 1970 as digits'),
  direction: oneOf(['forward', 'backward']),
  scope: oneOf(['object', 'owner', 'node', 'namespace']).default('object'),
  labels: z.record(z.string(), z.string()),
})

/** A panel's query. Keys that Grafana adds of its own are let pass. */
const querySchema = z.object({
  refId: z.string().default('A'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  queryType: oneOf(QUERY_TYPES).default('events'),
  supportingQueryType: z.string().optional(),
  /** Whose query it is, for links of its answer. */
  datasource: z.object({ uid: z.string() }).optional().catch(undefined),
  filter: z
    .object({ text: z.string('must be a text').default(''), terms: z.array(term).max(200).default([]) })
    .prefault({}),
  adHoc: z.array(term).max(200).default([]),
  timezone: z.string().default('UTC'),
  view: oneOf(['events', 'observations']).default('events'),
  order: oneOf(['newest', 'oldest']).default('newest'),
  /** Of a page of infinite scroll: the range of the first page. */
  scrolled: timeRange.optional(),
  limit: wholeNumber(5_000).optional(),
  context: context.optional(),
  metric: oneOf([...CHART_METRICS, 'active', 'watched', 'complete']).default('occurrences'),
  groupBy: z.array(z.string()).max(8, 'has more than 8 fields').default([]),
  top: wholeNumber(1_000).optional(),
  format: oneOf(['auto', 'timeseries', 'numeric', 'table', 'heatmap']).default('auto'),
  interval: z.string().default('auto'),
  /** Of a table: beside each number that of the range so much earlier, and how it changed. */
  compare: oneOf(['none', 'day', 'week']).default('none'),
  patternBy: z.array(z.string()).max(8).default([]),
  minOccurrences: wholeNumber(1_000_000_000).default(USUAL_PATTERN.minOccurrences),
  minRatePerMinute: z
    .number('must be a number')
    .min(0, 'must not be negative')
    .max(MOST_PER_MINUTE, `must be at most ${MOST_PER_MINUTE.toLocaleString('en')}`)
    .default(USUAL_PATTERN.minRatePerMinute),
  /** Patterns that have one of these, whatever the thresholds. */
  traits: z.array(oneOf(TRAITS)).default([]),
  correlationId: z.string().optional(),
  /** Of problems, causes and similar ones: those of this incident. */
  incidentId: z.string().optional(),
  /** What annotations mark. */
  marks: oneOf(['events', 'incidents']).default('events'),
  /** Of problems: also those that are over, and every object by itself. */
  withOver: z.boolean().default(false),
  eachObject: z.boolean().default(false),
  timelineBy: oneOf(['object', 'workload', 'node', 'namespace', 'problem']).default('workload'),
  tagFields: z.array(z.string()).max(8).default(['reason', 'namespace']),
  intervalMs: z.number().min(1).max(LONGEST_INTERVAL_MS).catch(60_000).default(60_000),
  maxDataPoints: z.number().min(1).catch(1_000).default(1_000),
  timeRange,
})

export type GrafanaQuery = z.output<typeof querySchema>
export type QueryType = GrafanaQuery['queryType']

/** What is read of every query before it is known to be one: whose answer it is. */
export function refIdOf(query: unknown): string {
  const refId = isObject(query) ? query['refId'] : undefined
  return typeof refId === 'string' ? refId : 'A'
}

/**
 * A stored query, whatever version wrote it, as this version reads it. Version 0 had no number:
 * `{queryType?, query?: Lucene text, limit?}`.
 *
 * @throws InvalidQueryError it is no object, or of a later version.
 */
export function migrateQuery(query: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(query)) throw new InvalidQueryError([{ parameter: 'query', message: 'must be a JSON object. Remove the query and make it again in the editor' }]) // prettier-ignore
  const { schemaVersion = 0 } = query
  if (schemaVersion === SCHEMA_VERSION) return query
  if (schemaVersion === 0) {
    const { query: text, ...rest } = query
    const filter = { text: typeof text === 'string' ? text : '', terms: [], ...(isObject(rest['filter']) ? rest['filter'] : {}) } // prettier-ignore
    return { ...rest, schemaVersion: SCHEMA_VERSION, filter }
  }
  const message = `the query is of version ${JSON.stringify(schemaVersion)}, and this collector reads up to ${SCHEMA_VERSION}. Update the collector, or make the query again` // prettier-ignore
  throw new InvalidQueryError([{ parameter: 'schemaVersion', message }])
}

/** @throws InvalidQueryError with every problem. */
export function parseGrafanaQuery(query: unknown): GrafanaQuery {
  const result = querySchema.safeParse(withoutNulls(migrateQuery(query)))
  if (!result.success) throw new InvalidQueryError(result.error.issues.map(mistakeOf))
  const { from, to } = result.data.timeRange
  if (from < to) return result.data
  throw new InvalidQueryError([{ parameter: 'timeRange', message: 'the range ends before it begins. Exchange its ends' }]) // prettier-ignore
}

function mistakeOf({ path, message }: z.core.$ZodIssue): QueryMistake {
  return { parameter: path.join('.') || 'query', message }
}

/** Editors write null for "not set". */
function withoutNulls(query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
