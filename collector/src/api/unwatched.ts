import type { EpochMicros } from '../clock.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import { compileFilter } from '../query/filter.ts'
import type { Filter, TimeRange } from '../query/model.ts'
import type { EventReader } from '../store/store.ts'

/** Intervals looked through, the newest: many times as many as there are clusters. */
const MOST_INTERVALS = 500

/** A cluster that nobody watches any more, and since when. */
export interface Unwatched {
  readonly id: string
  readonly cluster: string
  readonly since: EpochMicros
}

/** Clusters that are not watched now, where that touches the range. What a recording tells of is not waited for. */
export async function unwatchedClusters(
  reader: EventReader,
  { to, filter }: Pick<TimeRange, 'to'> & { readonly filter?: Filter },
  signal: AbortSignal,
): Promise<readonly Unwatched[]> {
  const range = { from: EARLIEST, to: LATEST, order: 'newest', limit: MOST_INTERVALS } as const
  const unwatched: Unwatched[] = []
  const seen = new Set<string>()
  for (const { id, body } of await reader.records('watched', range, signal)) {
    const { cluster, source, isOpen, until } = body
    if (seen.has(cluster)) continue
    seen.add(cluster)
    if (source === 'live' && !isOpen && until < to && mayConcern(filter, cluster))
      unwatched.push({ id, cluster, since: until })
  }
  return unwatched
}

/** Whether a filter can match anything of a cluster: only what it says of clusters is looked at. */
export function mayConcern(filter: Filter | undefined, cluster: string): boolean {
  if (filter === undefined) return true
  if (filter.op === 'and') return filter.filters.every((part) => mayConcern(part, cluster))
  if (filter.op === 'or') return filter.filters.some((part) => mayConcern(part, cluster))
  const isOfClusters = (filter.op === 'in' || filter.op === 'like') && filter.field === 'cluster'
  return !isOfClusters || compileFilter(filter)(OF_CLUSTER(cluster))
}

const OF_CLUSTER = (cluster: string) => ({ cluster }) as Parameters<ReturnType<typeof compileFilter>>[0]
