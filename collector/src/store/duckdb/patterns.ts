import { MINUTE } from '../../clock.ts'
import { TREND_SLICES } from '../../event/pattern.ts'
import { SEVERITIES } from '../../event/words.ts'
import type { PatternQuery, PatternSummary } from '../../query/model.ts'
import { ratePerMinute, trendRange } from '../../query/summarize-patterns.ts'
import { DELTA_SINCE, SEVERITY_RANK } from './field-sql.ts'
import type { Read } from './engine-client.ts'
import { readPlaces } from './read-rows.ts'
import { givenKeys, sameKeys } from './given-table.ts'
import { keyedRows, keyNames, OBJECT, OBJECT_COUNT, occurrencesOfRow } from './measure-sql.ts'
import type { Result, Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'
import { timeSlices } from './time-slices.ts'

/** Rows that the search for samples begins with, for each that is wanted. */
const ROWS_PER_SAMPLE = 10

/** Patterns in steps: which there are with their trends, then, for those alone, their objects and samples. */
export async function readPatterns(query: PatternQuery, read: Read): Promise<readonly PatternSummary[]> {
  const [found] = await read(findPatterns(query))
  const keys = keysOf(query, found)
  if (found === undefined || keys.length === 0) return []
  const [counted] = await read(countObjects(query, keys))
  const objects = objectsOf(keys.length, counted)
  const samples = await readSamples(query, keys, read)
  return keys.map((key, row) =>
    summaryOf(query, found, row, { key, objects: objects[row] ?? 0, samples: samples[row] ?? [] }),
  )
}

/** Keys, then occurrences, rows, first and last time, severity, lower bound, and the occurrences of each slice. */
function findPatterns(query: PatternQuery): Statement {
  return statement((bindings) => {
    const keys = keyNames(query.key).join(', ')
    const inRange = occurrencesOfRow(query.from, bindings)
    const first = `min(CASE WHEN ${inRange} > 1 THEN greatest(${DELTA_SINCE}, ${bindings.bind(query.from)}) ELSE last_observed END)`
    const trend = trendRange(query)
    const width = (trend.to - trend.from) / TREND_SLICES
    const slice = `least(${String(TREND_SLICES - 1)}, floor((last_observed - ${bindings.bind(trend.from)}) / ${bindings.bind(width)}::DOUBLE))`
    const slices = Array.from(
      { length: TREND_SLICES },
      (_, place) => `coalesce(sum(placed) FILTER (slice = ${String(place)}), 0)`,
    )
    const minute = bindings.bind(MINUTE)
    // Slices are summed as groups of their own, because twelve sums of every row take longer.
    return `SELECT ${keys}, sum(occurrences) AS occurrences, sum(observations), min(first) AS first, max(last) AS last,
        max(severity_rank) AS worst, bool_or(is_lower_bound), ${slices.join(', ')}
      FROM (SELECT ${keys}, ${slice} AS slice, sum(${inRange}) AS occurrences, sum(count_delta) AS placed, count(*) AS observations,
          ${first} AS first, max(last_observed) AS last, max(${SEVERITY_RANK}) AS severity_rank,
          bool_or(count_is_lower_bound) AS is_lower_bound
        FROM ${keyedRows(query, query.key, { window: null, starts: null }, bindings)} GROUP BY ${keys}, slice)
      GROUP BY ${keys}
      HAVING occurrences >= ${bindings.bind(query.minOccurrences)}
        AND occurrences::DOUBLE * ${minute} / greatest(last - first, ${minute}) > ${bindings.bind(query.minRatePerMinute)}
      ORDER BY worst DESC, occurrences DESC, ${keys} LIMIT ${bindings.bind(query.limit)}`
  })
}

/** Place of the pattern, distinct objects. */
function countObjects(query: PatternQuery, keys: readonly (readonly string[])[]): Statement {
  return statement(
    (bindings) => `SELECT place, ${OBJECT_COUNT} FROM ${patternRows(query, keys, bindings)} GROUP BY place`,
  )
}

/**
 * Samples of each pattern. Newer rows come first, so the search begins with the newest and goes further back only for the
 * patterns of which it has not yet met as many objects as there are samples.
 */
async function readSamples(query: PatternQuery, keys: readonly (readonly string[])[], read: Read) {
  const places = keys.map((): number[] => [])
  let wanted = query.samples === 0 ? [] : [...keys.keys()]
  const firstRows = wanted.length * query.samples * ROWS_PER_SAMPLE
  for await (const { from } of timeSlices(query, 'newest', read, firstRows)) {
    if (wanted.length === 0) break
    const among = wanted.map((pattern) => keys[pattern] ?? [])
    const [found] = await read(findSamples({ ...query, from }, among))
    const [patterns = [], rowPlaces = [], turns = []] = found?.columns ?? []
    const objects = new Array<number>(keys.length).fill(0)
    for (const pattern of wanted) places[pattern] = []
    for (const [row, place] of patterns.entries()) {
      const pattern = wanted[Number(place)] ?? 0
      places[pattern]?.push(Number(rowPlaces[row]))
      if (Number(turns[row]) === 1) objects[pattern] = (objects[pattern] ?? 0) + 1
    }
    wanted = wanted.filter((pattern) => (objects[pattern] ?? 0) < query.samples)
  }
  const rows = await readPlaces(places.flat(), read)
  return places.map((of) => of.flatMap((place) => rows.get(place) ?? []))
}

/** Place of the pattern, place of the row in the file, turn of the row among those of its object, in the order of the samples. */
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

function objectsOf(patterns: number, counted: Result | undefined): readonly number[] {
  const objects = new Array<number>(patterns).fill(0)
  const [places = [], counts = []] = counted?.columns ?? []
  for (const [row, place] of places.entries()) objects[Number(place)] = Number(counts[row])
  return objects
}

function summaryOf(
  { key: fields }: PatternQuery,
  { columns }: Result,
  row: number,
  rest: Pick<PatternSummary, 'key' | 'objects' | 'samples'>,
): PatternSummary {
  const number = (offset: number): number => Number(columns[fields.length + offset]?.[row])
  const [occurrences, firstObserved, lastObserved] = [number(0), number(2), number(3)]
  return {
    ...rest,
    occurrences,
    objectsError: 0,
    isLowerBound: columns[fields.length + 5]?.[row] === true,
    observations: number(1),
    firstObserved,
    lastObserved,
    ratePerMinute: ratePerMinute(occurrences, firstObserved, lastObserved),
    maxSeverity: SEVERITIES[number(4)] ?? '',
    trend: Array.from({ length: TREND_SLICES }, (_, slice) => number(6 + slice)),
  }
}
