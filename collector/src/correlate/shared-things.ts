import type { PlacedEvent } from '../event/observation.ts'
import { claimKeys, claimName, isAboutStorage, type TopologyLinks } from './links.ts'

/** Something that several failing workloads have in common. */
export interface SharedThing {
  readonly words: string
  /** Whether it is one only within a namespace. */
  readonly scope: 'cluster' | 'namespace'
  readonly sharer: 'workload' | 'object'
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
export function thingsIn(event: PlacedEvent, topology: TopologyLinks): readonly SharedThing[] {
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
  const names = new Set([regarding.name, owner.name, regarding.namespace])
  const masked = note.replace(/"[^"]*"|[^\s"]+/g, (word) => (isVariable(word, names) ? '#' : word)).slice(0, 256)
  const words = masked.match(/[A-Za-z]{3,}/g)?.length ?? 0
  if (words < MIN_WORDS) return []
  return [{ words: `${reason} with the same text "${masked}"`, scope: 'cluster', sharer: 'workload' }]
}

/** Quoted, with a digit, or made of a name that the event itself gives: not a word of the message. */
function isVariable(word: string, names: ReadonlySet<string>): boolean {
  return /["\d]/.test(word) || word.split(/[/_(),:;.]/).some((part) => part !== '' && names.has(part))
}
