import type { AggregateQuery, PatternQuery, TimeRange } from '../query/model.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import type { EventReader, StoreStatistics } from '../store/store.ts'

/**
 * An aggregate whose range nobody bounded, over all that the store holds: a rate over all of time would say nothing. It begins
 * when the first occurrence may have been. Windows hold only what has a time, and begin with the first row.
 */
export async function closedAggregate(
  reader: EventReader,
  query: AggregateQuery,
  signal: AbortSignal,
): Promise<AggregateQuery> {
  if (isClosed(query)) return query
  const stored = await reader.statistics(signal)
  return { ...query, ...close(query, query.window === null ? beginOf(stored) : stored.oldest, stored) }
}

/** As {@link closedAggregate}; what happened before the first row was seen is counted, the trend begins with that row. */
export async function closedPatterns<Query extends PatternQuery>(
  reader: EventReader,
  query: Query,
  signal: AbortSignal,
): Promise<Query> {
  if (isClosed(query)) return query
  const stored = await reader.statistics(signal)
  const range = close(query, beginOf(stored), stored)
  if (query.from > EARLIEST) return { ...query, ...range }
  return { ...query, ...range, trendFrom: Math.min(stored.oldest ?? range.from, range.to - 1) }
}

function isClosed({ from, to }: TimeRange): boolean {
  return from > EARLIEST && to < LATEST
}

function beginOf({ begins, oldest }: StoreStatistics): number | null {
  return begins === null || oldest === null ? oldest : Math.min(begins, oldest)
}

function close(query: TimeRange, begin: number | null, { newest }: StoreStatistics): TimeRange {
  const from = query.from > EARLIEST ? query.from : Math.min(begin ?? EARLIEST, query.to - 1)
  return { from, to: query.to < LATEST ? query.to : Math.max((newest ?? from) + 1, from + 1) }
}
