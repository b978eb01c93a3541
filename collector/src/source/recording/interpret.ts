import type { SourceRefusal } from '../../event/delivery.ts'
import type { ObjectFact, OwnerReference } from '../../event/object-fact.ts'
import type { RawEvent } from '../../event/raw-event.ts'

/** What one JSON object of a recording is. */
export type Interpretation =
  | { readonly kind: 'event'; readonly raw: RawEvent }
  | { readonly kind: 'refused'; readonly cause: SourceRefusal; readonly detail: string }
  /** An empty list: nothing was received. */
  | { readonly kind: 'nothing' }

type JsonRecord = Readonly<Record<string, unknown>>

/** Audit records and others are of kind Event too; ours have no group in their apiVersion, or this one. */
const EVENT_API_VERSION = /^(?:v1|events\.k8s\.io\/.+)$/

/** Takes an event, or the event of a watch notice. The detail of a refusal holds nothing of the object's text but names. */
export function interpret(text: string): Interpretation {
  const value = parse(text)
  if (value === null) return { kind: 'refused', cause: 'malformed', detail: 'it is not valid JSON' }
  const { type, object } = value
  if (typeof type === 'string' && isRecord(object) && value['metadata'] === undefined) return ofNotice(type, object)
  return ofObject(value)
}

function ofNotice(type: string, object: JsonRecord): Interpretation {
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return ofObject(object)
    case 'BOOKMARK':
      return { kind: 'refused', cause: 'bookmark', detail: 'a bookmark only says how far the watch had come' }
    case 'DELETED':
      return { kind: 'refused', cause: 'deletion', detail: 'the event was deleted at the end of its TTL, not observed' }
    case 'ERROR':
      return { kind: 'refused', cause: 'error notice', detail: `the watch ended with code ${shown(object['code'])}` }
    default:
      return { kind: 'refused', cause: 'not an event', detail: `a watch notice of type ${shown(type)}` }
  }
}

function ofObject(value: JsonRecord): Interpretation {
  const { kind, apiVersion } = value
  if (kind === undefined || kind === null) {
    if (isRecord(value['regarding']) || isRecord(value['involvedObject'])) return { kind: 'event', raw: value }
    return { kind: 'refused', cause: 'not an event', detail: 'it has neither a kind nor an object that it is about' }
  }
  const isOurs = typeof apiVersion === 'string' ? EVENT_API_VERSION.test(apiVersion) : true
  if (kind === 'Event' && isOurs) return { kind: 'event', raw: value }
  if (typeof kind === 'string' && kind.endsWith('List')) return { kind: 'nothing' }
  return { kind: 'refused', cause: 'not an event', detail: `it is of kind ${shown(kind)} in ${shown(apiVersion)}` }
}

/** An object fact, or null for anything else. Parts that are missing are empty. */
export function interpretFact(text: string): ObjectFact | null {
  const value = parse(text)
  if (value === null || textOf(value['kind']) === '' || textOf(value['name']) === '') return null
  const { node, claims, volume, storageClass, scaleTargetRef, labels } = value
  return {
    kind: textOf(value['kind']),
    namespace: textOf(value['namespace']),
    name: textOf(value['name']),
    uid: textOf(value['uid']),
    apiVersion: textOf(value['apiVersion']),
    owners: listOf(value['owners']).filter(isRecord).map(ownerOf),
    ...(typeof node === 'string' ? { node } : {}),
    ...(Array.isArray(claims) ? { claims: claims.filter((claim) => typeof claim === 'string') } : {}),
    ...(typeof volume === 'string' ? { volume } : {}),
    ...(typeof storageClass === 'string' ? { storageClass } : {}),
    ...(isRecord(scaleTargetRef)
      ? { scaleTarget: { kind: textOf(scaleTargetRef['kind']), name: textOf(scaleTargetRef['name']) } }
      : {}),
    ...(isRecord(labels) ? { labels: textsOf(labels) } : {}),
  }
}

function ownerOf(owner: JsonRecord): OwnerReference {
  return {
    kind: textOf(owner['kind']),
    name: textOf(owner['name']),
    uid: textOf(owner['uid']),
    controller: owner['controller'] === true,
  }
}

function textsOf(labels: JsonRecord): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

/** @returns null for what is no JSON object. The parser's own message is not used: it quotes the text. */
function parse(text: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Kinds and versions are short words; anything else is not shown. */
function shown(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && /^[\w./-]{1,100}$/.test(value) ? value : '(unknown)'
}
