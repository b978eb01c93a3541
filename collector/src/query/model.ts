import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'

/**
 * A condition on observations, parsed once (from Lucene text or API parameters) and compiled by each store.
 *
 * Fields are observation fields with dots (`regarding.kind`, `owner.name`) and map entries (`metadata.image`,
 * `labels.app.kubernetes.io/name`, `annotations.…`, `objectLabels.…`). Values match whole values, case-sensitively.
 */
export type Filter =
  | { readonly op: 'all' }
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  | { readonly op: 'in'; readonly field: string; readonly values: readonly string[] }
  /** `*` any run, `?` one character; `\` escapes. Whole value. */
  | { readonly op: 'like'; readonly field: string; readonly pattern: string }
  /** Numbers and times (µs) as numbers; text compared by code point. */
  | {
      readonly op: 'range'
      readonly field: string
      readonly gte?: number | string
      readonly gt?: number | string
      readonly lte?: number | string
      readonly lt?: number | string
    }
  | { readonly op: 'exists'; readonly field: string }
  /** Consecutive note tokens: maximal runs of Unicode letters and digits, lower-cased; the last may be a prefix. */
  | { readonly op: 'words'; readonly words: readonly string[]; readonly lastIsPrefix: boolean }

/** [from, to): the end is excluded everywhere, so that adjacent ranges add up. */
export interface TimeRange {
  readonly from: EpochMicros
  readonly to: EpochMicros
}

export interface EventQuery extends TimeRange {
  readonly filter: Filter
  /** `events`: the newest version of each event uid in the range. `observations`: every stored version. */
  readonly view: 'events' | 'observations'
  /** `newest` or `oldest` first. With a limit, `newest` keeps the newest. */
  readonly order: 'newest' | 'oldest'
  readonly limit: number
  /** Opaque, from the page before. Stateless; stays valid while rows come in. */
  readonly cursor?: string
}

export interface EventPage {
  readonly rows: readonly Observation[]
  /** Null on the last page. */
  readonly cursor: string | null
  /** All rows that match, over all pages (in the chosen view). */
  readonly total: number
}

/** Every metric is over the rows of one group and one window. */
export type Metric =
  /** sum(countDelta), plus countUnplaced where [deltaSince, lastObserved] lies in the range (without window). */
  | 'occurrences'
  | 'observations'
  /** Distinct (kind, namespace, name) of `regarding`, per cluster. */
  | 'objects'
  /** Distinct event uids. */
  | 'events'
  /** First and last lastObserved, µs; null when there are none. */
  | 'first'
  | 'last'
  /** Occurrences per minute over the window or the range. */
  | 'rate'
  /** Percentiles of the seconds between consecutive observations; null with fewer than two. */
  | 'gapP50'
  | 'gapP95'
  /** Highest severity as rank 0 (info) to 4 (critical); null when there are none. */
  | 'maxSeverity'

/** Fixed: a multiple of µs, aligned to the epoch. Calendar: aligned in `zone`, right over DST. */
export type Window =
  | { readonly kind: 'fixed'; readonly every: EpochMicros }
  | { readonly kind: 'calendar'; readonly unit: 'hour' | 'day' | 'week' | 'month'; readonly zone: string }

export interface AggregateQuery extends TimeRange {
  readonly filter: Filter
  /** Fields, in order; map entries allowed. Empty for one group. A missing value is the empty string. */
  readonly groupBy: readonly string[]
  readonly window: Window | null
  readonly metrics: readonly Metric[]
  /** Keep the groups with the highest `orderBy` over the whole range; the rest becomes one group `other`. */
  readonly top: { readonly groups: number; readonly orderBy: Metric } | null
  /** Windows without rows appear with zeros (null where zero is no value). Only with a window. */
  readonly zeroFill: boolean
}

export interface AggregateGroup {
  /** Values of groupBy, same order; null for the group of all others. */
  readonly key: readonly string[] | null
  /** One per window in time order; one entry with start = from when there is no window. */
  readonly points: readonly AggregatePoint[]
}

export interface AggregatePoint {
  readonly start: EpochMicros
  /** Same order as `metrics`. */
  readonly values: readonly (number | null)[]
}

export interface AggregateResult {
  /** Highest orderBy (or first metric) first, ties by key; `other` last. */
  readonly groups: readonly AggregateGroup[]
  /** Occurrences that no window holds because their time is not known to the hour. */
  readonly unplaced: number
  /** Whether any count is a lower bound: then people see "at least". */
  readonly isLowerBound: boolean
}

export interface LatestQuery extends TimeRange {
  readonly filter: Filter
  /** At most this many objects, those with the newest observation first. */
  readonly limit: number
}

/** Recurring patterns over a range: key, thresholds and samples as the field's tools have them. */
export interface PatternQuery extends TimeRange {
  readonly filter: Filter
  /** Fields of the key; default reason, regarding.kind, namespace. */
  readonly key: readonly string[]
  readonly minOccurrences: number
  /** More than this many a minute between first and last occurrence. */
  readonly minRatePerMinute: number
  readonly limit: number
  readonly samples: number
}

export interface PatternSummary {
  readonly key: readonly string[]
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly observations: number
  readonly objects: number
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  readonly ratePerMinute: number
  readonly maxSeverity: string
  /** Occurrences in twelve equal slices of the range, oldest first. */
  readonly trend: readonly number[]
  /** The newest observations, one per object where possible. */
  readonly samples: readonly Observation[]
}

export interface FieldValue {
  readonly value: string
  readonly occurrences: number
}
