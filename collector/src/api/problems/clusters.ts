import { DAY, MINUTE, type EpochMicros } from '../../clock.ts'
import { STILL_GOING, type RecordOf } from '../../event/record.ts'
import { EARLIEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'

/** A live cluster of which this long nothing was written is not watched any more, whatever was written last. */
const UNHEARD = 5 * MINUTE

/** What is on its way may lie this far back: the clock of a live cluster goes no further than that. */
const BEHIND = 2 * MINUTE

/** Silence counts for as long as a problem may hold. */
const SILENCE = 3 * DAY

const MOST_INTERVALS = 5_000

/** A cluster at the time that is asked about. */
export interface ClusterAt {
  readonly cluster: string
  /** Of a recording without a time asked for: its end. */
  readonly at: EpochMicros
  /** How far time has passed there, as far as anybody watched. */
  readonly clock: EpochMicros
  readonly isWatched: boolean
  /** The end of what was watched; null while it is. */
  readonly unseenSince: EpochMicros | null
  /** Whether the end of what was watched was written down. */
  readonly isClosed: boolean
  /** Newest last; those that had begun by then. */
  readonly intervals: readonly RecordOf<'watched'>[]
}

/** Every cluster that was watched before `at` (null: now, and of a recording its end), by name. */
export async function clustersAt(
  reader: EventReader,
  at: EpochMicros | null,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ClusterAt>> {
  const range = {
    from: EARLIEST,
    to: at === null ? STILL_GOING : at + 1,
    order: 'newest',
    limit: MOST_INTERVALS,
  } as const
  const records = await reader.records('watched', range, signal)
  const byCluster = Map.groupBy(records.toReversed(), ({ body }) => body.cluster)
  return new Map([...byCluster].map(([cluster, intervals]) => [cluster, clusterAt(cluster, intervals, at, now)]))
}

function clusterAt(
  cluster: string,
  intervals: readonly RecordOf<'watched'>[],
  asked: EpochMicros | null,
  now: EpochMicros,
): ClusterAt {
  const newest = intervals.at(-1)?.body
  const { source, until } = newest ?? { source: 'live', until: EARLIEST }
  if (source !== 'live') {
    // A recording is watched to its end, or for as long as one asks about.
    const at = asked ?? until
    return { cluster, at, clock: at, isWatched: true, unseenSince: null, isClosed: false, intervals }
  }
  const at = asked ?? now
  const isWatched = newest?.isOpen === true ? at - until <= UNHEARD : at <= until
  const clock = isWatched ? Math.min(at, Math.max(until, at >= now - BEHIND ? now - BEHIND : at)) : until
  const recent = intervals.filter(({ body }) => body.until >= clock - SILENCE)
  return {
    cluster,
    at,
    clock,
    isWatched,
    unseenSince: isWatched ? null : until,
    isClosed: newest?.isOpen === false,
    intervals: recent,
  }
}
