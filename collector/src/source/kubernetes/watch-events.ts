import type { Clock } from '../../clock.ts'
import type { DeliveryBatch, StreamKey } from '../../event/delivery.ts'
import type { Delay } from './ask.ts'
import type { Cluster } from './cluster.ts'
import type { ListBounds } from './list-bounds.ts'
import { mergeBatches } from './merge.ts'
import { fieldSelectorText, pathOf, type FieldSelector, type Scope } from './scope.ts'
import { followStream, type StreamBatch, type StreamOptions, type StreamState } from './stream.ts'
import { EVENT_READER, type WatchNotice } from './watch-notice.ts'

export type { Delay } from './ask.ts'
export type { FieldSelector, Scope } from './scope.ts'
export type { StreamState } from './stream.ts'

/** A batch whose events keep the word with which they were announced. */
export type NoticeBatch = StreamBatch<WatchNotice>

export interface WatchEventsOptions {
  readonly cluster: Cluster
  /** Each a stream of its own; with namespaces nothing is asked at cluster scope but the uid of kube-system. */
  readonly scopes: readonly Scope[]
  readonly fieldSelector: FieldSelector
  /** The stored position of a stream, or null. */
  readonly resumeFrom: (stream: StreamKey) => string | null
  /** For lists, which are sorted on disk. Made when absent; empty again when nothing is under way. */
  readonly spoolDirectory: string
  readonly clock: Clock
  /** In [0, 1). */
  readonly random: () => number
  /** Waits; rejects when its signal aborts. */
  readonly delay: Delay
  /** Ends everything: the iteration then ends without an error. */
  readonly signal: AbortSignal
  /** After each change. Cheap: called for each batch too. */
  readonly onState: (state: StreamState) => void
  /** Resolves when there is room for more. Nothing is read from the socket before. */
  readonly canRead: () => Promise<void>
  /** How much a list may be; generous when absent. */
  readonly listBounds?: ListBounds
}

/**
 * The events of a cluster, from `events.k8s.io/v1`, for ever: whatever fails is tried again, and told by `onState`. ADDED
 * and MODIFIED are events; DELETED, BOOKMARK, ERROR and what cannot be read are refused with a cause.
 *
 * Order: within a stream by resourceVersion, but a list's versions come again after the watch's; the reader has to know
 * what it has already. `position` of a batch is where its stream may resume once the batch is safe. Batches hold what one
 * read of the socket brought (256 KiB at most, or one large event), or 500 items of a list.
 *
 * @throws RangeError at once for a scope or selector that can never work.
 */
export function watchEvents(options: WatchEventsOptions): AsyncIterable<DeliveryBatch> {
  return watchNotices(options)
}

/** The same with the server's word (`ADDED`, `MODIFIED`) on each event, for recordings. */
export function watchNotices(options: WatchEventsOptions): AsyncIterable<NoticeBatch> {
  const selector = fieldSelectorText(options.fieldSelector)
  const streams = options.scopes.map((scope): StreamOptions<WatchNotice> => {
    const namespace = scope === 'all namespaces' ? null : scope.namespace
    return {
      ...options,
      reader: EVENT_READER,
      address: { cluster: options.cluster, path: pathOf(scope), selector, namespace },
    }
  })
  return mergeBatches(
    streams.map((stream) => (signal: AbortSignal) => followStream(stream, signal)),
    options.signal,
  )
}
