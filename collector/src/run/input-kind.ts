import type { OpenData } from '../app.ts'
import type { DeliveryBatch } from '../event/delivery.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { ObjectStates } from './object-states.ts'
import type { WatchStates } from './watch-states.ts'

/** What the collector reads. */
export interface Input {
  /** `watching cluster lab (all namespaces)`, or what is played or shown instead. */
  readonly doing: string
  readonly kind: 'clusters' | 'recording' | 'nothing'
  /** One for each cluster; calling it begins anew. */
  sources(data: OpenData, states: WatchStates, signal: AbortSignal): readonly (() => AsyncIterable<DeliveryBatch>)[]
  /** The same for what is watched beside events: nothing where that is not wanted, or not a cluster's. */
  beside(
    data: OpenData,
    states: ObjectStates,
    metrics: Pick<Metrics, 'changeWas'>,
    signal: AbortSignal,
  ): readonly (() => AsyncIterable<DeliveryBatch>)[]
  close(): Promise<void>
}
