import { z } from 'zod'
import { HOUR, DAY } from '../clock.ts'
import { DURATION_EXAMPLES, parseDuration } from './duration.ts'
import { FIELDS, isGroupable, isListable, resolveField, unknownField, type ResolvedField } from './fields.ts'
import { parseLucene } from './lucene.ts'
import type { Metric, Window } from './model.ts'
import { QuerySyntaxError } from './invalid-query.ts'
import { LATEST, parseTime, TIME_EXAMPLES } from './time.ts'
import { isZone } from './windows.ts'

/** Most fields of one grouping. */
const MAX_GROUP_FIELDS = 8

export const METRICS: readonly [Metric, ...Metric[]] = [
  'occurrences',
  'observations',
  'objects',
  'events',
  'first',
  'last',
  'rate',
  'gapP50',
  'gapP95',
  'maxSeverity',
]

/** Only whether it can be read: what `now` is stands in no schema. */
const ANY_NOW = Math.floor(LATEST / 2)

/** Text in Lucene query syntax. */
export const queryText = z
  .string('must be a text in Lucene query syntax, for example reason:BackOff AND namespace:shop')
  .superRefine((text, context) => {
    try {
      parseLucene(text, ANY_NOW)
    } catch (error) {
      if (!(error instanceof QuerySyntaxError)) throw error
      for (const { message, position, length } of error.mistakes) {
        context.addIssue({ code: 'custom', message, params: { position, length } })
      }
    }
  })

/** A point in time, see {@link parseTime}; a JSON number is ms or µs as its digits tell. */
export const timeText = z
  .union([z.string(), z.number()], `must be a time, ${TIME_EXAMPLES}`)
  .transform(String)
  .refine((text) => parseTime(text, ANY_NOW) !== null, {
    error: ({ input }) => `"${String(input)}" is not a time. Write ${TIME_EXAMPLES}`,
  })

/** IANA name of a time zone. */
export const zoneName = z.string('must be the name of a time zone').refine(isZone, {
  error: ({ input }) =>
    `there is no time zone "${String(input)}". Write an IANA name, for example UTC or Europe/Berlin`,
})

/** Width of a window, see {@link readWindow}. */
export const windowText = z.string('must be the width of a window').refine((text) => readWindow(text, 'UTC') !== null, {
  error: ({ input }) =>
    `"${String(input)}" is not the width of a window. Write hour, day, week, month or a duration, ${DURATION_EXAMPLES}`,
})

export const metricName = z.enum(METRICS, {
  error: ({ input }) => `there is no metric "${String(input)}". The metrics are ${METRICS.join(', ')}`,
})

/** More occurrences a minute than anything has. */
export const MOST_PER_MINUTE = 1_000_000_000

/** A number of a query string or of JSON. */
export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${String(least)} to ${most.toLocaleString('en')}`
  return z.coerce.number(error).int(error).min(least, error).max(most, error)
}

/** Several texts: an array, or one text with commas between them. */
export const textList = z
  .union([z.string(), z.array(z.string())], 'must be a list: an array, or texts with commas between them')
  .transform((list) => (typeof list === 'string' ? list.split(',') : list.flatMap((part) => part.split(','))))
  .transform((list) => list.map((part) => part.trim()).filter((part) => part !== ''))

/**
 * How a list is declared: an array, or one text with commas between; empty parts are passed over.
 *
 * @param word of the list, as a regular expression.
 */
export function listOfWords(word: string, items: object, bounds: object = {}) {
  const text = { type: 'string', pattern: `^(?:${word})?(?:,(?:${word})?)*$` }
  return { anyOf: [{ type: 'array', items: { type: 'string', ...items }, ...bounds }, text] }
}

/** As {@link listOfWords}, of a closed list. */
export function listOneOf(values: readonly string[], bounds?: object) {
  return listOfWords(values.join('|'), { enum: [...values, ''] }, bounds)
}

export const metricList = textList
  .pipe(z.array(metricName).min(1, 'must name at least one metric'))
  .meta(listOneOf(METRICS, { minItems: 1 }))

const GROUPABLE = FIELDS.filter(({ groupable }) => groupable)
  .map(({ name, type }) => (type === 'map' ? String.raw`${name}\.[^,]+` : name.replace('.', String.raw`\.`)))
  .join('|')

/** Fields to group by; aliases are resolved. */
export const groupFields = textList
  .pipe(z.array(fieldName(isGroupable, 'cannot be grouped by: it has no single short value')))
  .refine((fields) => fields.length <= MAX_GROUP_FIELDS, `has more than ${String(MAX_GROUP_FIELDS)} fields`)
  .refine((fields) => new Set(fields).size === fields.length, 'names a field twice')
  .meta(listOfWords(GROUPABLE, { pattern: `^(?:${GROUPABLE})?$` }))

/** A field whose values can be listed. */
export const listableField = fieldName(isListable, 'has too many values to list')

export const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], 'must be true or false')
  .meta({ enum: [true, false, 'true', 'false'] })

/**
 * What the width of a window means:
 *
 *   hour, day, week, month    by the calendar of the zone; weeks begin on Monday
 *   1h, 1d                    the same in a zone of the calendar; in UTC the two are equal anyway
 *   1w, 7d                    a calendar week
 *   any other duration        fixed, aligned to 1970-01-01T00:00Z whatever the zone
 *
 * Null when the text is none of these.
 */
export function readWindow(text: string, zone: string): Window | null {
  const named = /^(?:1 ?)?(hour|day|week|month)$/.exec(text)?.[1]
  if (named !== undefined) return { kind: 'calendar', unit: named as 'hour' | 'day' | 'week' | 'month', zone }
  const every = parseDuration(text)
  if (every === null || every === 0) return null
  if (every === 7 * DAY) return { kind: 'calendar', unit: 'week', zone }
  if (zone !== 'UTC' && every === DAY) return { kind: 'calendar', unit: 'day', zone }
  if (zone !== 'UTC' && every === HOUR) return { kind: 'calendar', unit: 'hour', zone }
  return { kind: 'fixed', every }
}

function fieldName(isAllowed: (field: ResolvedField) => boolean, otherwise: string) {
  return z.string('must be a field, for example reason').transform((name, context) => {
    const resolved = resolveField(name)
    if (resolved !== null && isAllowed(resolved)) return resolved.name
    context.addIssue({ code: 'custom', message: resolved === null ? unknownField(name) : `${name} ${otherwise}` })
    return z.NEVER
  })
}
