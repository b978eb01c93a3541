import type { EpochMicros } from '../clock.ts'
import type { Change } from './change.ts'
import type { ObjectFact } from './object-fact.ts'
import type { Origin, Place, RawEvent } from './raw-event.ts'

/** One thing a source read. All but facts and changes counts as received and ends in exactly one outcome. */
export type Delivery =
  | { readonly kind: 'event'; readonly raw: RawEvent; readonly place: Place }
  /** Read, but no version of an event: ends for this cause, see `outcome.ts`. `detail` says what and what to do. */
  | { readonly kind: 'refused'; readonly cause: SourceRefusal; readonly detail: string; readonly place: Place }
  | { readonly kind: 'fact'; readonly fact: ObjectFact }
  | { readonly kind: 'change'; readonly change: Change }

/**
 * What a watch says beside versions of events: an event reached the end of its time to live, how far the watch has come, why it
 * ends. Nothing is lost with these.
 */
export const STREAM_SIGNALS = ['deletion', 'bookmark', 'error notice'] as const
export type StreamSignal = (typeof STREAM_SIGNALS)[number]

/** Why a source could not hand over an event. Bounded: it is a metric label. */
export type SourceRefusal = StreamSignal | 'malformed' | 'too large' | 'not an event'

/** Names a resumable stream. Another cluster uid or selector is another stream and starts anew. */
export interface StreamKey {
  readonly clusterUid: string
  /** Resource path, for example `/apis/events.k8s.io/v1/events`. */
  readonly path: string
  /** Field selector as sent, empty for none. */
  readonly selector: string
}

/** Deliveries in the order in which they are to be handled, at most some thousands. */
export interface DeliveryBatch {
  readonly origin: Origin
  /** When the bytes arrived, µs. */
  readonly received: EpochMicros
  readonly deliveries: readonly Delivery[]
  /** Where the watch may resume once every delivery of this batch has its outcome on disk. Null for recordings. */
  readonly position: { readonly stream: StreamKey; readonly resourceVersion: string } | null
  /**
   * Set when the server's history was cut between the last position and this batch, so that versions may be missing.
   * From and to in µs.
   */
  readonly gap?: {
    readonly stream: string
    readonly from: EpochMicros
    readonly to: EpochMicros
    readonly cause: string
  }
}
