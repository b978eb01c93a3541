import { createHmac } from 'node:crypto'
import type { RawEvent } from '../../event/raw-event.ts'

/** Names remembered to be found in notes; the oldest are forgotten. */
const MAX_KNOWN_NAMES = 50_000

/** Suffixes that controllers invent say nothing, and tell which pod belongs to which workload: they stay. */
const GENERATED_SUFFIX = /(-[bcdfghjklmnpqrstvwxz2456789]{8,10})?(-[bcdfghjklmnpqrstvwxz2456789]{5})$|-\d{1,4}$/

/** Words of a note that may be names, addresses or images. */
const TOKEN = /[A-Za-z0-9][A-Za-z0-9._:/@-]*[A-Za-z0-9]|[A-Za-z0-9]/g

/** Plain words, numbers, durations, quantities and fractions: 5m0s, 0/3, 12Gi, 99.5, HTTP. */
const HARMLESS = /^([A-Za-z]+|[\d./:]+([a-zA-Z]{1,3}\d*)*)$/

/** An IPv4 address would pass for a number. */
const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}([:/]\d+)?$/

/** Fields of the metadata that may hold anything. */
const REMOVED = new Set(['labels', 'annotations', 'managedFields'])

/** System namespaces and controllers are the same everywhere; without them a recording could not be understood. */
const KEPT = new Set(['', 'default', 'kube-system', 'kube-public', 'kube-node-lease'])

/**
 * Replaces names by pseudonyms that are the same for the same name throughout a recording, also in notes. Kinds, reasons,
 * times, counts, uids and controllers stay; labels, annotations and managedFields go.
 *
 * What it cannot know: a secret that is a plain lower-case word in a note and never the name of an object.
 */
export class Pseudonymizer {
  readonly #key: string
  readonly #known = new Set<string>()

  constructor(key: string) {
    this.#key = key
  }

  event(event: RawEvent): RawEvent {
    const source = recordOf(event['deprecatedSource'] ?? event['source'])
    const regardingField = event['involvedObject'] === undefined ? 'regarding' : 'involvedObject'
    const sourceField = event['source'] === undefined ? 'deprecatedSource' : 'source'
    // Names first: the note below may hold each of them.
    const regarding = this.#reference(event[regardingField])
    const related = this.#reference(event['related'])
    const metadata = this.#metadata(recordOf(event['metadata']) ?? {})
    return {
      ...event,
      metadata,
      ...(regarding !== null && { [regardingField]: regarding }),
      ...(related !== null && { related }),
      ...(source !== null && { [sourceField]: { ...source, ...this.#names(source, ['host']) } }),
      ...this.#names(event, ['reportingInstance']),
      ...this.#texts(event, ['note', 'message']),
    }
  }

  /** The pseudonym of a name. A generated suffix is kept, so that names of one workload go on looking alike. */
  name(name: string): string {
    if (KEPT.has(name)) return name
    const suffix = GENERATED_SUFFIX.exec(name)?.[0] ?? ''
    const base = name.slice(0, name.length - suffix.length)
    this.#remember(name)
    this.#remember(base)
    const hash = createHmac('sha256', this.#key).update(base).digest('hex').slice(0, 8)
    return `n${hash}${suffix}`
  }

  text(text: string): string {
    return text.replace(TOKEN, (token) => {
      const isHarmless = HARMLESS.test(token) && !ADDRESS.test(token)
      return isHarmless && !this.#known.has(token) ? token : this.#token(token)
    })
  }

  /** Paths, images and `namespace/name` keep their shape. */
  #token(token: string): string {
    const parts = token.split(/([/:@])/)
    return parts.map((part) => (/^[/:@]?$/.test(part) || this.#isHarmless(part) ? part : this.name(part))).join('')
  }

  #isHarmless(part: string): boolean {
    return HARMLESS.test(part) && !ADDRESS.test(part) && !this.#known.has(part)
  }

  #reference(value: unknown): Record<string, unknown> | null {
    const reference = recordOf(value)
    if (reference === null) return null
    const { fieldPath } = reference
    const path = typeof fieldPath === 'string' ? fieldPath.replace(/\{(.*)\}/, (_, container: string) => `{${this.name(container)}}`) : fieldPath // prettier-ignore
    return {
      ...reference,
      ...this.#names(reference, ['name', 'namespace']),
      ...(path !== undefined && { fieldPath: path }),
      // Of nodes and static pods the uid is a name.
      ...(typeof reference['uid'] === 'string' && !isUuid(reference['uid']) && { uid: this.name(reference['uid']) }),
    }
  }

  /** The name of an Event is the name of its object, a dot and a number. */
  #metadata(metadata: Record<string, unknown>): Record<string, unknown> {
    const rest = Object.fromEntries(Object.entries(metadata).filter(([field]) => !REMOVED.has(field)))
    const name = typeof rest['name'] === 'string' ? rest['name'] : ''
    const dot = name.lastIndexOf('.')
    const renamed = dot === -1 ? this.name(name) : `${this.name(name.slice(0, dot))}${name.slice(dot)}`
    return { ...rest, ...this.#names(rest, ['namespace']), name: renamed }
  }

  #names(from: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
    return mapStrings(from, fields, (value) => this.name(value))
  }

  #texts(from: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
    return mapStrings(from, fields, (value) => this.text(value))
  }

  #remember(name: string): void {
    this.#known.delete(name)
    this.#known.add(name)
    const oldest = this.#known.size > MAX_KNOWN_NAMES ? this.#known.values().next().value : undefined
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

function mapStrings(
  from: Readonly<Record<string, unknown>>,
  fields: readonly string[],
  change: (value: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap((field) => {
      const value = from[field]
      return typeof value === 'string' ? [[field, change(value)]] : []
    }),
  )
}

function recordOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

function isUuid(text: string): boolean {
  return text === '' || /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}
