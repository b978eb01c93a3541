import { MINUTE, type EpochMicros } from '../clock.ts'
import { TREND_SLICES } from '../event/pattern.ts'
import { compareObservations, type Observation } from '../event/observation.ts'
import { SEVERITIES, severityRank } from '../event/words.ts'
import { groupRows, type RowGroup } from './aggregate-rows.ts'
import { countObjects, highestSeverity, occurrences, occurrencesOf, regardingKey } from './measure.ts'
import type { PatternQuery, PatternSummary, TimeRange } from './model.ts'
import { compareKeys } from './text-order.ts'

/** The patterns of rows that match `query.filter` and lie in its range, exactly as {@link PatternSummary} defines them. */
export function summarizePatterns(query: PatternQuery, rows: readonly Observation[]): readonly PatternSummary[] {
  return groupRows(rows, query.key)
    .map((group) => summarize(query, group))
    .filter((pattern) => isRecurring(query, pattern))
    .sort(byWorst)
    .slice(0, query.limit)
}

/** The order of patterns: the worst first, then the most frequent, ties by key. */
export function byWorst(
  a: Pick<PatternSummary, 'maxSeverity' | 'occurrences' | 'key'>,
  b: Pick<PatternSummary, 'maxSeverity' | 'occurrences' | 'key'>,
): number {
  return (
    severityRank(b.maxSeverity) - severityRank(a.maxSeverity) ||
    b.occurrences - a.occurrences ||
    compareKeys(a.key, b.key)
  )
}

/** Whether a pattern passes the thresholds of the query. */
export function isRecurring(
  { minOccurrences, minRatePerMinute }: Pick<PatternQuery, 'minOccurrences' | 'minRatePerMinute'>,
  pattern: Pick<PatternSummary, 'occurrences' | 'ratePerMinute'>,
): boolean {
  return pattern.occurrences >= minOccurrences && pattern.ratePerMinute > minRatePerMinute
}

/** Occurrences per minute between the first and the last; less than a minute counts as one. */
export function ratePerMinute(count: number, first: EpochMicros, last: EpochMicros): number {
  return (count * MINUTE) / Math.max(last - first, MINUTE)
}

/** What the slices of a trend are cut from. */
export function trendRange({ from, to, trendFrom = from }: TimeRange & Pick<PatternQuery, 'trendFrom'>): TimeRange {
  return { from: trendFrom, to }
}

/** The slice of the trend that holds `time`, 0 to 11. */
export function trendSlice({ from, to }: TimeRange, time: EpochMicros): number {
  return Math.min(TREND_SLICES - 1, Math.floor((time - from) / ((to - from) / TREND_SLICES)))
}

/** When the first of the occurrences that a row stands for may have been. */
function earliest(row: Observation, from: EpochMicros): EpochMicros {
  return occurrencesOf(row, from) > 1 ? Math.max(from, row.deltaSince) : row.lastObserved
}

function summarize(query: PatternQuery, { key, rows }: RowGroup): PatternSummary {
  const count = occurrences(rows, query.from)
  const firstObserved = rows.reduce((first, row) => Math.min(first, earliest(row, query.from)), Infinity)
  const lastObserved = rows.reduce((last, row) => Math.max(last, row.lastObserved), -Infinity)
  const trend = new Array<number>(TREND_SLICES).fill(0)
  for (const row of rows) {
    const slice = trendSlice(trendRange(query), row.lastObserved)
    trend[slice] = (trend[slice] ?? 0) + row.countDelta
  }
  return {
    key,
    occurrences: count,
    isLowerBound: rows.some((row) => row.countIsLowerBound),
    observations: rows.length,
    objects: countObjects(rows),
    objectsError: 0,
    firstObserved,
    lastObserved,
    ratePerMinute: ratePerMinute(count, firstObserved, lastObserved),
    maxSeverity: SEVERITIES[highestSeverity(rows) ?? 0] ?? '',
    trend,
    samples: pickSamples(rows, query.samples),
  }
}

/** The newest row of each object, newest first, then the second newest of each, and so on. */
export function pickSamples(rows: readonly Observation[], samples: number): readonly Observation[] {
  const seen = new Map<string, number>()
  return [...rows]
    .sort((a, b) => compareObservations(b, a))
    .map((row) => {
      const turn = seen.get(regardingKey(row)) ?? 0
      seen.set(regardingKey(row), turn + 1)
      return { row, turn }
    })
    .sort((a, b) => a.turn - b.turn)
    .slice(0, samples)
    .map(({ row }) => row)
}
