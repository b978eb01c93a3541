import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'

/**
 * A condition on observations, parsed once (from Lucene text or API parameters) and compiled by each store.
 *
 * Fields are those of `fields.ts`: observation fields with dots (`regarding.kind`, `owner.name`) and map entries
 * (`metadata.image`, `labels.app.kubernetes.io/name`: the first segment is the map, the rest is the key, dots included).
 *
 * Every field has at least one text value: integers and times as decimal digits, booleans as `true` and `false`, a value
 * that is absent (null, a map without the key, an empty list) as the empty text, a list as each of its elements. A
 * condition on a list holds when it holds for one element. Values match whole and case-sensitively.
 */
export type Filter =
  | { readonly op: 'all' }
  /** Of no filters: `and` holds always, `or` never. */
  | { readonly op: 'and' | 'or'; readonly filters: readonly Filter[] }
  | { readonly op: 'not'; readonly filter: Filter }
  /** The text is one of these; the empty text is what absent values have. */
  | { readonly op: 'in'; readonly field: string; readonly values: readonly string[] }
  /** Text, list and map fields: `*` any run, `?` one code point; `\` escapes. Whole text, line breaks included. */
  | { readonly op: 'like'; readonly field: string; readonly pattern: string }
  /**
   * Numbers and times (µs) as numbers, absent ones never match. Other fields as text by code point (which is the order of
   * UTF-8 bytes, not JavaScript's `<`); the empty text never matches. Bounds are of the field's own kind.
   */
  | {
      readonly op: 'range'
      readonly field: string
      readonly gte?: number | string
      readonly gt?: number | string
      readonly lte?: number | string
      readonly lt?: number | string
    }
  /**
   * Text: not empty. Integer and time: not null. Boolean: always. List: not empty. Map: at least one entry.
   * Map entry: the key is there, even with an empty value (labels often have none).
   */
  | { readonly op: 'exists'; readonly field: string }
  /**
   * These note tokens (`note-tokens.ts`) stand next to one another in the note; at least one; the last may be a prefix.
   * Other ops than `words` and `exists` never name the field `note`: it is matched by words alone.
   */
  | { readonly op: 'words'; readonly words: readonly string[]; readonly lastIsPrefix: boolean }

/** [from, to): the end is excluded everywhere, so that adjacent ranges add up. */
export interface TimeRange {
  readonly from: EpochMicros
  readonly to: EpochMicros
}

export interface EventQuery extends TimeRange {
  readonly filter: Filter
  /**
   * `events`: of the rows that match in the range, the newest version of each (cluster, uid); a row without uid is an
   * event of its own. `observations`: every row.
   */
  readonly view: 'events' | 'observations'
  /** `newest` or `oldest` first. With a limit, `newest` keeps the newest. */
  readonly order: 'newest' | 'oldest'
  readonly limit: number
  /**
   * Opaque, from the page before. Stateless: it holds the key after which to go on, and the highest key that matched when
   * the first page was made. Rows above that are left out of the pages that follow (and of `total` and of "newest
   * version"), so rows that come in meanwhile neither repeat nor hide one. See `cursor.ts`.
   */
  readonly cursor?: string
}

export interface EventPage {
  readonly rows: readonly Observation[]
  /** Null on the last page. */
  readonly cursor: string | null
  /** All rows that match, over all pages (in the chosen view). */
  readonly total: number
}

/** Every metric is over the rows of one group and one window (or the whole range). Real numbers agree to 9 digits. */
export type Metric =
  /** sum(countDelta), plus, without window, countUnplaced of the rows with deltaSince >= from (frame §6.4). */
  | 'occurrences'
  | 'observations'
  /** Distinct objects, told apart as `identityOf` of `event/` does. */
  | 'objects'
  /** Distinct (cluster, uid); a row without uid counts as one. */
  | 'events'
  /** Lowest and highest lastObserved, µs; null when there are none. */
  | 'first'
  | 'last'
  /** `occurrences` per minute of the part of the window that lies in [from, to), or of the range. */
  | 'rate'
  /**
   * Percentiles of the seconds between consecutive observations of the group, in key order and in the same window:
   * of n gaps in ascending order the value at place p × (n − 1), linear between neighbours (DuckDB's quantile_cont,
   * "R-7"). Null with fewer than two observations.
   */
  | 'gapP50'
  | 'gapP95'
  /** Highest severity as rank 0 (info) to 4 (critical); null when there are none. */
  | 'maxSeverity'

/**
 * Fixed: a multiple of µs, aligned to the epoch. Calendar: aligned in `zone` (IANA), right over DST; weeks begin on Monday.
 * `windowStarts` of `windows.ts` is what both mean.
 */
export type Window =
  | { readonly kind: 'fixed'; readonly every: EpochMicros }
  | { readonly kind: 'calendar'; readonly unit: 'hour' | 'day' | 'week' | 'month'; readonly zone: string }

export interface AggregateQuery extends TimeRange {
  readonly filter: Filter
  /** Groupable fields, in order; map entries allowed. Empty for one group, which is there even without rows. */
  readonly groupBy: readonly string[]
  readonly window: Window | null
  /** At least one. */
  readonly metrics: readonly Metric[]
  /** Whether distinct objects and events are counted however many they are, and however long it takes: then nothing is estimated. */
  readonly isExact?: boolean
  /**
   * Keep the groups with the highest `orderBy` over the whole range; the rows of the rest become one group `other`,
   * measured as such (its objects are distinct objects, not a sum). No effect without groupBy.
   */
  readonly top: { readonly groups: number; readonly orderBy: Metric } | null
  /** Windows without rows appear with zeros (null where zero is no value). Only with a window. */
  readonly zeroFill: boolean
}

/** Which events are counted by their newest rows. */
export interface EventVolumeQuery extends TimeRange {
  readonly filter: Filter
  readonly window: Window
}

/** Events whose newest matching row in the range is of this severity and in this window. */
export interface EventVolumeCell {
  /** Start of the window; that of the first may lie before `from`. */
  readonly start: EpochMicros
  readonly severity: string
  readonly events: number
}

export interface AggregateGroup {
  /** Values of groupBy as text, same order; null for the group of all others. */
  readonly key: readonly string[] | null
  /** One per window that has rows (or every window of the range, with zeroFill), in time order; one entry with start = from when there is no window. */
  readonly points: readonly AggregatePoint[]
}

export interface AggregatePoint {
  /** Start of the window; that of the first window may lie before `from`. */
  readonly start: EpochMicros
  /** Same order as `metrics`. */
  readonly values: readonly (number | null)[]
}

export interface AggregateResult {
  /**
   * Highest `top.orderBy` (first metric where top is null) first, as it is over the whole range without window; null
   * last; ties by key, code point by code point. `other` last.
   */
  readonly groups: readonly AggregateGroup[]
  /**
   * Occurrences of the matching rows that the answer leaves out, because their time is not known to the hour: with a
   * window all countUnplaced, without one that of the rows with deltaSince < from.
   */
  readonly unplaced: number
  /** Whether any matching row's count is a lower bound: then people see "at least". */
  readonly isLowerBound: boolean
  /**
   * Distinct objects and events: 0 where they were counted. Where a store has too many to count them in time, the share by
   * which they may be off, in 19 of 20 cases.
   */
  readonly distinctError: number
}

/** The newest matching row of each object, newest first. An object is (cluster, regarding kind, namespace, name). */
export interface LatestQuery extends TimeRange {
  readonly filter: Filter
  /** At most this many objects, those with the newest observation first. */
  readonly limit: number
}

/** Recurring patterns over a range: key, thresholds and samples as the field's tools have them. */
export interface PatternQuery extends TimeRange {
  readonly filter: Filter
  /** Groupable fields of the key; default reason, regarding.kind, namespace. At least one. */
  readonly key: readonly string[]
  readonly minOccurrences: number
  /** More than this many a minute. */
  readonly minRatePerMinute: number
  /** The patterns of the highest severity, of these the ones with the most occurrences; ties by key, code point by code point. */
  readonly limit: number
  /** Where the trend begins when that is after `from`, at or before the first row: occurrences may reach back further than rows. */
  readonly trendFrom?: EpochMicros
  readonly samples: number
}

export interface PatternSummary {
  readonly key: readonly string[]
  /** As the metric of that name without window. */
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly observations: number
  /** As the metric of that name. */
  readonly objects: number
  /** As {@link AggregateResult.distinctError}, for `objects`. */
  readonly objectsError: number
  /**
   * When the first of these occurrences may have been: the lowest, over the rows, of max(from, deltaSince) for a row that
   * stands for more than one occurrence in the range (countDelta, plus countUnplaced where deltaSince >= from), of
   * lastObserved for the others.
   */
  readonly firstObserved: EpochMicros
  /** Highest lastObserved. */
  readonly lastObserved: EpochMicros
  /** occurrences × 60,000,000 / max(lastObserved − firstObserved, 60,000,000): less than a minute counts as one. */
  readonly ratePerMinute: number
  readonly maxSeverity: string
  /**
   * Sums of countDelta in twelve equal slices of [trendFrom, to), oldest first; trendFrom is `from` when absent. Slice of a
   * row, in doubles: min(11, floor((lastObserved − trendFrom) / ((to − trendFrom) / 12))).
   */
  readonly trend: readonly number[]
  /** The newest row of each object, newest first; then the second newest of each, and so on, up to `samples`. */
  readonly samples: readonly Observation[]
}

export interface FieldValue {
  readonly value: string
  /** As the metric of that name without window. */
  readonly occurrences: number
}
