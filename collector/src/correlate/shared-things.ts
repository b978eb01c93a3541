import type { PlacedEvent } from '../event/observation.ts'
import { severityRank } from '../event/words.ts'
import { claimKeys, claimName, isAboutStorage, type TopologyLinks } from './links.ts'

/** Something that several failing workloads have in common. */
export interface SharedThing {
  readonly words: string
  /** Whether it is one only within a namespace. */
  readonly scope: 'cluster' | 'namespace'
  readonly sharer: 'workload' | 'object'
  /** How many make it one: two fail over a thing with a name; equal words of two are chance. */
  readonly sharers: number
}

const OF_A_NAME = 2
const OF_WORDS = 3

interface ThingPattern {
  readonly pattern: RegExp
  readonly words: (found: string) => string
  readonly scope: SharedThing['scope']
}

// prettier-ignore
const THING_PATTERNS: readonly ThingPattern[] = [
  { pattern: /failed calling webhook "([^"]+)"/, words: (name) => `webhook ${name}`, scope: 'cluster' },
  { pattern: /exceeded quota: ([^\s,]+)/, words: (name) => `quota ${name}`, scope: 'namespace' },
  { pattern: /\b((?:secret|configmap|serviceaccount|persistentvolumeclaim|runtimeclass)s?(?:\.[a-z0-9.]+)? "[^"]+") not found/i, words: (name) => `missing ${name}`, scope: 'namespace' },
  { pattern: /\bstorageclass(?:es)?\.storage\.k8s\.io "([^"]+)" not found/, words: (name) => `missing storage class ${name}`, scope: 'cluster' },
  { pattern: /no PriorityClass with name (\S+) was found/, words: (name) => `missing priority class ${name}`, scope: 'cluster' },
  { pattern: /Failed to pull image "([^"]+)"/, words: (image) => `image ${image}`, scope: 'cluster' },
]

/** Errors that are the registry's, not the image's. */
const REGISTRY_ERROR = /\b(429|toomanyrequests|i\/o timeout|no such host|connection refused|unauthorized|x509|5\d\d)\b/i
const PULLED_IMAGE = /^Failed to pull image "([^"/]+\.[^"/]+)\//

/** Categories whose notes say what went wrong. Those of containers and probes only say that something did. */
const TELLING_CATEGORIES = new Set(['scheduling', 'storage', 'network', 'quota', 'security', 'control-plane', 'config'])

/** Things named in an event. Only the first kilobyte of the note counts. */
export function thingsIn(event: PlacedEvent, topology: TopologyLinks): readonly SharedThing[] {
  const note = event.note.slice(0, 1_024)
  const things: SharedThing[] = []
  for (const { pattern, words, scope } of THING_PATTERNS) {
    const found = pattern.exec(note)?.[1]
    if (found !== undefined) things.push({ words: words(found), scope, sharer: 'workload', sharers: OF_A_NAME })
  }
  const registry = PULLED_IMAGE.exec(note)?.[1]
  const error = registry === undefined ? undefined : REGISTRY_ERROR.exec(note)?.[1]
  if (registry !== undefined && error !== undefined) {
    things.push({
      words: `registry ${registry} (${error.toLowerCase()})`,
      scope: 'cluster',
      sharer: 'workload',
      sharers: OF_A_NAME,
    })
  }
  if (isAboutStorage(event)) things.push(...classesOf(event, topology))
  const isWorth = TELLING_CATEGORIES.has(event.category) && severityRank(event.severity) >= MEDIUM
  if (things.length === 0 && isWorth) things.push(...textOf(event, note))
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
    sharers: OF_A_NAME,
  }))
}

const MEDIUM = severityRank('medium')

/** Words that have to remain of a text for it to say something. */
const MIN_WORDS = 4

function textOf({ regarding, owner, reason }: PlacedEvent, note: string): readonly SharedThing[] {
  const names = new Set([regarding.name, owner.name, regarding.namespace])
  const masked = note.replace(/"[^"]*"|[^\s"]+/g, (word) => (isVariable(word, names) ? '#' : word)).slice(0, 256)
  const words = masked.match(/[A-Za-z]{3,}/g)?.length ?? 0
  if (words < MIN_WORDS) return []
  return [
    { words: `${reason} with the same text "${masked}"`, scope: 'cluster', sharer: 'workload', sharers: OF_WORDS },
  ]
}

/** Quoted, with a digit, or made of a name that the event itself gives: not a word of the message. */
function isVariable(word: string, names: ReadonlySet<string>): boolean {
  return /["\d]/.test(word) || word.split(/[/_(),:;.]/).some((part) => part !== '' && names.has(part))
}
