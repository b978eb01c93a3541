import type { Change } from '../../event/change.ts'
import type { Delivery, DeliveryBatch } from '../../event/delivery.ts'
import type { Cluster } from '../kubernetes/cluster.ts'
import { mergeBatches } from '../kubernetes/merge.ts'
import { followStream, type StreamBatch, type StreamOptions, type StreamState } from '../kubernetes/stream.ts'
import { ChangeBudget } from './change-budget.ts'
import { Facts } from './facts.ts'
import { apiVersionOf, pathOfKind, type WatchedKind } from '../../event/watched-kind.ts'
import { KnownNames } from './known-names.ts'
import { objectReader, type ObjectNotice } from './object-reader.ts'
import { ObjectTracker, type Passed } from './track-objects.ts'

/** How the watch of one kind is doing. `off`: its rights are missing, or the server has no such kind; it is tried again later. */
export interface ObjectWatchState {
  readonly kind: string
  /** As a role names it: `deployments.apps`. */
  readonly resource: string
  /** Null for all. */
  readonly namespace: string | null
  readonly state: 'listing' | 'watched' | 'off'
  /** Why the last request failed, in words; null when it did not. */
  readonly because: string | null
  /** Objects that are remembered. */
  readonly objects: number
  /** Requests since the start. */
  readonly requests: number
}

export interface WatchObjectsOptions extends Pick<
  StreamOptions<unknown>,
  'spoolDirectory' | 'clock' | 'random' | 'delay' | 'listBounds'
> {
  readonly cluster: Cluster
  readonly kinds: readonly WatchedKind[]
  /** Null for all namespaces. */
  readonly namespaces: readonly string[] | null
  /** Kinds without a namespace too. */
  readonly clusterScoped: boolean
  /** Whether some kinds are read whole, for what their metadata does not tell. */
  readonly specs: boolean
  readonly signal: AbortSignal
  readonly onState: (state: ObjectWatchState) => void
  /** A change was found: told, or no news. */
  readonly onChange: (how: 'told' | Passed) => void
}

/** Metadata only, or JSON where a server has no such thing. */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'
const METADATA_OF_WATCH = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'

/** Watches of one cluster: kinds by namespaces. */
const MOST_STREAMS = 400

/** Lists of kinds begin one after another: nobody is in a hurry for them. */
const APART_MS = 200

/** Missing rights are looked for again this often: granting them needs no restart. */
const TRY_AGAIN_MS = 10 * 60_000

/**
 * What becomes of a cluster's objects, for ever: facts about where they belong, and changes of them. Nothing of it has a position: each
 * start lists anew, and begins there.
 */
export function watchObjects(options: WatchObjectsOptions): AsyncIterable<DeliveryBatch> {
  const shared = { known: new KnownNames(), budget: new ChangeBudget(), facts: new Facts() }
  const all = options.kinds.flatMap((kind) => placesOf(kind, options).map((namespace) => ({ kind, namespace, shared })))
  const streams = all.slice(0, MOST_STREAMS)
  for (const stream of streams)
    options.onState(stateOf(stream, { state: 'listing', because: null, objects: 0, requests: 0 }))
  return mergeBatches(
    streams.map((stream, place) => (signal: AbortSignal) => followKind(stream, place * APART_MS, options, signal)),
    options.signal,
  )
}

function stateOf(
  { kind: { kind, group, resource }, namespace }: KindStream,
  state: Pick<ObjectWatchState, 'state' | 'because' | 'objects' | 'requests'>,
): ObjectWatchState {
  return { kind, resource: group === '' ? resource : `${resource}.${group}`, namespace, ...state }
}

/** In which namespaces a kind is watched: null for all. */
function placesOf({ isNamespaced }: WatchedKind, { namespaces, clusterScoped }: WatchObjectsOptions) {
  if (!isNamespaced) return clusterScoped ? [null] : []
  return namespaces ?? [null]
}

interface KindStream {
  readonly kind: WatchedKind
  readonly namespace: string | null
  readonly shared: { readonly known: KnownNames; readonly budget: ChangeBudget; readonly facts: Facts }
}

async function* followKind(
  from: KindStream,
  waitMs: number,
  options: WatchObjectsOptions,
  signal: AbortSignal,
): AsyncGenerator<DeliveryBatch> {
  const { kind, namespace, shared } = from
  const { cluster, delay, clock, onState, onChange, specs } = options
  const apiVersion = apiVersionOf(kind)
  const tracker = new ObjectTracker({ cluster: cluster.name, kind, apiVersion, ...shared, onPassed: onChange })
  const follower = new Follower(tracker, shared.facts, onChange)
  const accept = specs && kind.hasPlaceInSpec ? {} : { accept: METADATA, acceptOfWatch: METADATA_OF_WATCH }
  const address = {
    cluster,
    path: pathOfKind(kind, namespace),
    selector: '',
    namespace,
    resource: { resource: kind.resource, group: kind.group },
    ...accept,
  }
  const wait = async (ms: number) => delay(ms, signal).catch(() => undefined)
  await wait(waitMs)
  while (!signal.aborted) {
    const missing = new AbortController()
    const tell = (state: StreamState) => {
      if (state.isForbidden) missing.abort()
      const is = missing.signal.aborted ? 'off' : state.isCurrent ? 'watched' : 'listing'
      const { lastError: because, requests } = state
      if (is === 'off' && because === null) return
      onState(stateOf(from, { state: is, because, objects: tracker.size, requests }))
    }
    const stream = followStream(
      {
        ...options,
        address,
        reader: objectReader({ kind: kind.kind, apiVersion }),
        resumeFrom: () => null,
        onState: tell,
        canRead: () => Promise.resolve(),
      },
      AbortSignal.any([signal, missing.signal]),
    )
    for await (const batch of stream) yield follower.take(batch, clock())
    await wait(TRY_AGAIN_MS)
  }
}

/** Makes facts and changes of what a stream brings. */
class Follower {
  readonly #tracker: ObjectTracker
  readonly #facts: Facts
  readonly #onChange: WatchObjectsOptions['onChange']
  #isListing = false

  constructor(tracker: ObjectTracker, facts: Facts, onChange: WatchObjectsOptions['onChange']) {
    this.#tracker = tracker
    this.#facts = facts
    this.#onChange = onChange
  }

  take({ origin, received, deliveries, list }: StreamBatch<ObjectNotice>, now: number): DeliveryBatch {
    if (list !== null && !this.#isListing) this.#tracker.beginList()
    this.#isListing = list === 'part'
    const told = deliveries.flatMap((delivery): readonly Delivery[] => {
      if (delivery.kind === 'refused') return []
      const { object, isGone } = delivery
      if (isGone) return this.#told(this.#tracker.delete(object, now))
      const isNew = this.#tracker.isNews(object)
      const changes = this.#told(this.#tracker.see(object, now))
      return isNew ? [{ kind: 'fact', fact: this.#facts.of(object) }, ...changes] : changes
    })
    const ended = list === 'end' ? this.#told(this.#tracker.endList(now).changes) : []
    return { origin, received, deliveries: [...told, ...ended], position: null }
  }

  #told(changes: readonly Change[]): readonly Delivery[] {
    return changes.map((change) => {
      this.#onChange('told')
      return { kind: 'change', change }
    })
  }
}
