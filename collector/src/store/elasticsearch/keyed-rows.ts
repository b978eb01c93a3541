import type { Observation } from '../../event/observation.ts'
import type { RowKey } from '../../query/cursor.ts'
import type { EventQuery } from '../../query/model.ts'
import { boundedQuery, MOST_ROWS, readRows, UNBOUNDED, type Matched, type RowBounds } from './rows.ts'
import type { Search } from './search.ts'
import { sortOf } from './seek.ts'

/** A matching row whose document was not read: that takes longer than the keys of ten rows. */
export type KeyedRow = RowKey & Pick<Observation, 'cluster' | 'uid'>

const KEY_FIELDS = ['lastObservedMicros', 'resourceVersion', 'id', 'cluster', 'uid'] as const

/** The keys of the first `size` rows within bounds. */
export async function readKeys(
  search: Search,
  query: Matched & Pick<EventQuery, 'order'>,
  bounds: RowBounds,
  size: number,
  signal: AbortSignal,
): Promise<readonly KeyedRow[]> {
  const body = {
    query: boundedQuery(query, bounds),
    size,
    sort: sortOf(query.order),
    track_total_hits: false,
    _source: false,
    stored_fields: '_none_',
    docvalue_fields: KEY_FIELDS,
  }
  const answer = await search.days(body, signal, ['hits.hits.fields'])
  return (answer?.hits?.hits ?? []).map(({ fields = {} }) => {
    const valueOf = (name: (typeof KEY_FIELDS)[number]) => fields[name]?.[0]
    return {
      lastObserved: Number(valueOf('lastObservedMicros')),
      resourceVersion: fields['resourceVersion'] === undefined ? null : Number(valueOf('resourceVersion')),
      id: String(valueOf('id')),
      cluster: String(valueOf('cluster') ?? ''),
      uid: String(valueOf('uid') ?? ''),
    }
  })
}

/** The rows of some keys, in that order. Those that retention has removed meanwhile are left out. */
export async function rowsOfKeys(
  search: Search,
  keys: readonly KeyedRow[],
  order: EventQuery['order'],
  signal: AbortSignal,
): Promise<readonly Observation[]> {
  const rows: Observation[] = []
  for (let start = 0; start < keys.length; start += MOST_ROWS) {
    const part = keys.slice(start, start + MOST_ROWS)
    const times = [part[0]?.lastObserved ?? 0, part.at(-1)?.lastObserved ?? 0]
    const filter = { op: 'in' as const, field: 'id', values: part.map(({ id }) => id) }
    // The times keep the days out that hold none of them.
    const query = { from: Math.min(...times), to: Math.max(...times) + 1, filter, order }
    rows.push(...(await readRows(search, query, UNBOUNDED, { size: part.length }, signal)).rows)
  }
  return rows
}
