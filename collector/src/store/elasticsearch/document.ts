import type { EpochMicros } from '../../clock.ts'
import type { ObjectReference } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import { formatMicros, parseRfc3339 } from '../../event/rfc3339.ts'
import { SEVERITIES } from '../../event/words.ts'
import { FIELDS } from '../../query/fields.ts'
import { noteTokens } from '../../query/note-tokens.ts'
import { objectHash } from './object-identity.ts'

export type EventDocument = Readonly<Record<string, unknown>>

/** An observation on its way to Elasticsearch. */
export interface IndexedDocument {
  readonly document: EventDocument
  /** Entries of maps that `flattened` refuses: stored and given back, but found by their key alone. */
  readonly unsearchableEntries: number
}

/** Longest term of Lucene in bytes; `flattened` makes one of key, NUL and value. */
const LONGEST_TERM_BYTES = 32_766

type TextName = { [Name in keyof Observation]: Observation[Name] extends string ? Name : never }[keyof Observation]
type MapName = { [Name in keyof Observation]: string extends keyof Observation[Name] ? Name : never }[keyof Observation]
type Entries = Readonly<Record<string, string>>

const MAPS = FIELDS.filter(({ type }) => type === 'map').map(({ name }) => name)
/** Texts at the root that are left out when empty: the empty text is what absent values have. */
const TEXTS = FIELDS.filter(({ name, type }) => type === 'text' && !name.includes('.')).map(({ name }) => name)
const REFERENCE_TEXTS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'fieldPath'] as const

/**
 * The document of an observation, for JSON, which leaves out what is undefined here: empty values. No observation is refused:
 * what `flattened` cannot index goes to `unindexed`, and so do empty values, so that an empty entry and an absent one are the
 * same for filters and groups.
 */
export function documentOf(observation: Observation): IndexedDocument {
  const labels = splitEntries(observation.labels)
  const annotations = splitEntries(observation.annotations)
  const objectLabels = splitEntries(observation.objectLabels)
  const metadata = splitEntries(observation.metadata)
  const document = {
    ...textsOf(observation),
    '@timestamp': formatMicros(observation.lastObserved),
    lastObservedMicros: observation.lastObserved,
    firstObserved: formatMicros(observation.firstObserved),
    received: formatMicros(observation.received),
    clusterUid: observation.clusterUid ?? undefined,
    resourceVersion: observation.resourceVersion ?? undefined,
    count: observation.count,
    countDelta: observation.countDelta,
    deltaSince: observation.deltaSince,
    // Zeros and falsehoods are the rule.
    countUnplaced: observation.countUnplaced === 0 ? undefined : observation.countUnplaced,
    countIsLowerBound: observation.countIsLowerBound || undefined,
    countEstimated: observation.countEstimated || undefined,
    noteTokens: observation.note === '' ? undefined : noteTokens(observation.note).join(' '),
    severityRank: SEVERITIES.indexOf(observation.severity),
    regarding: referenceFields(observation.regarding),
    objectHash: objectHash(observation),
    related: referenceFields(observation.related),
    owner: ownerFields(observation.owner),
    labels: labels.accepted,
    labelsKeys: labels.keys,
    annotations: annotations.accepted,
    annotationsKeys: annotations.keys,
    objectLabels: objectLabels.accepted,
    objectLabelsKeys: objectLabels.keys,
    metadata: metadata.accepted,
    metadataKeys: metadata.keys,
    flags: observation.flags.length === 0 ? undefined : observation.flags,
    patternIds: observation.patternIds.length === 0 ? undefined : observation.patternIds,
    rest: observation.rest ?? undefined,
    unindexed: unindexedOf({
      labels: labels.apart,
      annotations: annotations.apart,
      objectLabels: objectLabels.apart,
      metadata: metadata.apart,
    }),
  }
  const unsearchableEntries = labels.refused + annotations.refused + objectLabels.refused + metadata.refused
  return { document, unsearchableEntries }
}

/** One literal, as above, so that all documents have one shape: names in a loop are much slower. */
function textsOf(observation: Observation): Readonly<Record<TextName, string | undefined>> {
  return {
    id: given(observation.id),
    cluster: given(observation.cluster),
    source: given(observation.source),
    uid: given(observation.uid),
    name: given(observation.name),
    eventNamespace: given(observation.eventNamespace),
    namespace: given(observation.namespace),
    type: given(observation.type),
    reason: given(observation.reason),
    action: given(observation.action),
    note: given(observation.note),
    reportingController: given(observation.reportingController),
    reportingInstance: given(observation.reportingInstance),
    container: given(observation.container),
    node: given(observation.node),
    category: given(observation.category),
    severity: given(observation.severity),
    rule: given(observation.rule),
    topologyEvidence: given(observation.topologyEvidence),
    correlationId: given(observation.correlationId),
    correlationRule: given(observation.correlationRule),
    templateId: given(observation.templateId),
  }
}

function given(text: string): string | undefined {
  return text === '' ? undefined : text
}

function referenceFields({ kind, namespace, name, uid, apiVersion, fieldPath }: ObjectReference) {
  if (kind === '' && name === '' && uid === '' && namespace === '' && apiVersion === '' && fieldPath === '')
    return undefined
  return {
    kind: given(kind),
    namespace: given(namespace),
    name: given(name),
    uid: given(uid),
    apiVersion: given(apiVersion),
    fieldPath: given(fieldPath),
  }
}

function ownerFields({ kind, name }: Observation['owner']) {
  return kind === '' && name === '' ? undefined : { kind: given(kind), name: given(name) }
}

interface SplitEntries {
  readonly accepted?: Entries
  /** Of all entries: `flattened` itself cannot be asked for them. */
  readonly keys?: readonly string[]
  /** Empty values and refused entries. */
  readonly apart?: Entries
  readonly refused: number
}

const NO_ENTRIES: SplitEntries = { refused: 0 }

function splitEntries(entries: Entries): SplitEntries {
  const all = Object.entries(entries)
  if (all.length === 0) return NO_ENTRIES
  const indexable = all.filter(([key, value]) => isIndexable(key, value))
  const accepted = indexable.filter(([, value]) => value !== '')
  const apart = all.filter(([key, value]) => value === '' || !isIndexable(key, value))
  return {
    keys: Object.keys(entries),
    refused: all.length - indexable.length,
    ...(accepted.length === 0 ? {} : { accepted: Object.fromEntries(accepted) }),
    ...(apart.length === 0 ? {} : { apart: Object.fromEntries(apart) }),
  }
}

function unindexedOf(apart: Readonly<Record<MapName, Entries | undefined>>): object | undefined {
  return Object.values(apart).some((entries) => entries !== undefined) ? apart : undefined
}

/** Elasticsearch refuses the whole document for one NUL in a key or one term that is too long. */
function isIndexable(key: string, value: string): boolean {
  if (key === '' || key.includes('\0') || value.includes('\0')) return false
  return Buffer.byteLength(key) + 1 + Buffer.byteLength(value) <= LONGEST_TERM_BYTES
}

/** The observation that a stored document, or its `_source`, was made of. `id` is the document's. */
export function observationOf(id: string, document: EventDocument): Observation {
  const root = Object.fromEntries(TEXTS.map((name) => [name, textOf(document, name)]))
  const unindexed = childOf(document, 'unindexed')
  const maps = MAPS.map((name) => [name, { ...childOf(document, name), ...childOf(unindexed, name) }] as const)
  return {
    ...root,
    id,
    clusterUid: document['clusterUid'] ?? null,
    resourceVersion: document['resourceVersion'] ?? null,
    firstObserved: timeOf(document, 'firstObserved'),
    lastObserved: timeOf(document, '@timestamp'),
    received: timeOf(document, 'received'),
    count: document['count'],
    countDelta: document['countDelta'],
    deltaSince: document['deltaSince'],
    countUnplaced: document['countUnplaced'] ?? 0,
    countIsLowerBound: document['countIsLowerBound'] === true,
    countEstimated: document['countEstimated'] === true,
    regarding: referenceOf(document, 'regarding'),
    related: referenceOf(document, 'related'),
    owner: { kind: textOf(childOf(document, 'owner'), 'kind'), name: textOf(childOf(document, 'owner'), 'name') },
    ...Object.fromEntries(maps),
    rest: document['rest'] ?? null,
    flags: document['flags'] ?? [],
    patternIds: document['patternIds'] ?? [],
  } as Observation
}

function childOf(document: EventDocument, name: string): EventDocument {
  return (document[name] as EventDocument | undefined) ?? {}
}

function textOf(document: EventDocument, name: string): string {
  return (document[name] as string | undefined) ?? ''
}

function referenceOf(document: EventDocument, name: string): ObjectReference {
  const stored = childOf(document, name)
  return Object.fromEntries(REFERENCE_TEXTS.map((part) => [part, textOf(stored, part)])) as unknown as ObjectReference
}

function timeOf(document: EventDocument, name: string): EpochMicros {
  const time = parseRfc3339(textOf(document, name))
  if (time === null) throw new TypeError(`a stored document has no ${name}: it was not written by Eventloom`)
  return time
}
