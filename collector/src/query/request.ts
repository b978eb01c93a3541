import { z } from 'zod'
import type { EpochMicros } from '../clock.ts'
import { TRAITS, USUAL_PATTERN, type Trait } from '../event/pattern.ts'
import { CATEGORIES, SEVERITIES } from '../event/words.ts'
import { closestWord } from '../event/closest-word.ts'
import { cursorRange } from './cursor.ts'
import { affordable } from './filter-bounds.ts'
import { parseLucene } from './lucene.ts'
import type { AggregateQuery, EventQuery, Filter, LatestQuery, PatternQuery, TimeRange } from './model.ts'
import { InvalidQueryError, type QueryMistake } from './invalid-query.ts'
import {
  flag,
  groupFields,
  listableField,
  listOneOf,
  metricList,
  metricName,
  MOST_PER_MINUTE,
  queryText,
  readWindow,
  textList,
  timeText,
  wholeNumber,
  windowText,
  zoneName,
} from './request-parts.ts'
import { allOf } from './simplify-filter.ts'
import { EARLIEST, LATEST, parseTime } from './time.ts'
import { windowProblem } from './windows.ts'

/** Most rows of one answer; larger results are paged or exported. */
export const MAX_LIMIT = 10_000
/** Most groups of an aggregate that keep their names. */
export const MAX_TOP = 1_000
/** Most values of one completion, and most samples of one pattern. */
export const MAX_VALUES = 1_000
export const MAX_SAMPLES = 20

const listOf = (values: readonly string[], what: string) =>
  textList
    .pipe(
      z.array(
        z.enum(values as [string, ...string[]], {
          error: ({ input }) => `"${String(input)}" is no ${what}. It is one of ${values.join(', ')}`,
        }),
      ),
    )
    .meta(listOneOf(values))

/** Parameters that every question takes: what to look at. All of them must hold; the values of one are alternatives. */
const selection = {
  query: queryText
    .optional()
    .meta({ description: 'Lucene query syntax; empty for all', example: 'reason:BackOff AND namespace:shop' }),
  from: timeText
    .optional()
    .meta({ description: 'Start of the range, included; all that is stored when absent', example: '-1h' }),
  to: timeText.optional().meta({
    description: 'End of the range, excluded; now when `from` is relative, else behind the newest stored',
    example: 'now',
  }),
  cluster: textList.optional(),
  namespace: textList.optional().meta({ description: 'Namespaces of the objects' }),
  kind: textList.optional().meta({ description: 'Kinds of the objects' }),
  object: textList.optional().meta({ description: 'Names of the objects' }),
  workload: textList.optional().meta({ description: 'Names of the top controllers' }),
  node: textList.optional(),
  reason: textList.optional(),
  type: textList.optional(),
  severity: listOf(SEVERITIES, 'severity').optional(),
  category: listOf(CATEGORIES, 'category').optional(),
  correlationId: textList.optional(),
}

/** The field behind each parameter of {@link selection} that names values. */
const SELECTED_FIELDS = {
  cluster: 'cluster',
  namespace: 'namespace',
  kind: 'regarding.kind',
  object: 'regarding.name',
  workload: 'owner.name',
  node: 'node',
  reason: 'reason',
  type: 'type',
  severity: 'severity',
  category: 'category',
  correlationId: 'correlationId',
} as const

/** The parameters of each question, from a query string or a JSON body: the API's OpenAPI page is made of them. */
export const eventRequest = z.strictObject({
  ...selection,
  view: z
    .enum(['events', 'observations'], 'must be events (the newest version of each) or observations (all versions)')
    .default('events'),
  order: z.enum(['newest', 'oldest'], 'must be newest or oldest').default('newest'),
  limit: wholeNumber(1, MAX_LIMIT).default(100),
  cursor: z.string('must be the cursor of the page before').optional(),
})

export const aggregateRequest = z.strictObject({
  ...selection,
  groupBy: groupFields.default([]),
  window: windowText.optional().meta({ description: 'hour, day, week, month or a duration', example: '15m' }),
  timezone: zoneName.default('UTC'),
  metrics: metricList.default(['occurrences']),
  top: wholeNumber(1, MAX_TOP).optional().meta({ description: 'Groups that keep their names; the rest becomes one' }),
  orderBy: metricName.optional().meta({ description: 'What top goes by; the first metric when absent' }),
  zeroFill: flag.default(false),
})

export const latestRequest = z.strictObject({ ...selection, limit: wholeNumber(1, MAX_LIMIT).default(100) })

export const patternRequest = z.strictObject({
  ...selection,
  key: groupFields
    .refine((fields) => fields.length > 0, 'must name at least one field')
    .default([...USUAL_PATTERN.key]),
  minOccurrences: wholeNumber(1, Number.MAX_SAFE_INTEGER).default(USUAL_PATTERN.minOccurrences),
  minRatePerMinute: z.coerce
    .number('must be a number')
    .min(0, 'must not be negative')
    .max(MOST_PER_MINUTE, `must be at most ${MOST_PER_MINUTE.toLocaleString('en')}`)
    .default(USUAL_PATTERN.minRatePerMinute),
  limit: wholeNumber(1, MAX_LIMIT).default(100),
  samples: wholeNumber(0, MAX_SAMPLES).default(3),
  trait: listOf(TRAITS, 'trait of a pattern').default([]),
})

export const valueRequest = z.strictObject({
  ...selection,
  field: listableField,
  prefix: z.string('must be the text that values begin with').default(''),
  limit: wholeNumber(1, MAX_VALUES).default(20),
})

export const exportRequest = z.strictObject(selection)

/** What {@link parseValueRequest} makes: the argument of a store's `values`. */
export type ValueQuery = Omit<EventQuery, 'cursor' | 'view'> & { readonly field: string; readonly prefix: string }
/** What {@link parsePatternRequest} makes: with traits, the patterns that have one of them, whatever the thresholds. */
export type AskedPatterns = PatternQuery & {
  readonly traits: readonly Trait[]
  /** Nobody said where the range ends: it goes on behind the last row. */
  readonly isOpenEnded: boolean
}
/** What {@link parseExportRequest} makes: the argument of a store's `scan`. */
export type ScanQuery = Pick<EventQuery, 'from' | 'to' | 'filter'>

/**
 * Parameters into a query. Blank and null parameters count as absent. With a cursor, the range is that of its first page.
 *
 * @param now what relative times count from.
 * @throws InvalidQueryError with every problem, unknown parameters included.
 */
export function parseEventRequest(input: unknown, now: EpochMicros): EventQuery {
  const { view, order, limit, cursor, ...request } = read(eventRequest, input)
  const selected = select(request, now)
  if (cursor === undefined) return { ...selected, view, order, limit }
  return { ...selected, ...cursorRange(cursor), view, order, limit, cursor }
}

/** As {@link parseEventRequest}. */
export function parseAggregateRequest(input: unknown, now: EpochMicros): AggregateQuery {
  const request = read(aggregateRequest, input)
  const { groupBy, metrics, top, orderBy, zeroFill } = request
  const selected = select(request, now)
  const window = request.window === undefined ? null : readWindow(request.window, request.timezone)
  const isOpen = selected.from === EARLIEST || selected.to === LATEST
  const problem = window === null || isOpen ? null : windowProblem(window, selected)
  if (problem !== null) throw new InvalidQueryError([{ parameter: 'window', message: problem }])
  return {
    ...selected,
    groupBy,
    window,
    metrics,
    top: top === undefined ? null : { groups: top, orderBy: orderBy ?? metrics[0] ?? 'occurrences' },
    zeroFill: zeroFill && window !== null,
  }
}

/** As {@link parseEventRequest}. */
export function parseLatestRequest(input: unknown, now: EpochMicros): LatestQuery {
  const { limit, ...request } = read(latestRequest, input)
  return { ...select(request, now), limit }
}

/** As {@link parseEventRequest}. */
export function parsePatternRequest(input: unknown, now: EpochMicros): AskedPatterns {
  const request = read(patternRequest, input)
  const { key, minOccurrences, minRatePerMinute, limit, samples, trait } = request
  const selected = select(request, now)
  const thresholds = { key, minOccurrences, minRatePerMinute, limit, samples }
  return { ...selected, ...thresholds, traits: trait as readonly Trait[], isOpenEnded: selected.to === LATEST }
}

/** As {@link parseEventRequest}. */
export function parseValueRequest(input: unknown, now: EpochMicros): ValueQuery {
  const { field, prefix, limit, ...request } = read(valueRequest, input)
  return { ...select(request, now), field, prefix, limit, order: 'newest' }
}

/** As {@link parseEventRequest}. */
export function parseExportRequest(input: unknown, now: EpochMicros): ScanQuery {
  return select(read(exportRequest, input), now)
}

type Selection = z.output<typeof exportRequest>

function select(request: Selection, now: EpochMicros): ScanQuery {
  const lists = Object.entries(SELECTED_FIELDS).flatMap(([parameter, field]): readonly Filter[] => {
    const values = request[parameter as keyof typeof SELECTED_FIELDS]
    return values === undefined || values.length === 0 ? [] : [{ op: 'in', field, values }]
  })
  return { ...readRange(request, now), filter: affordable(allOf([parseLucene(request.query ?? '', now), ...lists])) }
}

function readRange({ from, to }: Selection, now: EpochMicros): TimeRange {
  const mistakes: QueryMistake[] = []
  const readEnd = (parameter: 'from' | 'to', text: string | undefined, open: EpochMicros) => {
    const time = text === undefined ? open : parseTime(text, now)
    if (time === null) mistakes.push({ parameter, message: `${text ?? ''} is outside the years 1970 to 2255` })
    return time ?? open
  }
  const range = { from: readEnd('from', from, EARLIEST), to: readEnd('to', to, isRelative(from) ? now : LATEST) }
  if (mistakes.length === 0 && range.from >= range.to) {
    mistakes.push({
      parameter: 'to',
      message: `the range ends (${to ?? 'now'}) before it begins (${from ?? 'the oldest'}). Exchange from and to`,
    })
  }
  if (mistakes.length > 0) throw new InvalidQueryError(mistakes)
  return range
}

function isRelative(text: string | undefined): boolean {
  return text !== undefined && /^(?:now|[+-])/.test(text)
}

/** Checks the shape. Every problem becomes one sentence. */
export function read<Schema extends z.ZodObject>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(withoutBlanks(input))
  if (result.success) return result.data
  throw new InvalidQueryError(result.error.issues.flatMap((issue) => toMistakes(issue, Object.keys(schema.shape))))
}

function withoutBlanks(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input ?? {}
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== '' && value !== null && value !== undefined),
  )
}

function toMistakes(issue: z.core.$ZodIssue, parameters: readonly string[]): readonly QueryMistake[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const near = closestWord(key, parameters)
      const hint = near === null ? `The parameters are ${parameters.join(', ')}.` : `Did you mean ${near}?`
      return { parameter: key, message: `there is no parameter of this name. ${hint}` }
    })
  }
  if (issue.path.length === 0)
    return [{ parameter: 'request', message: `must be an object of parameters: ${parameters.join(', ')}` }]
  const parameter = String(issue.path[0])
  const place = issue.code === 'custom' ? placeOf(issue.params) : {}
  return [{ parameter, message: issue.message, ...place }]
}

function placeOf(params: Record<string, unknown> | undefined): Pick<QueryMistake, 'position' | 'length'> {
  const { position, length } = params ?? {}
  return typeof position === 'number' && typeof length === 'number' ? { position, length } : {}
}
