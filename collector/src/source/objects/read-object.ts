import { MILLISECOND, SECOND, type EpochMicros } from '../../clock.ts'
import type { ObjectFact, OwnerReference } from '../../event/object-fact.ts'
import type { RawEvent } from '../../event/raw-event.ts'
import { parseRfc3339 } from '../../event/rfc3339.ts'
import { fieldNames } from './field-names.ts'
import { isRoutineWriter } from './routine.ts'

/** One manager's entry of an object's `managedFields`: what it wrote, and when last. */
export interface Write {
  readonly manager: string
  readonly operation: string
  readonly subresource: string
  readonly time: EpochMicros | null
  readonly names: readonly string[]
}

/** What is read of an object's metadata; the rest of it is gone after reading. */
export interface SeenObject {
  readonly kind: string
  readonly apiVersion: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly generation: number | null
  readonly created: EpochMicros | null
  /** When somebody asked for its deletion; null while nobody did. */
  readonly deletion: EpochMicros | null
  readonly owners: readonly OwnerReference[]
  readonly labels: Readonly<Record<string, string>>
  /** Of an object that was read whole: where it belongs by its spec. */
  readonly place: Place
  /** It is the lock of an election of leaders, which its holder writes every few seconds. */
  readonly isLock: boolean
  /** Null when the server tells of no managers at all. Without those whose writes are routine. */
  readonly writes: readonly Write[] | null
  /** The newest write of anybody, routine ones included. */
  readonly lastWrite: EpochMicros | null
}

/** What of a spec is read. */
type Place = Pick<ObjectFact, 'node' | 'claims' | 'volume' | 'storageClass' | 'scaleTarget'>

/** What an object may have of each: more is not real, and left out. */
const MOST_OWNERS = 16
const MOST_LABELS = 64
const MOST_VOLUMES = 256
const MOST_WRITES = 64
const LONGEST_TEXT = 320

/** Keys of the metadata that are read as they are. */
const READ = [
  'namespace',
  'name',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'labels',
]

const LOCK = 'control-plane.alpha.kubernetes.io/leader'

type Part = Readonly<Record<string, unknown>>

/**
 * Reads an object's metadata. Null when it has no name: then it is none. Nothing about it is believed: what has another shape than
 * it should counts as absent.
 */
export function readObject(
  raw: RawEvent,
  { kind, apiVersion }: { readonly kind: string; readonly apiVersion: string },
): SeenObject | null {
  // prettier-ignore
  const metadata = partOf(raw['metadata'])
  const name = textOf(metadata['name'])
  if (name === '') return null
  const entries = Array.isArray(metadata['managedFields']) ? partsOf(metadata['managedFields'], MOST_WRITES) : null
  const times = (entries ?? []).map((entry) => timeOf(entry['time'])).filter((time) => time !== null)
  return {
    kind,
    apiVersion,
    namespace: textOf(metadata['namespace']),
    name,
    uid: textOf(metadata['uid']),
    resourceVersion: textOf(metadata['resourceVersion']),
    generation: numberOf(metadata['generation']),
    created: timeOf(metadata['creationTimestamp']),
    deletion: deletionOf(metadata),
    owners: partsOf(metadata['ownerReferences'], MOST_OWNERS).map(ownerOf),
    labels: labelsOf(partOf(metadata['labels'])),
    place: placeOf(partOf(raw['spec'])),
    isLock: LOCK in partOf(metadata['annotations']),
    writes: entries === null ? null : entries.map(writeOf).filter((write) => !isRoutineWriter(write)),
    lastWrite: times.length === 0 ? null : Math.max(...times),
  }
}

/** What of an object is kept while its list is read: no more than {@link readObject} looks at. */
export function trimmed(raw: RawEvent): RawEvent {
  const metadata = partOf(raw['metadata'])
  const kept = Object.fromEntries(READ.filter((key) => key in metadata).map((key) => [key, metadata[key]]))
  const annotations = LOCK in partOf(metadata['annotations']) ? { annotations: { [LOCK]: '' } } : {}
  const entries = metadata['managedFields']
  const managedFields = Array.isArray(entries) ? { managedFields: partsOf(entries, MOST_WRITES).map(trimmedEntry) } : {}
  return { metadata: { ...kept, ...annotations, ...managedFields }, spec: trimmedSpec(partOf(raw['spec'])) }
}

function trimmedSpec({ nodeName, volumes, volumeName, storageClassName, scaleTargetRef }: Part): Part {
  const claims = partsOf(volumes, MOST_VOLUMES).filter((volume) => 'persistentVolumeClaim' in volume)
  const mounted = claims.map(({ persistentVolumeClaim }) => ({ persistentVolumeClaim }))
  return { nodeName, volumes: mounted, volumeName, storageClassName, scaleTargetRef }
}

function placeOf({ nodeName, volumes, volumeName, storageClassName, scaleTargetRef }: Part): Place {
  const claims = partsOf(volumes, MOST_VOLUMES).map((each) =>
    textOf(partOf(each['persistentVolumeClaim'])['claimName']),
  )
  const target = partOf(scaleTargetRef)
  const scaleTarget = { kind: textOf(target['kind']), name: textOf(target['name']) }
  return {
    ...(textOf(nodeName) === '' ? {} : { node: textOf(nodeName) }),
    ...(claims.length === 0 ? {} : { claims: claims.filter((claim) => claim !== '') }),
    ...(textOf(volumeName) === '' ? {} : { volume: textOf(volumeName) }),
    ...(textOf(storageClassName) === '' ? {} : { storageClass: textOf(storageClassName) }),
    ...(scaleTarget.name === '' ? {} : { scaleTarget }),
  }
}

function trimmedEntry(entry: Part): Part {
  const { manager, operation, subresource, time, fieldsV1 } = entry
  const write = { manager: textOf(manager), operation: textOf(operation), subresource: textOf(subresource), time }
  return isRoutineWriter(write) ? write : { ...write, fieldsV1 }
}

/** The time of a graceful deletion is when the object may go; it was asked for its grace before. */
function deletionOf(metadata: Part): EpochMicros | null {
  const time = timeOf(metadata['deletionTimestamp'])
  const grace = numberOf(metadata['deletionGracePeriodSeconds']) ?? 0
  return time === null ? null : time - Math.max(0, grace) * SECOND
}

function writeOf(entry: Part): Write {
  const [manager, operation, subresource] = [entry['manager'], entry['operation'], entry['subresource']].map(textOf)
  const write = { manager: manager ?? '', operation: operation ?? '', subresource: subresource ?? '' }
  // The names of what is routine are never looked at.
  const names = isRoutineWriter(write) ? [] : fieldNames(entry['fieldsV1'])
  return { ...write, time: timeOf(entry['time']), names }
}

function ownerOf(owner: Part): OwnerReference {
  return {
    kind: textOf(owner['kind']),
    name: textOf(owner['name']),
    uid: textOf(owner['uid']),
    controller: owner['controller'] === true,
  }
}

function labelsOf(labels: Part): Readonly<Record<string, string>> {
  const texts = Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return Object.fromEntries(texts.slice(0, MOST_LABELS).map(([key, value]) => [textOf(key), textOf(value)]))
}

function timeOf(value: unknown): EpochMicros | null {
  const time = typeof value === 'string' ? parseRfc3339(value) : null
  return time === null || time < MILLISECOND ? null : time
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : ''
}

function partOf(value: unknown): Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Part) : {}
}

function partsOf(value: unknown, most: number): readonly Part[] {
  return Array.isArray(value) ? value.slice(0, most).map(partOf) : []
}
