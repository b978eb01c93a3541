import type { EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { SEVERITIES } from '../../event/words.ts'
import { regardingKey } from '../../query/measure.ts'
import type { Filter, PatternQuery, PatternSummary, TimeRange } from '../../query/model.ts'
import { isRecurring, pickSamples, ratePerMinute, TREND_SLICES, trendSlice } from '../../query/summarize-patterns.ts'
import { compareKeys } from '../../query/text-order.ts'
import { measureCells } from './cells.ts'
import { allBuckets, type KeyedBucket } from './composite.ts'
import { matchQuery } from './filter-query.ts'
import { keysFilter } from './keys-filter.ts'
import { readLatest } from './latest.ts'
import { readRows, UNBOUNDED, type Matched } from './rows.ts'
import { bucketsIn, childIn, valueIn, type Search } from './search.ts'
import { sumAggregations, sumsOf } from './sums.ts'

/** Rows looked at for each sample wanted, before all objects of a pattern are listed. */
const ROWS_PER_SAMPLE = 10

type Found = Omit<PatternSummary, 'objects' | 'samples'>

/** Patterns in three steps: which there are with all that adds up, their distinct objects, and their samples. */
export async function readPatterns(
  query: PatternQuery,
  search: Search,
  signal: AbortSignal,
): Promise<readonly PatternSummary[]> {
  const found: Found[] = []
  const grouping = { query: matchQuery(query), sources: query.key, aggregations: aggregationsOf(query), weight: TREND_SLICES + 2 } // prettier-ignore
  for await (const bucket of allBuckets(search, grouping, signal)) {
    const pattern = foundIn(query, bucket)
    if (isRecurring(query, pattern)) found.push(pattern)
  }
  const kept = found.sort((a, b) => b.occurrences - a.occurrences || compareKeys(a.key, b.key)).slice(0, query.limit)
  if (kept.length === 0) return []
  const objects = await countObjects(query, kept, search, signal)
  const patterns: PatternSummary[] = []
  for (const pattern of kept) {
    const filter = withKeys(query, [pattern])
    const samples = await readSamples({ ...query, filter }, query.samples, search, signal)
    patterns.push({ ...pattern, objects: objects.get(JSON.stringify(pattern.key)) ?? 0, samples })
  }
  return patterns
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
      range: { field: 'lastObservedMicros', ranges: trendRanges(query) },
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

async function countObjects(
  query: PatternQuery,
  patterns: readonly Found[],
  search: Search,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const filter = withKeys(query, patterns)
  const measured = await measureCells({ ...query, filter, groupBy: query.key, window: null, metrics: ['objects'] }, search, signal) // prettier-ignore
  return new Map([...measured].map(([key, points]) => [key, points[0]?.values[0] ?? 0]))
}

function withKeys({ filter, key }: PatternQuery, patterns: readonly Found[]): Filter {
  return { op: 'and', filters: [filter, keysFilter(key, patterns)] }
}

/** The newest rows are enough when they are all, or when they are of enough objects. */
async function readSamples(
  query: Matched,
  samples: number,
  search: Search,
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  if (samples === 0) return []
  const size = samples * ROWS_PER_SAMPLE
  const { rows } = await readRows(search, { ...query, order: 'newest' }, UNBOUNDED, { size }, signal)
  const isEnough = rows.length < size || new Set(rows.map(regardingKey)).size >= samples
  if (isEnough) return pickSamples(rows, samples)
  const candidates: Observation[] = []
  for (const { cluster, regarding } of await readLatest({ ...query, limit: samples }, search, signal)) {
    const object = keysFilter(
      ['cluster', 'regarding.kind', 'regarding.namespace', 'regarding.name'],
      [{ key: [cluster, regarding.kind, regarding.namespace, regarding.name] }],
    )
    const own = { ...query, filter: { op: 'and' as const, filters: [query.filter, object] }, order: 'newest' as const }
    candidates.push(...(await readRows(search, own, UNBOUNDED, { size: samples }, signal)).rows)
  }
  return pickSamples(candidates, samples)
}
