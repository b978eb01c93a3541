import type { EpochMicros } from '../../clock.ts'
import { sliceOf, volumeOf, type CountedEvents } from '../../query/event-volume.ts'
import type { EventVolumeCell, EventVolumeQuery, Filter } from '../../query/model.ts'
import { allBuckets, EVENT_KEY } from './composite.ts'
import { readEventPage } from './event-page.ts'
import { matchQuery } from './filter-query.ts'
import { valueIn, type Search } from './search.ts'

/** Events that are told one by one; every 30,000 of them take one more look at all rows. */
const MOST_EVENTS = 150_000

/** One severity of one event. */
interface Version {
  readonly event: readonly string[]
  readonly severity: string
  readonly time: EpochMicros
}

/** Events by the window and the severity of their newest row: of each event the newest of each severity is asked for. */
export async function readEventVolume(
  query: EventVolumeQuery,
  search: Search,
  signal: AbortSignal,
): Promise<readonly EventVolumeCell[] | null> {
  const counted: CountedEvents[] = await withoutUid(query, search, signal)
  const aggregations = { newest: { max: { field: 'lastObservedMicros' } } }
  const grouping = { query: matchQuery(and(query, HAS_UID)), sources: [...EVENT_KEY, 'severity'], aggregations }
  // Buckets come in the order of the sources, so those of one event stand together.
  let versions: Version[] = []
  for await (const bucket of allBuckets(search, grouping, signal)) {
    const [cluster = '', uid = '', severity = ''] = bucket.key
    const version = { event: [cluster, uid], severity, time: valueIn(bucket, 'newest') ?? 0 }
    if (versions[0] !== undefined && !isSame(versions[0], version)) {
      counted.push(await newestOf(versions, query, search, signal))
      versions = []
    }
    versions.push(version)
    if (counted.length > MOST_EVENTS) return null
  }
  if (versions.length > 0) counted.push(await newestOf(versions, query, search, signal))
  return volumeOf(query.window, counted)
}

const HAS_UID: Filter = { op: 'exists', field: 'uid' }

function and(query: EventVolumeQuery, filter: Filter): EventVolumeQuery {
  return { ...query, filter: { op: 'and', filters: [query.filter, filter] } }
}

function isSame(a: Version, b: Version): boolean {
  return a.event[0] === b.event[0] && a.event[1] === b.event[1]
}

/** Of two severities at one time the order of rows says which is newer. */
async function newestOf(
  versions: readonly Version[],
  query: EventVolumeQuery,
  search: Search,
  signal: AbortSignal,
): Promise<CountedEvents> {
  const time = Math.max(...versions.map((version) => version.time))
  const [first, ...others] = versions.filter((version) => version.time === time)
  const { event = [], severity = '' } = first ?? {}
  if (others.length === 0) return { severity, time, events: 1 }
  const filters = EVENT_KEY.map((field, place): Filter => ({ op: 'in', field, values: [event[place] ?? ''] }))
  const { filter } = and(query, { op: 'and', filters })
  const page = {
    from: query.from,
    to: query.to,
    filter,
    view: 'observations' as const,
    order: 'newest' as const,
    limit: 1,
  }
  const { rows } = await readEventPage(page, search, signal)
  return { severity: rows[0]?.severity ?? severity, time, events: 1 }
}

/** Rows without uid are events of their own. */
async function withoutUid(query: EventVolumeQuery, search: Search, signal: AbortSignal): Promise<CountedEvents[]> {
  const { window } = query
  const match = matchQuery(and(query, { op: 'not', filter: HAS_UID }))
  const counted: CountedEvents[] = []
  const grouping = { query: match, sources: ['severity'], every: sliceOf(window) }
  for await (const { key, slice, doc_count: events } of allBuckets(search, grouping, signal))
    counted.push({ severity: key[0] ?? '', time: slice, events })
  return counted
}
