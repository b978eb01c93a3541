import { COUNTED_AT_ONCE } from './composite.ts'
import type { Query } from './filter-query.ts'
import { bucketsIn, childIn, type Search } from './search.ts'

const SOURCES = [
  { cluster: { terms: { field: 'cluster', missing_bucket: true } } },
  { uid: { terms: { field: 'uid' } } },
]
const PARTS = [
  'aggregations.events.after_key',
  'aggregations.events.buckets.doc_count',
  'aggregations.unnamed.doc_count',
]

/**
 * How many events match. A bucket for each, most often all in one answer, of which no key is read; and each row without uid,
 * which is an event of its own.
 */
export async function countEvents(match: Query, search: Search, signal: AbortSignal): Promise<number> {
  let events = 0
  for (let after: unknown; ;) {
    const composite = { size: COUNTED_AT_ONCE, sources: SOURCES, ...(after === undefined ? {} : { after }) }
    const aggs = { events: { composite }, unnamed: { missing: { field: 'uid' } } }
    const body = { size: 0, track_total_hits: false, query: match, aggs }
    const found = (await search.days(body, signal, PARTS))?.aggregations
    const buckets = bucketsIn(found, 'events').length
    events += buckets
    after = (found?.['events'] as { readonly after_key?: unknown } | undefined)?.after_key
    if (buckets < COUNTED_AT_ONCE || after === undefined) return events + (childIn(found, 'unnamed')?.doc_count ?? 0)
  }
}
