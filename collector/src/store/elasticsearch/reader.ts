import type { EventReader } from '../store.ts'
import { readAggregate } from './aggregate.ts'
import { readEventPage } from './event-page.ts'
import { readEventVolume } from './event-volume.ts'
import type { Indices } from './indices.ts'
import { readLatest } from './latest.ts'
import { readPatterns } from './patterns.ts'
import { readRecords } from './records.ts'
import { resolveWildcards } from './resolve-wildcards.ts'
import { streamRows, type Matched } from './rows.ts'
import { valueIn, type Search } from './search.ts'
import type { Sizes } from './sizes.ts'
import { readValues } from './values.ts'

/** Rows of one step of a scan: a few MB on the way to the caller. */
const SCAN_ROWS = 2_000

/** The reading half. An answer of several requests is not of one moment: rows may come in between them. */
export function createReader(indices: Indices, search: Search, sizes: Sizes): EventReader {
  const resolved = async <Asked extends Matched>(query: Asked, signal: AbortSignal): Promise<Asked> => ({
    ...query,
    filter: await resolveWildcards(query, search, signal),
  })
  return {
    events: async (query, signal) => readEventPage(await resolved(query, signal), search, signal),
    aggregate: async (query, signal) => readAggregate(await resolved(query, signal), search, signal),
    eventVolume: async (query, signal) => readEventVolume(await resolved(query, signal), search, signal),
    latest: async (query, signal) => readLatest(await resolved(query, signal), search, signal),
    patterns: async (query, signal) => readPatterns(await resolved(query, signal), search, signal),
    values: async (query, signal) => readValues(await resolved(query, signal), search, signal),
    async *scan(query, signal) {
      yield* streamRows(search, { ...(await resolved(query, signal)), order: 'oldest' }, SCAN_ROWS, signal)
    },
    records: (kind, range, signal) => readRecords(search, indices.records, kind, range, signal),

    async statistics(signal) {
      const aggs = {
        begins: { min: { field: 'deltaSince' } },
        oldest: { min: { field: 'lastObservedMicros' } },
        newest: { max: { field: 'lastObservedMicros' } },
      }
      const answer = await search.days({ size: 0, track_total_hits: true, aggs }, signal)
      return {
        observations: answer?.hits.total?.value ?? 0,
        begins: valueIn(answer?.aggregations, 'begins'),
        oldest: valueIn(answer?.aggregations, 'oldest'),
        newest: valueIn(answer?.aggregations, 'newest'),
        bytes: await sizes.total(signal),
        backend: 'elasticsearch',
      }
    },
  }
}
