import { MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { SEVERITIES } from '../../event/words.ts'
import type { PatternQuery, PatternSummary } from '../../query/model.ts'
import { ratePerMinute, TREND_SLICES } from '../../query/summarize-patterns.ts'
import { DELTA_SINCE, SEVERITY_RANK } from './field-sql.ts'
import type { Read } from './engine-client.ts'
import { readPlaces } from './read-rows.ts'
import { givenKeys, sameKeys } from './given-table.ts'
import { keyedRows, keyNames, OBJECT, occurrencesOfRow } from './measure-sql.ts'
import type { Result, Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'

/** Patterns in three steps: which there are, their trends, and their samples. */
export async function readPatterns(query: PatternQuery, read: Read): Promise<readonly PatternSummary[]> {
  const [found] = await read(findPatterns(query))
  const keys = keysOf(query, found)
  if (found === undefined || keys.length === 0) return []
  const [slices, places] = await read(sumSlices(query, keys), findSamples(query, keys))
  const trends = trendsOf(keys.length, slices)
  const samples = await samplesOf(keys.length, places, read)
  return keys.map((key, row) =>
    summaryOf(query, found, row, { key, trend: trends[row] ?? [], samples: samples[row] ?? [] }),
  )
}

/** Keys, then occurrences, rows, objects, first and last time, severity, lower bound. */
function findPatterns(query: PatternQuery): Statement {
  return statement((bindings) => {
    const keys = keyNames(query.key).join(', ')
    const inRange = occurrencesOfRow(query.from, bindings)
    const first = `min(CASE WHEN ${inRange} > 1 THEN greatest(${DELTA_SINCE}, ${bindings.bind(query.from)}) ELSE last_observed END)`
    const minute = bindings.bind(MINUTE)
    return `SELECT ${keys}, sum(${inRange}) AS occurrences, count(*), count(DISTINCT (${OBJECT})), ${first} AS first,
        max(last_observed) AS last, max(${SEVERITY_RANK}), bool_or(count_is_lower_bound)
      FROM ${keyedRows(query, query.key, { window: null, starts: null }, bindings)} GROUP BY ${keys}
      HAVING occurrences >= ${bindings.bind(query.minOccurrences)}
        AND occurrences::DOUBLE * ${minute} / greatest(last - first, ${minute}) > ${bindings.bind(query.minRatePerMinute)}
      ORDER BY occurrences DESC, ${keys} LIMIT ${bindings.bind(query.limit)}`
  })
}

/** Place of the pattern, slice of the range, occurrences. */
function sumSlices(query: PatternQuery, keys: readonly (readonly string[])[]): Statement {
  return statement((bindings) => {
    const width = (query.to - query.from) / TREND_SLICES
    const slice = `least(${String(TREND_SLICES - 1)}, floor((last_observed - ${bindings.bind(query.from)}) / ${bindings.bind(width)}::DOUBLE))`
    return `SELECT place, ${slice} AS slice, sum(count_delta) FROM ${patternRows(query, keys, bindings)} GROUP BY place, slice`
  })
}

/** Place of the pattern, place of the row in the file, in the order of the samples. */
function findSamples(query: PatternQuery, keys: readonly (readonly string[])[]): Statement {
  const newestFirst = 'last_observed DESC, coalesce(resource_version, -1) DESC, id DESC'
  return statement(
    (bindings) => `SELECT place, row_place, turn FROM (
        SELECT place, row_place, last_observed, resource_version, id,
          row_number() OVER (PARTITION BY place, ${OBJECT} ORDER BY ${newestFirst}) AS turn
        FROM ${patternRows(query, keys, bindings)}
        QUALIFY turn <= ${bindings.bind(query.samples)})
      QUALIFY row_number() OVER (PARTITION BY place ORDER BY turn, ${newestFirst}) <= ${bindings.bind(query.samples)}
      ORDER BY place, turn, ${newestFirst}`,
  )
}

function patternRows(query: PatternQuery, keys: readonly (readonly string[])[], bindings: Bindings): string {
  const names = keyNames(query.key)
  const rows = keyedRows(query, query.key, { window: null, starts: null }, bindings)
  return `(SELECT matched.*, given.place FROM ${rows} AS matched
    JOIN (${givenKeys(names, keys, bindings)}) AS given ON ${sameKeys(names, 'given', 'matched')})`
}

function keysOf({ key }: PatternQuery, found: Result | undefined): readonly (readonly string[])[] {
  return Array.from({ length: found?.rowCount ?? 0 }, (_, row) =>
    key.map((_field, index) => String(found?.columns[index]?.[row])),
  )
}

function trendsOf(patterns: number, slices: Result | undefined): readonly (readonly number[])[] {
  const trends = Array.from({ length: patterns }, () => new Array<number>(TREND_SLICES).fill(0))
  const [places = [], numbers = [], sums = []] = slices?.columns ?? []
  for (const [row, place] of places.entries()) {
    const trend = trends[Number(place)]
    if (trend !== undefined) trend[Number(numbers[row])] = Number(sums[row])
  }
  return trends
}

async function samplesOf(
  patterns: number,
  found: Result | undefined,
  read: Read,
): Promise<readonly (readonly Observation[])[]> {
  const [places = [], rowIds = []] = found?.columns ?? []
  const rows = await readPlaces(rowIds.map(Number), read)
  const samples = Array.from({ length: patterns }, (): Observation[] => [])
  for (const [index, place] of places.entries()) {
    const row = rows.get(Number(rowIds[index]))
    if (row !== undefined) samples[Number(place)]?.push(row)
  }
  return samples
}

function summaryOf(
  { key: fields }: PatternQuery,
  { columns }: Result,
  row: number,
  rest: Pick<PatternSummary, 'key' | 'trend' | 'samples'>,
): PatternSummary {
  const number = (offset: number): number => Number(columns[fields.length + offset]?.[row])
  const [occurrences, firstObserved, lastObserved] = [number(0), number(3), number(4)]
  return {
    ...rest,
    occurrences,
    isLowerBound: columns[fields.length + 6]?.[row] === true,
    observations: number(1),
    objects: number(2),
    firstObserved,
    lastObserved,
    ratePerMinute: ratePerMinute(occurrences, firstObserved, lastObserved),
    maxSeverity: SEVERITIES[number(5)] ?? '',
  }
}
