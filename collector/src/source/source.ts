import type { DeliveryBatch } from '../event/delivery.ts'
import { mergeBatches } from './kubernetes/merge.ts'
import { watchEvents, type FieldSelector, type Scope, type WatchEventsOptions } from './kubernetes/watch-events.ts'

export { ClusterConfigError, connectCluster, type Cluster } from './kubernetes/cluster.ts'
export { watchObjects, type ObjectWatchState } from './objects/watch-objects.ts'
export type { StreamState } from './kubernetes/watch-events.ts'
export { record, RecordingFullError } from './record/record.ts'
export { openRecording } from './recording/recording.ts'

/** What of a cluster's events is wanted. Lists are alternatives; an empty one wants everything. */
export interface WantedEvents {
  readonly namespaces: readonly string[]
  readonly clusterScoped: boolean
  readonly fieldSelector: {
    readonly kinds: readonly string[]
    readonly types: readonly string[]
    readonly reasons: readonly string[]
    readonly reportingControllers: readonly string[]
  }
}

/**
 * The wanted events of a cluster, for ever. The API server knows no "or", so each combination of alternatives is a watch of
 * its own; an event that two of them show is known to the gate.
 */
export function watchCluster(
  wanted: WantedEvents,
  options: Omit<WatchEventsOptions, 'scopes' | 'fieldSelector'>,
): AsyncIterable<DeliveryBatch> {
  const scopes = scopesOf(wanted)
  const selectors = selectorsOf(wanted)
  return mergeBatches(
    selectors.map(
      (fieldSelector) => (signal: AbortSignal) => watchEvents({ ...options, scopes, fieldSelector, signal }),
    ),
    options.signal,
  )
}

/** The same for a recording, which is one stream a scope: it takes at most one value of each list. */
export function streamsOf(wanted: WantedEvents): {
  readonly scopes: readonly Scope[]
  readonly fieldSelector: FieldSelector
} {
  const [fieldSelector = {}, ...more] = selectorsOf(wanted)
  if (more.length > 0) throw new RangeError('record: name at most one value in each list of fieldSelector')
  return { scopes: scopesOf(wanted), fieldSelector }
}

/** Events about objects without a namespace live in `default`; what else lives there is filtered by namespace later. */
function scopesOf({ namespaces, clusterScoped }: WantedEvents): readonly Scope[] {
  if (namespaces.length === 0) return ['all namespaces']
  const all = clusterScoped ? new Set([...namespaces, 'default']) : new Set(namespaces)
  return [...all].map((namespace) => ({ namespace }))
}

/** Every combination of one value of each list. Values that begin with `!` exclude, and stand in all combinations. */
export function selectorsOf({ fieldSelector }: Pick<WantedEvents, 'fieldSelector'>): readonly FieldSelector[] {
  const { kinds, types, reasons, reportingControllers } = fieldSelector
  const fields = { kind: kinds, type: types, reason: reasons, reportingController: reportingControllers }
  return Object.entries(fields).reduce<readonly FieldSelector[]>(
    (selectors, [field, terms]) => {
      const excluded = terms.filter((term) => term.startsWith('!'))
      const wanted = terms.filter((term) => !term.startsWith('!'))
      const alternatives = wanted.length === 0 ? [excluded] : wanted.map((term) => [term, ...excluded])
      return selectors.flatMap((selector) => alternatives.map((values) => ({ ...selector, [field]: values })))
    },
    [{}],
  )
}
