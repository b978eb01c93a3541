import { MILLISECOND, type Clock, type EpochMicros } from '../../clock.ts'
import type { DeliveryBatch } from '../../event/delivery.ts'
import type { Place, RawEvent } from '../../event/raw-event.ts'
import type { Cut } from './course.ts'
import type { PagedList } from './list.ts'
import { resourceVersionOf, type NoticeReader } from './watch-notice.ts'
import { compareResourceVersions } from './resource-version.ts'
import type { WatchBatch } from './watch.ts'

type Gap = DeliveryBatch['gap'] | null

/** Some items of a list. The last one carries the list's resourceVersion as position, and the gap it closes. */
export interface ListBatch<Notice> extends WatchBatch<Notice> {
  readonly isLast: boolean
  readonly gap: Gap
}

/** What was read of a list that will not be finished, oldest version first: no position follows from it. */
export function* deliverUnfinished<Notice>(
  list: Pick<PagedList, 'drain'>,
  reader: NoticeReader<Notice>,
  place: Place,
  clock: Clock,
): Generator<WatchBatch<Notice>> {
  for (const items of list.drain()) yield batchOf(items, reader, place, clock(), null)
}

/** The items of a complete list, oldest version first. An empty list is one empty batch. */
export function* deliverList<Notice>(
  list: Pick<PagedList, 'drain'>,
  reader: NoticeReader<Notice>,
  place: Place,
  cut: Cut | null,
  clock: Clock,
): Generator<ListBatch<Notice>> {
  const known = new CutTime(cut)
  let waiting: readonly RawEvent[] | null = null
  for (const items of list.drain()) {
    if (waiting !== null) yield batchOf(waiting, reader, place, clock(), null)
    for (const item of items) known.see(item)
    waiting = items
  }
  const now = clock()
  const gap = cut === null ? null : { stream: place.stream, from: known.from ?? now, to: now, cause: cut.cause }
  yield { ...batchOf(waiting ?? [], reader, place, now, gap), isLast: true }
}

function batchOf<Notice>(
  items: readonly RawEvent[],
  reader: NoticeReader<Notice>,
  place: Place,
  received: EpochMicros,
  gap: Gap,
): ListBatch<Notice> {
  return {
    notices: items.map((item) => reader.notice(item, 'ADDED', place)),
    received,
    position: null,
    isLast: false,
    gap,
  }
}

/**
 * When a gap began whose start nobody remembers: of the listed items, the newest one that is not newer than the position
 * was written before the position was reached. Without such an item, the oldest one listed stands for it.
 */
class CutTime {
  readonly #cut: Cut | null
  #before: EpochMicros | null = null
  #oldest: EpochMicros | null = null

  constructor(cut: Cut | null) {
    this.#cut = cut
  }

  see(item: RawEvent): void {
    if (this.#cut === null || this.#cut.from !== null) return
    const time = writtenTime(item)
    const version = resourceVersionOf(item)
    if (time === null || version === null) return
    this.#oldest ??= time
    const { position } = this.#cut
    if (position !== null && compareResourceVersions(version, position) <= 0) this.#before = time
  }

  get from(): EpochMicros | null {
    return this.#cut?.from ?? this.#before ?? this.#oldest
  }
}

/** The server's time of the last write: the newest managedFields time, else the creation. Null when neither is a time. */
function writtenTime(item: RawEvent): EpochMicros | null {
  const metadata = item['metadata'] as { managedFields?: unknown; creationTimestamp?: unknown } | null | undefined
  const fields = Array.isArray(metadata?.managedFields) ? (metadata.managedFields as unknown[]) : []
  const texts = [metadata?.creationTimestamp, ...fields.map((field) => (field as { time?: unknown } | null)?.time)]
  const times = texts
    .map((text) => (typeof text === 'string' ? Date.parse(text) : NaN))
    .filter((ms) => !Number.isNaN(ms))
  return times.length === 0 ? null : Math.max(...times) * MILLISECOND
}
