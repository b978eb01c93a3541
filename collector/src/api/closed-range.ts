import type { TimeRange } from '../query/model.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'

/**
 * A query whose range nobody bounded, over what the store holds: a rate or a trend over all of time would say nothing.
 * Unchanged where both ends were given.
 */
export async function closed<Query extends TimeRange>(
  reader: EventReader,
  query: Query,
  signal: AbortSignal,
): Promise<Query> {
  if (query.from > EARLIEST && query.to < LATEST) return query
  const { oldest, newest } = await reader.statistics(signal)
  const from = query.from > EARLIEST ? query.from : Math.min(oldest ?? EARLIEST, query.to - 1)
  const to = query.to < LATEST ? query.to : Math.max((newest ?? from) + 1, from + 1)
  return { ...query, from, to }
}
