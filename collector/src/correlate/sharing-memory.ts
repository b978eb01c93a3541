import { SECOND, type EpochMicros } from '../clock.ts'
import type { Group } from './groups.ts'
import type { Subject } from './subject.ts'
import type { SharedThing } from './shared-things.ts'
import { TimedMap, type Timed } from './timed-map.ts'

/** Within this time the sharers have to report, by event time. */
const SHARING_TIME = 60 * SECOND

/** Things of which sharers are remembered at once. */
const MAX_THINGS = 10_000

/** Sharers remembered of one thing: enough to count those that it takes, in any order. */
const MAX_SHARERS = 16

interface Sharers extends Timed {
  readonly recent: { readonly sharer: string; readonly time: EpochMicros; readonly group: Group }[]
  isEstablished: boolean
}

/** Groups that failed over the same thing, and the thing in words. */
export interface Sharing {
  readonly words: string
  readonly groups: readonly Group[]
}

/**
 * Finds workloads that fail over one thing: a webhook, a quota, a registry, an image, a storage class, or a text that says
 * enough to be one. Words that any crash uses ("Back-off restarting failed container") make nothing common.
 */
export class SharingMemory {
  readonly #sharers = new TimedMap<Sharers>(MAX_THINGS)

  /** What `event`, a problem, shares with groups of enough sharers. Does not remember it yet. */
  find({ event, things, workload, identity }: Subject): readonly Sharing[] {
    const found: Sharing[] = []
    for (const thing of things) {
      const sharers = this.#sharers.get(thingKey(event, thing))
      if (sharers === undefined) continue
      const recent = sharers.recent.filter(({ time }) => Math.abs(event.lastObserved - time) <= SHARING_TIME)
      const own = thing.sharer === 'workload' ? (workload ?? identity) : identity
      const distinct = new Set([own, ...recent.map(({ sharer }) => sharer)])
      const isShared = distinct.size >= thing.sharers || (sharers.isEstablished && recent.length > 0)
      if (isShared) found.push({ words: thing.words, groups: recent.map(({ group }) => group) })
      sharers.isEstablished = isShared
    }
    return found
  }

  remember({ event, things, workload, identity }: Subject, group: Group): void {
    for (const thing of things) {
      const key = thingKey(event, thing)
      const sharer = thing.sharer === 'workload' ? (workload ?? identity) : identity
      const sharers = this.#sharers.get(key) ?? { last: event.lastObserved, recent: [], isEstablished: false }
      const known = sharers.recent.findIndex((other) => other.sharer === sharer)
      if (known !== -1) sharers.recent.splice(known, 1)
      sharers.recent.push({ sharer, time: event.lastObserved, group })
      if (sharers.recent.length > MAX_SHARERS) sharers.recent.shift()
      sharers.last = Math.max(sharers.last, event.lastObserved)
      this.#sharers.set(key, sharers)
    }
  }

  get size(): number {
    return this.#sharers.size
  }

  forget(oldestOf: (cluster: string) => EpochMicros): void {
    this.#sharers.forget(({ last, recent: [first] }) => first === undefined || last < oldestOf(first.group.cluster))
  }
}

function thingKey({ cluster, regarding }: Subject['event'], { words, scope }: SharedThing): string {
  return JSON.stringify([cluster, scope === 'namespace' ? regarding.namespace : '', words])
}
