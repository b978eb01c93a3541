import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import { identityOf } from '../event/object-reference.ts'
import { compareObservations, type Observation } from '../event/observation.ts'
import { SEVERITIES } from '../event/words.ts'
import type { Metric, TimeRange } from './model.ts'

/** What a metric is measured over: the rows of one group in one window, or in the whole range. */
export interface Measured {
  readonly rows: readonly Observation[]
  /** The range of the query. */
  readonly range: TimeRange
  /** The part of the window that lies in the range; null without window. */
  readonly window: TimeRange | null
}

/** The value of a metric, exactly as {@link Metric} defines it. */
export function measure(metric: Metric, measured: Measured): number | null {
  const { rows, range, window } = measured
  switch (metric) {
    case 'occurrences':
      return occurrences(rows, window === null ? range.from : null)
    case 'observations':
      return rows.length
    case 'objects':
      return countObjects(rows)
    case 'events':
      return new Set(rows.map(eventKey)).size
    case 'first':
      return extreme(rows, Math.min)
    case 'last':
      return extreme(rows, Math.max)
    case 'rate': {
      const { from, to } = window ?? range
      return (occurrences(rows, window === null ? range.from : null) * MINUTE) / (to - from)
    }
    case 'gapP50':
      return percentile(gapsInSeconds(rows), 0.5)
    case 'gapP95':
      return percentile(gapsInSeconds(rows), 0.95)
    case 'maxSeverity':
      return highestSeverity(rows)
  }
}

/** Value of a metric over no rows: what an empty window is filled with. */
export function emptyValue(metric: Metric): number | null {
  return measure(metric, { rows: [], range: { from: 0, to: 1 }, window: { from: 0, to: 1 } })
}

/** Occurrences of a row: with `from`, those without a place that began in the range are included. */
export function occurrencesOf(row: Observation, from: EpochMicros | null): number {
  return row.countDelta + (from !== null && row.deltaSince >= from ? row.countUnplaced : 0)
}

export function occurrences(rows: readonly Observation[], from: EpochMicros | null): number {
  return rows.reduce((sum, row) => sum + occurrencesOf(row, from), 0)
}

/** Key of the object a row is about. */
export function regardingKey({ cluster, regarding }: Pick<Observation, 'cluster' | 'regarding'>): string {
  return identityOf(cluster, regarding)
}

/** Key of the event a row is a version of; a row without uid is an event of its own. */
export function eventKey({ cluster, uid, id }: Pick<Observation, 'cluster' | 'uid' | 'id'>): string {
  return JSON.stringify(uid === '' ? [cluster, uid, id] : [cluster, uid])
}

export function countObjects(rows: readonly Observation[]): number {
  return new Set(rows.map(regardingKey)).size
}

/** Rank 0 (info) to 4 (critical); null without rows. */
export function highestSeverity(rows: readonly Observation[]): number | null {
  if (rows.length === 0) return null
  return rows.reduce((highest, { severity }) => Math.max(highest, SEVERITIES.indexOf(severity)), 0)
}

function extreme(rows: readonly Observation[], pick: (a: number, b: number) => number): EpochMicros | null {
  return rows.reduce<number | null>(
    (so, { lastObserved }) => (so === null ? lastObserved : pick(so, lastObserved)),
    null,
  )
}

function gapsInSeconds(rows: readonly Observation[]): readonly number[] {
  const times = [...rows].sort(compareObservations).map(({ lastObserved }) => lastObserved)
  return times.slice(1).map((time, index) => (time - (times[index] ?? time)) / SECOND)
}

/** Of n values the one at place p × (n − 1) in ascending order, linear between neighbours (R-7, quantile_cont). */
export function percentile(values: readonly number[], p: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const place = p * (sorted.length - 1)
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) return null
  return below + (above - below) * (place - Math.floor(place))
}
