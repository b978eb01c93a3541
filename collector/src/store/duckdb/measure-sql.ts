import { MINUTE, type EpochMicros } from '../../clock.ts'
import type { AggregateQuery, Filter, Metric, TimeRange } from '../../query/model.ts'
import { DELTA_SINCE, groupText, SEVERITY_RANK } from './field-sql.ts'
import { matchSql, rowsFor } from './filter-sql.ts'
import type { Bindings } from './sql-text.ts'

/**
 * Windows of the calendar begin at multiples of this: since 2014, before which no row can lie, every zone's offset is
 * a multiple of a quarter of an hour. So the rows' quarters, some thousands, look for their windows, and not the
 * rows, some millions.
 */
const QUARTER = 15 * MINUTE

/** Distinct (cluster, uid); rows without uid count each. */
export const EVENT_COUNT = `(count(DISTINCT (cluster, uid)) FILTER (uid IS NOT NULL)
  + count(DISTINCT (cluster, uid_text)) FILTER (uid_text IS NOT NULL)
  + count(*) FILTER (uid IS NULL AND uid_text IS NULL))`

const API_GROUP = `regexp_extract(regarding_api_version, '^([^/]*)/', 1)`

/**
 * What tells objects apart, as `identityOf` of `event/` does, but a number of 64 bits, which takes less time than names. Among a
 * million the chance that two are taken for one is 3 in 100 million.
 */
export const OBJECT = `hash(cluster, CASE
  WHEN regarding_kind = 'Node' THEN hash(regarding_kind, regarding_name)
  WHEN regarding_uid IS NOT NULL THEN hash(regarding_uid)
  WHEN regarding_uid_text IS NOT NULL THEN hash(regarding_uid_text)
  ELSE hash(${API_GROUP}, regarding_kind, coalesce(regarding_namespace, namespace), regarding_name) END)`

export const OBJECT_COUNT = `count(DISTINCT ${OBJECT})`

/** Occurrences of one row over the range without window: those without a place count when they began inside. */
export function occurrencesOfRow(from: EpochMicros, bindings: Bindings): string {
  return `(count_delta + CASE WHEN ${DELTA_SINCE} >= ${bindings.bind(from)} THEN count_unplaced ELSE 0 END)`
}

/**
 * A metric over rows of {@link measuredRows}. `rate` is counted in occurrences: only the caller knows how long a
 * window is.
 */
export function metricSql(metric: Metric, from: EpochMicros, windowed: boolean, bindings: Bindings): string {
  switch (metric) {
    case 'occurrences':
    case 'rate':
      return `coalesce(sum(${windowed ? 'count_delta' : occurrencesOfRow(from, bindings)}), 0)`
    case 'observations':
      return 'count(*)'
    case 'objects':
      return OBJECT_COUNT
    case 'events':
      return EVENT_COUNT
    case 'first':
      return 'min(last_observed)'
    case 'last':
      return 'max(last_observed)'
    case 'gapP50':
      return 'quantile_cont(gap, 0.5)'
    case 'gapP95':
      return 'quantile_cont(gap, 0.95)'
    case 'maxSeverity':
      return `max(${SEVERITY_RANK})`
  }
}

/** Names of the key columns of {@link measuredRows}. */
export function keyNames(fields: readonly string[]): readonly string[] {
  return fields.map((_, index) => `key${String(index)}`)
}

/** The matching rows with their keys as text, and with `start` of their window where `starts` is given. */
export function keyedRows(
  query: TimeRange & { readonly filter: Filter },
  fields: readonly string[],
  window: Pick<AggregateQuery, 'window'> & { readonly starts: readonly EpochMicros[] | null },
  bindings: Bindings,
): string {
  const match = matchSql(query, bindings)
  const keys = keyNames(fields).map((name, index) => `${groupText(fields[index] ?? '', bindings)} AS ${name}`)
  const [start, join] = windowSql(query, window, bindings)
  const columns = [
    'observations.*',
    'observations.rowid AS row_place',
    ...keys,
    ...(start === null ? [] : [`${start} AS start`]),
  ]
  return `(SELECT ${columns.join(', ')} FROM ${rowsFor(query.filter)} ${join} WHERE ${match})`
}

/** `rows` with the seconds since the row before in the same group and window. */
export function withGaps(rows: string, partition: readonly string[]): string {
  const by = partition.length === 0 ? '' : `PARTITION BY ${partition.join(', ')}`
  return `(SELECT *, (last_observed - lag(last_observed) OVER (${by} ORDER BY last_observed))::DOUBLE / 1e6 AS gap FROM ${rows})`
}

export function isGap(metric: Metric): boolean {
  return metric === 'gapP50' || metric === 'gapP95'
}

function windowSql(
  range: TimeRange,
  { window, starts }: Pick<AggregateQuery, 'window'> & { readonly starts: readonly EpochMicros[] | null },
  bindings: Bindings,
): readonly [start: string | null, join: string] {
  if (window === null || starts === null) return [null, '']
  if (window.kind === 'fixed') {
    const every = bindings.bind(window.every)
    return [`(last_observed // ${every}) * ${every}`, '']
  }
  const quarter = `(last_observed // ${bindings.bind(QUARTER)})`
  const quarters = `SELECT DISTINCT ${quarter} AS quarter FROM observations WHERE ${matchSql({ ...range, filter: { op: 'all' } }, bindings)}`
  const given = `SELECT unnest(from_json(${bindings.bind(JSON.stringify(starts))}::VARCHAR, '["BIGINT"]')) AS start`
  return [
    'slot.start',
    `JOIN (SELECT quarter, start FROM (${quarters}) AS quarters
      ASOF JOIN (${given}) AS starts ON quarters.quarter * ${bindings.bind(QUARTER)} >= starts.start) AS slot
      ON slot.quarter = ${quarter}`,
  ]
}
