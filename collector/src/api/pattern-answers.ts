import { patternId, readPatternId } from '../event/pattern.ts'
import { mapInSlices } from '../event/slices.ts'
import { isGroupable, resolveField, unknownField } from '../query/fields.ts'
import { InvalidQueryError } from '../query/invalid-query.ts'
import type { AskedPatterns } from '../query/request.ts'
import { allOf } from '../query/simplify-filter.ts'
import { formatTime } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { listJson, rangeJson } from './answers.ts'
import { closedPatterns } from './closed-range.ts'
import { listPatterns, withKey, type ListedPattern } from './list-patterns.ts'
import { gapNotices } from './notices.ts'
import { observationJson } from './observation-json.ts'
import { foundJson } from './pattern-traits.ts'
import { NotFoundError } from './problem-details.ts'

/** Examples in the answer about one pattern. */
const SAMPLES_OF_ONE = 20

/** GET /patterns: what recurs in a range, or has a trait that is asked for. */
export async function patternsAnswer(reader: EventReader, asked: AskedPatterns, signal: AbortSignal) {
  const query = await closedPatterns(reader, asked, signal)
  const [{ patterns, notices }, gaps] = await Promise.all([listPatterns(reader, query, signal), gapNotices(reader, asked, signal)]) // prettier-ignore
  return {
    ...rangeJson(query),
    ...listJson(patterns.length, patterns.length === query.limit ? null : patterns.length),
    key: query.key,
    patterns: await mapInSlices(patterns, (pattern) => patternJson(query, pattern)),
    notices: [...gaps, ...notices],
  }
}

/**
 * GET /patterns/ID: one pattern with more examples. The id is the values of the key, so it finds the pattern in any range
 * and whatever the thresholds.
 *
 * @throws NotFoundError nothing like it happened in the range.
 */
export async function patternAnswer(reader: EventReader, id: string, asked: AskedPatterns, signal: AbortSignal) {
  const { fields, values } = keyOf(id, asked.key)
  const query = await closedPatterns(reader, { ...asked, key: fields }, signal)
  const filter = allOf([query.filter, withKey(fields, values)])
  // There is one; a lower limit would say that there may be more.
  const one = {
    ...query,
    filter,
    minOccurrences: 1,
    minRatePerMinute: 0,
    limit: 2,
    samples: SAMPLES_OF_ONE,
    traits: [],
  }
  const [{ patterns, notices }, gaps] = await Promise.all([listPatterns(reader, one, signal), gapNotices(reader, asked, signal)]) // prettier-ignore
  const [pattern] = patterns
  if (pattern === undefined) {
    const { from, to } = query
    throw new NotFoundError(`Nothing of the pattern "${id}" happened from ${formatTime(from)} to ${formatTime(to)}. Ask for another range.`) // prettier-ignore
  }
  return { ...rangeJson(query), ...patternJson(query, pattern), notices: [...gaps, ...notices] } // prettier-ignore
}

/** The fields of an id where it names them, else those asked for. @throws InvalidQueryError there are more or fewer values. */
function keyOf(id: string, asked: readonly string[]) {
  const { fields: named, values } = readPatternId(id)
  const unknown = named?.find((field) => groupable(field) === null)
  if (unknown !== undefined) throw new InvalidQueryError([{ parameter: 'id', message: unknownField(unknown) }])
  const fields = named?.map((field) => groupable(field) ?? field) ?? asked
  if (values.length === fields.length) return { fields, values }
  const message = `"${id}" has ${values.length} parts, the key has ${fields.length}: ${fields.join(', ')}. Give the key that the pattern was made with, or an id such as BackOff:Pod:shop`
  throw new InvalidQueryError([{ parameter: 'id', message }])
}

function groupable(name: string): string | null {
  const field = resolveField(name)
  return field !== null && isGroupable(field) ? field.name : null
}

function patternJson(query: AskedPatterns, { summary, found, templates }: ListedPattern) {
  const { key: fields } = query
  const { key, firstObserved, lastObserved, samples, ...rest } = summary
  const { templates: counted, ...traits } = foundJson(found, query)
  return {
    id: patternId(fields, key),
    key: Object.fromEntries(fields.map((field, index) => [field, key[index] ?? ''])),
    ...rest,
    firstObserved: formatTime(firstObserved),
    lastObserved: formatTime(lastObserved),
    ...traits,
    templates: counted.length > 0 ? counted : templates,
    samples: samples.map(observationJson),
    query: queryText(fields, key),
  }
}

/** The Lucene text that shows the pattern's events. */
function queryText(fields: readonly string[], key: readonly string[]): string {
  return fields.map((field, index) => `${field}:"${(key[index] ?? '').replace(/[\\"]/g, '\\$&')}"`).join(' AND ')
}
