import { TREND_SLICES } from '../../event/pattern.ts'
import type { EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { SEVERITIES } from '../../event/words.ts'
import { fieldReader, textOf } from '../../query/field-value.ts'
import { regardingKey } from '../../query/measure.ts'
import type { Filter, PatternQuery, PatternSummary, TimeRange } from '../../query/model.ts'
import {
  byWorst,
  isRecurring,
  pickSamples,
  ratePerMinute,
  trendRange,
  trendSlice,
} from '../../query/summarize-patterns.ts'
import { measureCells, type Measured } from './cells.ts'
import { allBuckets, type KeyedBucket } from './composite.ts'
import { matchQuery } from './filter-query.ts'
import { keysFilter } from './keys-filter.ts'
import { readLatest } from './latest.ts'
import { ofObject } from './object-identity.ts'
import { MOST_ROWS, readRows, UNBOUNDED } from './rows.ts'
import { bucketsIn, childIn, valueIn, type Search } from './search.ts'
import { sumAggregations, sumsOf } from './sums.ts'

/** Rows looked at for each sample wanted, before all objects of a pattern are listed. */
const ROWS_PER_SAMPLE = 10

type Found = Omit<PatternSummary, 'objects' | 'objectsError' | 'samples'>
type Counted = Omit<PatternSummary, 'samples'>

/** Patterns in steps: which there are, all that adds up of the worst ones, their distinct objects, and their samples. */
export async function readPatterns(
  query: PatternQuery,
  search: Search,
  signal: AbortSignal,
): Promise<readonly PatternSummary[]> {
  const candidates = await worstFirst(query, search, signal)
  const kept: Found[] = []
  for (let start = 0; start < candidates.length && kept.length < query.limit; start += query.limit) {
    const part = candidates.slice(start, start + query.limit)
    const found = await measure(query, part, search, signal)
    kept.push(...found.filter((pattern) => isRecurring(query, pattern)).slice(0, query.limit - kept.length))
  }
  if (kept.length === 0) return []
  const counted = await countObjects(query, kept, search, signal)
  const patterns = kept.map((pattern) => {
    const [point] = counted.points.get(JSON.stringify(pattern.key)) ?? []
    return { ...pattern, objects: point?.values[0] ?? 0, objectsError: counted.distinctError }
  })
  const samples = await sampleAll(query, patterns, search, signal)
  return patterns.map((pattern, place) => ({ ...pattern, samples: samples[place] ?? [] }))
}

type Candidate = Pick<PatternSummary, 'key' | 'occurrences' | 'maxSeverity'>

/** All that may be a pattern, in the order of the answer. There may be as many as there are objects, so only three numbers of each. */
async function worstFirst(query: PatternQuery, search: Search, signal: AbortSignal): Promise<readonly Candidate[]> {
  const aggregations = sumAggregations(['placed', 'unplacedInRange', 'severity'], query.from)
  const grouping = { query: matchQuery(query), sources: query.key, aggregations, weight: 3 }
  const found: Candidate[] = []
  for await (const bucket of allBuckets(search, grouping, signal)) {
    const { placed, unplacedInRange, severity } = sumsOf(bucket)
    const occurrences = placed + unplacedInRange
    if (occurrences >= query.minOccurrences)
      found.push({ key: bucket.key, occurrences, maxSeverity: SEVERITIES[severity ?? 0] ?? '' })
  }
  return found.sort(byWorst)
}

/** All that adds up of some patterns, in their order. */
async function measure(
  query: PatternQuery,
  patterns: readonly Candidate[],
  search: Search,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const match = matchQuery({ ...query, filter: withKeys(query, patterns) })
  const grouping = { query: match, sources: query.key, aggregations: aggregationsOf(query), weight: TREND_SLICES + 2 }
  const found = new Map<string, Found>()
  for await (const bucket of allBuckets(search, grouping, signal))
    found.set(JSON.stringify(bucket.key), foundIn(query, bucket))
  return patterns.flatMap(({ key }) => found.get(JSON.stringify(key)) ?? [])
}

function aggregationsOf(query: PatternQuery): object {
  const { from } = query
  const isRepeated = repeatedQuery(from)
  return {
    ...sumAggregations(['placed', 'unplacedInRange', 'first', 'last', 'severity', 'isLowerBound'], from),
    repeated: { filter: isRepeated, aggs: { since: { min: { field: 'deltaSince' } } } },
    single: {
      filter: { bool: { must_not: [isRepeated] } },
      aggs: { first: { min: { field: 'lastObservedMicros' } } },
    },
    trend: {
      range: { field: 'lastObservedMicros', ranges: trendRanges(trendRange(query)) },
      aggs: { placed: { sum: { field: 'countDelta' } } },
    },
  }
}

/** Rows that stand for more than one occurrence in the range. */
function repeatedQuery(from: EpochMicros): object {
  const began = { range: { deltaSince: { gte: from } } }
  const unplaced = (gte: number) => ({ range: { countUnplaced: { gte } } })
  const should = [
    { range: { countDelta: { gt: 1 } } },
    { bool: { filter: [began, { range: { countDelta: { gte: 1 } } }, unplaced(1)] } },
    { bool: { filter: [began, unplaced(2)] } },
  ]
  return { bool: { should, minimum_should_match: 1 } }
}

/** Slices in whole µs, cut where `trendSlice` cuts them. */
function trendRanges(range: TimeRange): readonly { readonly from: EpochMicros; readonly to: EpochMicros }[] {
  const starts = Array.from({ length: TREND_SLICES }, (_, slice) => sliceStart(range, slice))
  return starts.map((from, slice) => ({ from, to: Math.max(from, starts[slice + 1] ?? range.to) }))
}

/** The first µs of a slice; the end of the range when it has none. */
function sliceStart(range: TimeRange, slice: number): EpochMicros {
  let start = range.from + Math.ceil(((range.to - range.from) / TREND_SLICES) * slice)
  while (start > range.from && trendSlice(range, start - 1) >= slice) start--
  while (start < range.to && trendSlice(range, start) < slice) start++
  return start
}

function foundIn(query: PatternQuery, bucket: KeyedBucket): Found {
  const { placed, unplacedInRange, observations, last, severity, isLowerBound } = sumsOf(bucket)
  const since = valueIn(childIn(bucket, 'repeated'), 'since')
  const single = valueIn(childIn(bucket, 'single'), 'first')
  const firstObserved = Math.min(since === null ? Infinity : Math.max(query.from, since), single ?? Infinity)
  const occurrences = placed + unplacedInRange
  return {
    key: bucket.key,
    occurrences,
    isLowerBound,
    observations,
    firstObserved,
    lastObserved: last ?? 0,
    ratePerMinute: ratePerMinute(occurrences, firstObserved, last ?? 0),
    maxSeverity: SEVERITIES[severity ?? 0] ?? '',
    trend: trendOf(query, bucket),
  }
}

/** An empty slice shares its start with the next one, so buckets are told apart by their order. */
function trendOf(_range: TimeRange, bucket: KeyedBucket): readonly number[] {
  return bucketsIn(bucket, 'trend').map((slice) => valueIn(slice, 'placed') ?? 0)
}

function countObjects(
  query: PatternQuery,
  patterns: readonly Found[],
  search: Search,
  signal: AbortSignal,
): Promise<Measured> {
  const filter = withKeys(query, patterns)
  return measureCells({ ...query, filter, groupBy: query.key, window: null, metrics: ['objects'] }, search, signal)
}

function withKeys({ filter, key }: PatternQuery, patterns: readonly Pick<Found, 'key'>[]): Filter {
  return { op: 'and', filters: [filter, keysFilter(key, patterns)] }
}

/** Samples of each pattern. Most are among the newest rows of all patterns; the others are looked for one by one. */
async function sampleAll(
  query: PatternQuery,
  patterns: readonly Counted[],
  search: Search,
  signal: AbortSignal,
): Promise<readonly (readonly Observation[])[]> {
  const { samples, key } = query
  if (samples === 0) return []
  const size = Math.min(MOST_ROWS, patterns.length * samples * ROWS_PER_SAMPLE)
  const ofAll = { ...query, filter: withKeys(query, patterns), order: 'newest' as const }
  const { rows } = await readRows(search, ofAll, UNBOUNDED, { size }, signal)
  const readers = key.map(fieldReader)
  const byKey = Map.groupBy(rows, (row) => JSON.stringify(readers.map((read) => textOf(read(row)))))
  const found: (readonly Observation[])[] = []
  for (const pattern of patterns) {
    const own = byKey.get(JSON.stringify(pattern.key)) ?? []
    const isEnough = rows.length < size || holdSamples(own, samples, pattern)
    found.push(isEnough ? pickSamples(own, samples) : await readSamples(query, pattern, search, signal))
  }
  return found
}

/**
 * Whether the samples are among the newest rows of a pattern: when those are of enough objects, or of all its objects, with as
 * many of each as there are turns.
 */
function holdSamples(newest: readonly Observation[], samples: number, { objects }: Counted): boolean {
  const rowsOf = [...Map.groupBy(newest, regardingKey).values()].map(({ length }) => length)
  const turns = Math.ceil(samples / objects)
  return rowsOf.length >= samples || (rowsOf.length === objects && rowsOf.every((rows) => rows >= turns))
}

async function readSamples(
  query: PatternQuery,
  pattern: Counted,
  search: Search,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const { samples } = query
  const matched = { ...query, filter: withKeys(query, [pattern]), order: 'newest' as const }
  const size = samples * ROWS_PER_SAMPLE
  const { rows } = await readRows(search, matched, UNBOUNDED, { size }, signal)
  if (rows.length < size || holdSamples(rows, samples, pattern)) return pickSamples(rows, samples)
  const candidates: Observation[] = []
  for (const newest of await readLatest({ ...matched, limit: samples }, search, signal)) {
    const own = { ...matched, filter: { op: 'and' as const, filters: [matched.filter, ofObject(newest)] } }
    candidates.push(...(await readRows(search, own, UNBOUNDED, { size: samples }, signal)).rows)
  }
  return pickSamples(candidates, samples)
}
