import { MINUTE, type EpochMicros } from '../../clock.ts'
import type { ClusterTime } from '../../alert/alert.ts'
import type { EventReader } from '../../store/store.ts'
import type { ClusterAt } from '../problems/clusters.ts'

/** A restart is no break. */
const SHORT = MINUTE

/** How far time has passed in each cluster, and when nobody watched it in the range. A recording has no breaks. */
export async function clusterTimes(
  reader: EventReader,
  { from, to }: { readonly from: EpochMicros; readonly to: EpochMicros },
  clusters: ReadonlyMap<string, ClusterAt>,
  signal: AbortSignal,
): Promise<readonly ClusterTime[]> {
  const records = await reader.records('watched', { from, to }, signal)
  const watched = Map.groupBy(records, ({ body }) => body.cluster)
  return [...clusters.values()].map(({ cluster, clock, at, unseenSince }): ClusterTime => {
    const live = (watched.get(cluster) ?? []).filter(({ body }) => body.source === 'live')
    const ends = live.map((record) => ({ from: record.from, to: record.body.until })).sort((a, b) => a.from - b.from)
    const breaks: { from: EpochMicros; to: EpochMicros | null }[] = []
    let until = ends[0]?.from ?? 0
    for (const interval of ends) {
      if (interval.from - until > SHORT) breaks.push({ from: until, to: interval.from })
      until = Math.max(until, interval.to)
    }
    if (unseenSince !== null && live.length > 0) breaks.push({ from: unseenSince, to: null })
    return { cluster, clock: Math.min(clock, to), now: Math.min(at, to), breaks }
  })
}
