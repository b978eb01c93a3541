import type { EpochMicros } from '../clock.ts'
import type { PlacedEvent } from '../event/observation.ts'

/** Pods remembered of one workload, the newest, and workloads: beyond them fewer replacements are recognised. */
const MAX_PODS = 64
const MAX_WORKLOADS = 20_000

/** The kubelet says this of each container that runs. */
export const STARTED = 'Started'

export interface PodStart {
  readonly observation: string
  readonly at: EpochMicros
}

/** A pod as its events showed it. */
export interface PodSeen {
  readonly identity: string
  readonly name: string
  node: string
  /** The earliest time that any of its events gives. */
  first: EpochMicros
  /** Its newest start. */
  started: PodStart | null
}

export function hasStarted(pod: PodSeen): pod is PodSeen & { readonly started: PodStart } {
  return pod.started !== null
}

/** The newest pods of each workload, to know which came after which. */
export class PodsSeen {
  readonly #workloads = new Map<string, Map<string, PodSeen>>()

  /** Takes note of an event about a pod that something owns. */
  see(event: PlacedEvent, identity: string, workload: string): PodSeen {
    const pods = this.#workloads.get(workload) ?? this.#remember(workload)
    const known = pods.get(identity)
    const pod = known ?? { identity, name: event.regarding.name, node: '', first: event.firstObserved, started: null }
    pod.first = Math.min(pod.first, event.firstObserved)
    pod.node = event.node || pod.node
    if (event.reason === STARTED && event.lastObserved >= (pod.started?.at ?? 0)) {
      pod.started = { observation: event.id, at: event.lastObserved }
    }
    if (known === undefined) {
      pods.set(identity, pod)
      if (pods.size > MAX_PODS) forgetOldest(pods)
    }
    return pod
  }

  of(workload: string): Iterable<PodSeen> {
    return this.#workloads.get(workload)?.values() ?? []
  }

  #remember(workload: string): Map<string, PodSeen> {
    const pods = new Map<string, PodSeen>()
    this.#workloads.set(workload, pods)
    if (this.#workloads.size > MAX_WORKLOADS) forgetOldest(this.#workloads)
    return pods
  }
}

function forgetOldest(entries: Map<string, unknown>): void {
  for (const key of entries.keys()) {
    entries.delete(key)
    return
  }
}
