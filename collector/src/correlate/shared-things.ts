import { SECOND, type EpochMicros } from '../clock.ts'
import type { Group } from './groups.ts'
import { claimKeys, claimName, isAboutStorage, type PlacedEvent, type TopologyLinks } from './links.ts'
import { TimedMap, type Timed } from './timed-map.ts'

/** Equal failing text in fewer workloads is coincidence (causality.md L12). */
const MIN_SHARERS = 3

/** Within this time the sharers have to report, by event time. */
const SHARING_TIME = 60 * SECOND

/** Things of which sharers are remembered at once. */
const MAX_THINGS = 10_000

/** Sharers remembered of one thing: enough to count to {@link MIN_SHARERS} in any order. */
const MAX_SHARERS = 16

/** Something that several failing workloads have in common. */
interface SharedThing {
  readonly words: string
  /** Whether it is one only within a namespace. */
  readonly scope: 'cluster' | 'namespace'
  readonly sharer: 'workload' | 'object'
}

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
export class SharedThings {
  readonly #sharers = new TimedMap<Sharers>(MAX_THINGS)
  readonly #topology: TopologyLinks

  constructor(topology: TopologyLinks) {
    this.#topology = topology
  }

  /** What `event`, a problem, shares with groups that three or more sharers make up. Does not remember it yet. */
  find(event: PlacedEvent, workload: string, identity: string): readonly Sharing[] {
    const found: Sharing[] = []
    for (const thing of thingsIn(event, this.#topology)) {
      const sharers = this.#sharers.get(thingKey(event, thing))
      if (sharers === undefined) continue
      const recent = sharers.recent.filter(({ time }) => Math.abs(event.lastObserved - time) <= SHARING_TIME)
      const own = thing.sharer === 'workload' ? workload : identity
      const distinct = new Set([own, ...recent.map(({ sharer }) => sharer)])
      const isShared = distinct.size >= MIN_SHARERS || (sharers.isEstablished && recent.length > 0)
      if (isShared) found.push({ words: thing.words, groups: recent.map(({ group }) => group) })
      sharers.isEstablished = isShared
    }
    return found
  }

  remember(event: PlacedEvent, group: Group, workload: string, identity: string): void {
    for (const thing of thingsIn(event, this.#topology)) {
      const key = thingKey(event, thing)
      const sharer = thing.sharer === 'workload' ? workload : identity
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

  forgetBefore(time: EpochMicros): void {
    this.#sharers.forget(({ last }) => last < time)
  }
}

function thingKey({ cluster, regarding }: PlacedEvent, { words, scope }: SharedThing): string {
  return JSON.stringify([cluster, scope === 'namespace' ? regarding.namespace : '', words])
}

interface ThingPattern {
  readonly pattern: RegExp
  readonly words: (found: string) => string
  readonly scope: SharedThing['scope']
}

// prettier-ignore
const THING_PATTERNS: readonly ThingPattern[] = [
  { pattern: /failed calling webhook "([^"]+)"/, words: (name) => `webhook ${name}`, scope: 'cluster' },
  { pattern: /exceeded quota: ([^\s,]+)/, words: (name) => `quota ${name}`, scope: 'namespace' },
  { pattern: /\b((?:secret|configmap|serviceaccount)s? "[^"]+") not found/i, words: (name) => `missing ${name}`, scope: 'namespace' },
  { pattern: /Failed to pull image "([^"]+)"/, words: (image) => `image ${image}`, scope: 'cluster' },
]

/** Errors that are the registry's, not the image's. */
const REGISTRY_ERROR = /\b(429|toomanyrequests|i\/o timeout|no such host|connection refused|unauthorized|x509|5\d\d)\b/i
const PULLED_IMAGE = /^Failed to pull image "([^"/]+\.[^"/]+)\//

/** Categories whose notes say what went wrong. Those of containers and probes only say that something did. */
const TELLING_CATEGORIES = new Set(['scheduling', 'storage', 'network', 'quota', 'security', 'control-plane', 'config'])

/** Things named in an event. Only the first kilobyte of the note counts. */
function thingsIn(event: PlacedEvent, topology: TopologyLinks): readonly SharedThing[] {
  const note = event.note.slice(0, 1_024)
  const things: SharedThing[] = []
  for (const { pattern, words, scope } of THING_PATTERNS) {
    const found = pattern.exec(note)?.[1]
    if (found !== undefined) things.push({ words: words(found), scope, sharer: 'workload' })
  }
  const registry = PULLED_IMAGE.exec(note)?.[1]
  const error = registry === undefined ? undefined : REGISTRY_ERROR.exec(note)?.[1]
  if (registry !== undefined && error !== undefined) {
    things.push({ words: `registry ${registry} (${error.toLowerCase()})`, scope: 'cluster', sharer: 'workload' })
  }
  if (isAboutStorage(event)) things.push(...classesOf(event, topology))
  if (things.length === 0 && TELLING_CATEGORIES.has(event.category)) things.push(...textOf(event, note))
  return things
}

function classesOf(event: PlacedEvent, topology: TopologyLinks): readonly SharedThing[] {
  const { cluster, regarding } = event
  const classes = claimKeys(event, topology).map((key) =>
    topology.storageClassOf(cluster, regarding.namespace, claimName(key)),
  )
  const named = new Set(classes.filter((storageClass) => storageClass !== ''))
  return [...named].map((storageClass) => ({
    words: `storage class ${storageClass}`,
    scope: 'cluster',
    sharer: 'object',
  }))
}

/** Words that have to remain of a text for it to say something. */
const MIN_WORDS = 4

function textOf({ regarding, owner, reason }: PlacedEvent, note: string): readonly SharedThing[] {
  const names = [regarding.name, owner.name, regarding.namespace].filter((name) => name !== '')
  const masked = names
    .reduce((text, name) => text.replaceAll(name, '#'), note)
    .replaceAll(/"[^"]*"|\S*[\d#]\S*/g, '#')
    .slice(0, 256)
  const words = masked.match(/[A-Za-z]{3,}/g)?.length ?? 0
  return words < MIN_WORDS
    ? []
    : [{ words: `${reason} with the same text "${masked}"`, scope: 'cluster', sharer: 'workload' }]
}
