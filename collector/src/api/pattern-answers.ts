import type { Filter, PatternQuery, PatternSummary } from '../query/model.ts'
import { InvalidQueryError } from '../query/problems.ts'
import { formatTime } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { rangeJson } from './answers.ts'
import { closedPatterns } from './closed-range.ts'
import { estimateNotices, gapNotices, lowerBoundNotices, type Notice } from './notices.ts'
import { observationJson } from './observation-json.ts'
import { NotFoundError } from './problem.ts'

/** Examples in the answer about one pattern. */
const SAMPLES_OF_ONE = 20

/** GET /patterns: what recurs in a range. */
export async function patternsAnswer(reader: EventReader, asked: PatternQuery, signal: AbortSignal) {
  const query = await closedPatterns(reader, asked, signal)
  const [patterns, gaps] = await Promise.all([reader.patterns(query, signal), gapNotices(reader, asked, signal)])
  return {
    ...rangeJson(query),
    key: query.key,
    patterns: patterns.map((pattern) => patternJson(query.key, pattern)),
    notices: [...gaps, ...fullNotices(patterns.length, query.limit), ...lowerBoundNotices(patterns.some(({ isLowerBound }) => isLowerBound)), ...estimateNotices(errorOf(patterns))], // prettier-ignore
  }
}

/**
 * GET /patterns/ID: one pattern with more examples. The id is the values of the key, so it finds the pattern in any range
 * and whatever the thresholds.
 *
 * @throws NotFoundError nothing like it happened in the range.
 */
export async function patternAnswer(reader: EventReader, id: string, asked: PatternQuery, signal: AbortSignal) {
  const query = await closedPatterns(reader, asked, signal)
  const filter: Filter = { op: 'and', filters: [query.filter, ...conditionsOf(id, query.key)] }
  const one = { ...query, filter, minOccurrences: 1, minRatePerMinute: 0, limit: 1, samples: SAMPLES_OF_ONE }
  const [[pattern], gaps] = await Promise.all([reader.patterns(one, signal), gapNotices(reader, asked, signal)])
  if (pattern === undefined) {
    const { from, to } = query
    throw new NotFoundError(`Nothing of the pattern "${id}" happened from ${formatTime(from)} to ${formatTime(to)}. Ask for another range.`) // prettier-ignore
  }
  return { ...rangeJson(query), ...patternJson(query.key, pattern), notices: [...gaps, ...lowerBoundNotices(pattern.isLowerBound), ...estimateNotices(pattern.objectsError)] } // prettier-ignore
}

/** The error of the objects of them all. */
export function errorOf(patterns: readonly PatternSummary[]): number {
  return Math.max(0, ...patterns.map(({ objectsError }) => objectsError))
}

/** `BackOff:Pod:shop`: the values of the key, each escaped as in a URL. */
export function patternId(key: readonly string[]): string {
  return key.map(encodeURIComponent).join(':')
}

function patternJson(
  fields: readonly string[],
  { key, firstObserved, lastObserved, samples, ...rest }: PatternSummary,
) {
  return {
    id: patternId(key),
    key: Object.fromEntries(fields.map((field, index) => [field, key[index] ?? ''])),
    ...rest,
    firstObserved: formatTime(firstObserved),
    lastObserved: formatTime(lastObserved),
    samples: samples.map(observationJson),
    query: queryText(fields, key),
  }
}

/** The Lucene text that shows the pattern's events. */
function queryText(fields: readonly string[], key: readonly string[]): string {
  return fields.map((field, index) => `${field}:"${(key[index] ?? '').replace(/[\\"]/g, '\\$&')}"`).join(' AND ')
}

function conditionsOf(id: string, fields: readonly string[]): readonly Filter[] {
  const values = id.split(':').map(decoded)
  if (values.length === fields.length) {
    return fields.map((field, index) => ({ op: 'in', field, values: [values[index] ?? ''] }))
  }
  const message = `"${id}" has ${values.length} parts, the key has ${fields.length}: ${fields.join(', ')}. Give the key that the pattern was made with, or an id such as BackOff:Pod:shop`
  throw new InvalidQueryError([{ parameter: 'id', message }])
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function fullNotices(returned: number, limit: number): readonly Notice[] {
  if (returned < limit) return []
  return [
    { severity: 'info', text: `These are the first ${returned} patterns; there may be more. Use a higher limit.` },
  ]
}
