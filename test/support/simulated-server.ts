import { NOON } from './an-observation.ts'
import { MINUTE } from '../../collector/src/clock.ts'
import type { RawEvent } from '../../collector/src/event/raw-event.ts'

/** A version of a simulated Event object. `serial` is its true identity, which a collector never sees. */
export interface Version {
  readonly serial: number
  readonly uid: string
  readonly key: number
  readonly resourceVersion: number
  readonly count: number
  readonly first: number
  readonly last: number
}

/** Minutes after which a delta is not placeable any more, and a little. */
const LONG_MINUTES = 61

/**
 * An API server with Event objects over etcd, for schedules: global versions, TTL and re-creation, history with
 * compaction, backup and restore, another cluster under the same name. Nothing here is a mock of ours: collectors
 * read `live` and `after` as they would list and watch.
 */
export class SimulatedServer {
  resourceVersion = 100
  floor = 100
  epoch = 0
  readonly all: Version[] = []
  #minute = 0
  #uids = 0
  #live = new Map<number, Version>()
  #log: Version[] = []
  #last = new Map<number, Version>()
  #backup: { resourceVersion: number; live: Map<number, Version> } | null = null

  get live(): readonly Version[] {
    return [...this.#live.values()].sort((a, b) => a.resourceVersion - b.resourceVersion)
  }

  /** The next version after a position, `gone` when history was compacted, null when there is none yet. */
  after(position: number): Version | 'gone' | null {
    if (position < this.floor) return 'gone'
    return this.#log.find(({ resourceVersion }) => resourceVersion > position) ?? null
  }

  tick(): void {
    this.#minute += 1
  }
  longPause(): void {
    this.#minute += LONG_MINUTES
  }
  create(key: number, count = 1, first?: number): void {
    if (this.#live.has(key)) return
    this.#uids += 1
    this.#write(key, `00000000-0000-4000-8000-${String(this.#uids).padStart(12, '0')}`, count, first ?? this.#now())
  }
  patch(key: number, by: number): void {
    const old = this.#live.get(key)
    if (old !== undefined) this.#write(key, old.uid, Math.max(1, old.count + by), old.first)
  }
  /** After its TTL under the same name: the reporter goes on counting, or begins anew. */
  recreate(key: number, anew: boolean): void {
    const old = this.#last.get(key)
    if (old !== undefined && !this.#live.has(key)) {
      if (anew) this.create(key)
      else this.create(key, old.count + 1, old.first)
    }
  }
  expire(key: number): void {
    if (this.#live.delete(key)) this.resourceVersion += 1
  }
  compact(): void {
    this.floor = this.resourceVersion
  }
  backup(): void {
    this.#backup = { resourceVersion: this.resourceVersion, live: new Map(this.#live) }
  }
  restore(): void {
    if (this.#backup === null) return
    this.resourceVersion = this.#backup.resourceVersion
    this.#live = new Map(this.#backup.live)
    this.#log = this.#log.filter(({ resourceVersion }) => resourceVersion <= this.resourceVersion)
    this.floor = this.resourceVersion
    this.epoch += 1
  }

  #write(key: number, uid: string, count: number, first: number): void {
    this.resourceVersion += 1
    const serial = this.all.length + 1
    const version = {
      serial,
      uid,
      key,
      resourceVersion: this.resourceVersion,
      count,
      first,
      last: this.#now() + serial,
    }
    this.#live.set(key, version)
    this.#last.set(key, version)
    this.#log.push(version)
    this.all.push(version)
  }
  #now(): number {
    return NOON + this.#minute * MINUTE
  }
}

/** The version as events.k8s.io/v1 shows it. */
export function rawOf({ uid, key, resourceVersion, count, first, last }: Version): RawEvent {
  const time = (micros: number) =>
    `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1)}${String(micros % 1000).padStart(3, '0')}Z`
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: `e-${key}.1`,
      namespace: 'shop',
      uid,
      resourceVersion: String(resourceVersion),
      creationTimestamp: time(first),
    },
    eventTime: time(first),
    series: { count, lastObservedTime: time(last) },
    reportingController: 'kubelet',
    reportingInstance: 'worker-1',
    reason: 'BackOff',
    type: 'Warning',
    note: 'Back-off restarting failed container',
    regarding: {
      kind: 'Pod',
      namespace: 'shop',
      name: `e-${key}`,
      uid: `10000000-0000-4000-8000-00000000000${key}`,
      apiVersion: 'v1',
    },
  }
}
