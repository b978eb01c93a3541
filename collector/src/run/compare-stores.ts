import { DAY, type EpochMicros } from '../clock.ts'
import { formatTime } from '../query/time.ts'
import type { AggregateQuery, Filter } from '../query/model.ts'
import type { EventReader } from '../store/store.ts'

/** A day of a cluster on which two stores differ; counts are observations, occurrences and distinct events. */
export interface StoreDifference {
  readonly cluster: string
  readonly day: string
  readonly source: readonly number[]
  readonly target: readonly number[]
}

/** Differences named; more are the same story. */
const MOST_NAMED = 20

/** What is compared for each cluster and day. */
const METRICS = ['observations', 'occurrences', 'events'] as const

/**
 * Where two stores differ: for each cluster of the source, day by day, in observations, occurrences and distinct events. A
 * target may hold other clusters as well.
 */
export async function compareStores(
  source: EventReader,
  target: EventReader,
  signal: AbortSignal,
): Promise<readonly StoreDifference[]> {
  const { oldest, newest } = await source.statistics(signal)
  if (oldest === null || newest === null) return []
  const range = { from: Math.floor(oldest / DAY) * DAY, to: newest + 1 }
  const expected = await countDays(source, range, { op: 'all' }, signal)
  const clusters = [...new Set([...expected.values()].map(({ cluster }) => cluster))]
  const found = await countDays(target, range, { op: 'in', field: 'cluster', values: clusters }, signal)
  const differences = [...new Set([...expected.keys(), ...found.keys()])].flatMap((key): readonly StoreDifference[] => {
    const [wanted, got] = [expected.get(key), found.get(key)]
    const place = wanted ?? got
    if (place === undefined || String(wanted?.counts) === String(got?.counts)) return []
    const { cluster, day } = place
    return [{ cluster, day: formatTime(day), source: wanted?.counts ?? [0, 0, 0], target: got?.counts ?? [0, 0, 0] }]
  })
  return differences.slice(0, MOST_NAMED)
}

interface DayCount {
  readonly cluster: string
  readonly day: EpochMicros
  /** In the order of {@link METRICS}. */
  readonly counts: readonly number[]
}

async function countDays(
  reader: EventReader,
  range: { readonly from: EpochMicros; readonly to: EpochMicros },
  filter: Filter,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, DayCount>> {
  const query: AggregateQuery = {
    ...range,
    filter,
    groupBy: ['cluster'],
    window: { kind: 'fixed', every: DAY },
    metrics: METRICS,
    isExact: true,
    top: null,
    zeroFill: false,
  }
  const { groups } = await reader.aggregate(query, signal)
  return new Map(
    groups.flatMap(({ key, points }) =>
      points.map(({ start, values }) => {
        const cluster = key?.[0] ?? ''
        const counts = values.map((value) => value ?? 0)
        return [JSON.stringify([cluster, start]), { cluster, day: start, counts }] as const
      }),
    ),
  )
}
