import type { DataQuery } from '@grafana/schema'

/** The version of the query JSON that this editor writes. The collector knows how to bring older ones up to it. */
export const SCHEMA_VERSION = 1

/** What a pattern may be besides frequent. */
export const TRAITS = ['burst', 'recurring', 'novel', 'silent', 'periodic'] as const
export type Trait = (typeof TRAITS)[number]

export const QUERY_TYPES = [
  'incidents',
  'causes',
  'similar',
  'problems',
  'events',
  'aggregate',
  'patterns',
  'correlations',
  'timeline',
  'annotations',
] as const
export type EditableQueryType = (typeof QUERY_TYPES)[number]
export type QueryType = EditableQueryType | 'context'

/** `=|` is "one of", `!=|` "none of"; `=~` takes alternatives of texts with `.`, `.*` and `.+`. */
export const OPERATORS = ['=', '!=', '=|', '!=|', '=~', '!~', '<', '>'] as const
export type Operator = (typeof OPERATORS)[number]

/** Numbers that `aggregate` can show, most wanted first. */
export const METRICS = [
  'occurrences',
  'rate',
  'objects',
  'events',
  'observations',
  'active',
  'watched',
  'complete',
  'maxSeverity',
  'gapP50',
  'gapP95',
] as const
export type Metric = (typeof METRICS)[number]

export const FORMATS = ['auto', 'timeseries', 'numeric', 'table', 'heatmap'] as const
export type Format = (typeof FORMATS)[number]

export const BANDS = ['workload', 'object', 'node', 'namespace', 'problem'] as const
export type Band = (typeof BANDS)[number]

export const SCOPES = ['object', 'owner', 'node', 'namespace'] as const
export type Scope = (typeof SCOPES)[number]

/** A condition as key, operator and values: never as text, so that no value can be read as syntax. */
export interface Term {
  readonly key: string
  readonly operator: Operator
  /** None at all means no condition: what a variable that stands for "All" leaves. */
  readonly values: readonly string[]
}

/** What the builder and the line of text say. Both hold; neither is ever made out of the other unasked. */
export interface QueryFilter {
  /** Lucene query syntax. */
  readonly text: string
  readonly terms: readonly Term[]
}

/** The row in a log whose neighbours are asked for. */
export interface RowContext {
  readonly id: string
  readonly direction: 'forward' | 'backward'
  readonly scope: Scope
  readonly labels: Readonly<Record<string, string>>
  readonly timeNs: string
}

/** A query as it is stored. Absent keys have the collector's defaults; Grafana adds keys of its own. */
export interface EventloomQuery extends DataQuery {
  schemaVersion?: number
  queryType?: QueryType
  /** Which half of the filter the editor shows open; the collector does not read it. */
  editorMode?: 'builder' | 'code'
  filter?: Partial<QueryFilter>
  /** Ad hoc filters of the dashboard, copied here since they would else stay in the browser. */
  adHoc?: readonly Term[]
  /** IANA name, resolved from the dashboard's. */
  timezone?: string
  view?: 'events' | 'observations'
  order?: 'newest' | 'oldest'
  /** What the volume above the rows in Explore counts; the collector does not read it. */
  volume?: 'rows' | 'occurrences'
  limit?: number
  supportingQueryType?: string
  /** Of a page of infinite scroll: the range of the first page, ms since 1970. */
  scrolled?: { readonly from: number; readonly to: number }
  context?: RowContext
  metric?: Metric
  groupBy?: readonly string[]
  top?: number
  format?: Format
  interval?: string
  /** Of a table: numbers of a day or a week earlier beside those of the range. */
  compare?: 'none' | 'day' | 'week'
  /** Fields that tell one pattern from another. */
  patternBy?: readonly string[]
  minOccurrences?: number
  minRatePerMinute?: number
  /** Patterns that have one of these, whatever the thresholds. */
  traits?: readonly Trait[]
  correlationId?: string
  /** Of problems, causes and similar incidents: those of this one. */
  incidentId?: string
  /** What annotations mark. */
  marks?: 'events' | 'incidents'
  /** Of problems: also those that are over, and every object by itself. */
  withOver?: boolean
  eachObject?: boolean
  timelineBy?: Band
  tagFields?: readonly string[]
}

/** A query with a filter and a type, as editors and Explore work with it. */
export interface ReadableQuery extends EventloomQuery {
  schemaVersion: number
  queryType: QueryType
  filter: QueryFilter
}

/** A query of a version that this editor does not know. Its text must not be touched. */
export interface LaterQuery {
  readonly laterVersion: unknown
}

/**
 * A stored query as this version reads it. Nothing is written by reading: what was stored stays until somebody edits it.
 * Version 0 had no number: `{queryType?, query?: Lucene text, limit?}`.
 */
export function readQuery(stored: EventloomQuery): ReadableQuery | LaterQuery {
  const version: unknown = stored.schemaVersion ?? 0
  if (version !== 0 && version !== SCHEMA_VERSION) return { laterVersion: version }
  const { query, ...rest } = stored as EventloomQuery & { query?: unknown }
  const text = version === 0 && typeof query === 'string' ? query : ''
  return {
    ...rest,
    schemaVersion: SCHEMA_VERSION,
    queryType: stored.queryType ?? 'events',
    filter: { text: stored.filter?.text ?? text, terms: stored.filter?.terms ?? [] },
  }
}

export function isLater(query: ReadableQuery | LaterQuery): query is LaterQuery {
  return 'laterVersion' in query
}

/**
 * The query with another filter, for the actions of Explore. A query of a later version comes back as it was: losing one
 * click is better than losing a query.
 */
export function editFilter(stored: EventloomQuery, edit: (filter: QueryFilter) => QueryFilter): EventloomQuery {
  const query = readQuery(stored)
  return isLater(query) ? stored : { ...query, filter: edit(query.filter) }
}
