import type { EpochMicros } from '../../clock.ts'
import type { ObjectReference } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import { formatMicros, parseTime } from '../../event/rfc3339.ts'
import { SEVERITIES } from '../../event/words.ts'
import { noteTokens } from '../../query/note-tokens.ts'

export type EventDocument = Readonly<Record<string, unknown>>

/** An observation on its way to Elasticsearch. */
export interface IndexedDocument {
  readonly document: EventDocument
  /** Entries of maps that `flattened` refuses: stored and given back, but found by their key alone. */
  readonly unsearchableEntries: number
}

/** Longest term of Lucene in bytes; `flattened` makes one of key, NUL and value. */
const LONGEST_TERM_BYTES = 32_766

const MAPS = ['labels', 'annotations', 'objectLabels', 'metadata'] as const
/** Texts at the root that are left out when empty: the empty text is what absent values have. */
const TEXTS = [
  'id', 'cluster', 'source', 'uid', 'name', 'eventNamespace', 'namespace', 'type', 'reason', 'action', 'note',
  'reportingController', 'reportingInstance', 'container', 'node', 'category', 'severity', 'rule', 'topologyEvidence',
  'correlationId', 'correlationRule', 'templateId',
] as const // prettier-ignore
const REFERENCE_TEXTS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'fieldPath'] as const

type MapName = (typeof MAPS)[number]
type Entries = Readonly<Record<string, string>>

/**
 * The document of an observation, empty values left out. No observation is refused: what `flattened` cannot index goes to
 * `unindexed`, and so do empty values, so that an empty entry and an absent one are the same for filters and groups.
 */
export function documentOf(observation: Observation): IndexedDocument {
  const maps = MAPS.map((name) => [name, splitEntries(observation[name])] as const)
  const unindexed = Object.fromEntries(
    maps.flatMap(([name, { apart }]) => (isEmpty(apart) ? [] : [[name, apart] as const])),
  )
  const document = {
    '@timestamp': formatMicros(observation.lastObserved),
    lastObservedMicros: observation.lastObserved,
    firstObserved: formatMicros(observation.firstObserved),
    received: formatMicros(observation.received),
    ...texts(observation, TEXTS),
    ...given('clusterUid', observation.clusterUid),
    ...given('resourceVersion', observation.resourceVersion),
    ...countsOf(observation),
    ...(observation.note === '' ? {} : { noteTokens: noteTokens(observation.note).join(' ') }),
    severityRank: SEVERITIES.indexOf(observation.severity),
    ...nested('regarding', texts(observation.regarding, REFERENCE_TEXTS)),
    ...nested('related', texts(observation.related, REFERENCE_TEXTS)),
    ...nested('owner', texts(observation.owner, ['kind', 'name'])),
    ...Object.fromEntries(maps.flatMap(([name, entries]) => mapFields(name, observation[name], entries.accepted))),
    ...(observation.flags.length === 0 ? {} : { flags: observation.flags }),
    ...(observation.patternIds.length === 0 ? {} : { patternIds: observation.patternIds }),
    ...given('rest', observation.rest),
    ...nested('unindexed', unindexed),
  }
  const unsearchableEntries = maps.reduce((sum, [, { refused }]) => sum + refused, 0)
  return { document, unsearchableEntries }
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

/** Zeros and falsehoods, which are the rule, are left out. */
function countsOf(observation: Observation): EventDocument {
  const { count, countDelta, deltaSince, countUnplaced, countIsLowerBound, countEstimated } = observation
  return {
    count,
    countDelta,
    deltaSince,
    ...(countUnplaced === 0 ? {} : { countUnplaced }),
    ...(countIsLowerBound ? { countIsLowerBound } : {}),
    ...(countEstimated ? { countEstimated } : {}),
  }
}

interface SplitEntries {
  readonly accepted: Entries
  /** Empty values and refused entries. */
  readonly apart: Entries
  readonly refused: number
}

function splitEntries(entries: Entries): SplitEntries {
  const all = Object.entries(entries)
  const indexable = all.filter(([key, value]) => isIndexable(key, value))
  const accepted = indexable.filter(([, value]) => value !== '')
  const apart = all.filter(([key, value]) => value === '' || !isIndexable(key, value))
  return {
    accepted: Object.fromEntries(accepted),
    apart: Object.fromEntries(apart),
    refused: all.length - indexable.length,
  }
}

/** Elasticsearch refuses the whole document for one NUL in a key or one term that is too long. */
function isIndexable(key: string, value: string): boolean {
  if (key === '' || key.includes('\0') || value.includes('\0')) return false
  return Buffer.byteLength(key) + 1 + Buffer.byteLength(value) <= LONGEST_TERM_BYTES
}

/** A map with the keys of all its entries beside it: `flattened` itself cannot be asked for them. */
function mapFields(name: MapName, all: Entries, accepted: Entries): readonly (readonly [string, unknown])[] {
  const keys = Object.keys(all)
  if (keys.length === 0) return []
  return [[`${name}Keys`, keys] as const, ...(isEmpty(accepted) ? [] : [[name, accepted] as const])]
}

function texts<Name extends string>(from: Readonly<Record<Name, string>>, names: readonly Name[]): Entries {
  return Object.fromEntries(names.flatMap((name) => (from[name] === '' ? [] : [[name, from[name]] as const])))
}

function given(name: string, value: unknown): EventDocument {
  return value === null ? {} : { [name]: value }
}

function nested(name: string, value: EventDocument): EventDocument {
  return isEmpty(value) ? {} : { [name]: value }
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
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
  const time = parseTime(textOf(document, name))
  if (time === null) throw new TypeError(`a stored document has no ${name}: it was not written by Eventloom`)
  return time
}
