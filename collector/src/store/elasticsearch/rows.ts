import type { Observation } from '../../event/observation.ts'
import type { RowKey } from '../../query/cursor.ts'
import type { EventQuery, Filter, TimeRange } from '../../query/model.ts'
import { observationOf } from './document.ts'
import { matchQuery, type Query } from './filter-query.ts'
import type { Hit, Search } from './search.ts'
import { behindQuery, sortOf, upToQuery } from './seek.ts'

export type Matched = TimeRange & { readonly filter: Filter }

/** Where rows begin and end; null where the range alone says. */
export interface RowBounds {
  /** Rows behind this key, in the direction of the order. */
  readonly after: RowKey | null
  /** Rows up to this key. */
  readonly newest: RowKey | null
}

/** Rows of one request; Elasticsearch's own bound is 10,000. */
export const MOST_ROWS = 5_000

export const UNBOUNDED: RowBounds = { after: null, newest: null }

export interface RowPage {
  readonly rows: readonly Observation[]
  /** All rows within the bounds; null when it was not asked for. */
  readonly total: number | null
}

/** The rows of a range that match, within bounds. */
export function boundedQuery(query: Matched & Pick<EventQuery, 'order'>, { after, newest }: RowBounds): Query {
  const bounds = [
    ...(after === null ? [] : [behindQuery(query.order, after)]),
    ...(newest === null ? [] : [upToQuery(newest)]),
  ]
  const match = matchQuery(query)
  return bounds.length === 0 ? match : { bool: { filter: [match, ...bounds] } }
}

/** The first `size` rows within bounds. */
export async function readRows(
  search: Search,
  query: Matched & Pick<EventQuery, 'order'>,
  bounds: RowBounds,
  { size, countAll = false }: { readonly size: number; readonly countAll?: boolean },
  signal: AbortSignal,
): Promise<RowPage> {
  const body = { query: boundedQuery(query, bounds), size, sort: sortOf(query.order), track_total_hits: countAll }
  const answer = await search.days(body, signal)
  const total = countAll ? (answer?.hits.total?.value ?? 0) : null
  return { rows: (answer?.hits.hits ?? []).map(rowOf), total }
}

/** All rows in order, `size` at a time, each page a search of its own. Rows that come in behind are not seen. */
export async function* streamRows(
  search: Search,
  query: Matched & Pick<EventQuery, 'order'>,
  size: number,
  signal: AbortSignal,
): AsyncGenerator<readonly Observation[]> {
  for (let after: RowKey | null = null; ;) {
    const { rows }: RowPage = await readRows(search, query, { after, newest: null }, { size }, signal)
    if (rows.length > 0) yield rows
    after = rows.at(-1) ?? null
    if (after === null || rows.length < size) return
  }
}

export function rowOf({ _id, _source }: Hit): Observation {
  return observationOf(_id, _source)
}
