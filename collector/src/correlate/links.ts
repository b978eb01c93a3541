import type { EpochMicros } from '../clock.ts'
import { identityOf, objectKey, type ObjectReference } from '../event/object-reference.ts'
import { isFirstSight, type PlacedEvent } from '../event/observation.ts'
import type { CausationLink } from './causations.ts'

/** What the correlator asks the topology. Unknown is an empty string, an empty list or null. */
export interface TopologyLinks {
  nodeOf(cluster: string, namespace: string, pod: string): string
  claimsOf(cluster: string, namespace: string, pod: string): readonly string[]
  podOfClaim(cluster: string, namespace: string, claim: string): string
  claimOfVolume(cluster: string, volume: string): { readonly namespace: string; readonly name: string } | null
  storageClassOf(cluster: string, namespace: string, claim: string): string
  scaleTargetOf(
    cluster: string,
    namespace: string,
    autoscaler: string,
  ): { readonly kind: string; readonly name: string } | null
}

/** Key of the object an event is about, as against every other one; of an event about nothing, of the event. */
export function identityKey({ cluster, regarding, eventNamespace, name }: PlacedEvent): string {
  return regarding.kind === ''
    ? objectKey(cluster, { kind: '', namespace: eventNamespace, name })
    : identityOf(cluster, regarding)
}

/**
 * When the trouble that an event tells of began: the first time when it is seen for the first time, else the time of
 * the newest occurrence, because the earlier ones were judged when they came.
 */
export function startOf(event: PlacedEvent): EpochMicros {
  return isFirstSight(event) ? event.firstObserved : event.lastObserved
}

/** Key of the top controller, by name; null for an event about nothing. */
export function workloadKey({ cluster, regarding, owner }: PlacedEvent): string | null {
  if (owner.kind === '') return null
  return objectKey(cluster, { kind: owner.kind, namespace: regarding.namespace, name: owner.name })
}

const STORAGE_FAILURES = new Set(['FailedAttachVolume', 'FailedMount', 'ProvisioningFailed', 'FailedBinding'])

/** Whether claims matter for the event: a crash has nothing to do with the claim that two workloads share. */
export function isAboutStorage({ category, reason, note }: PlacedEvent): boolean {
  if (category === 'storage' || STORAGE_FAILURES.has(reason)) return true
  return reason === 'FailedScheduling' && /volume|PersistentVolumeClaim/i.test(note)
}

/** Claims a pod's event is about: those it mounts, and the one behind a volume named in the note. */
export function claimKeys(event: PlacedEvent, topology: TopologyLinks): readonly string[] {
  const { cluster, regarding } = event
  if (regarding.kind === 'PersistentVolumeClaim') return [objectKey(cluster, regarding)]
  const claims = regarding.kind === 'Pod' ? topology.claimsOf(cluster, regarding.namespace, regarding.name) : []
  const keys = claims.map((name) => claimKey(cluster, regarding.namespace, name))
  const volume = regarding.kind === 'PersistentVolume' ? regarding.name : volumeIn(event)
  const bound = volume === '' ? null : topology.claimOfVolume(cluster, volume)
  if (bound !== null) keys.push(claimKey(cluster, bound.namespace, bound.name))
  return keys
}

/** Name out of a key made by {@link claimKeys}, which ends with it and a slash: names of claims hold no blank. */
export function claimName(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1, -1)
}

export function nodeOf({ cluster, node, regarding }: PlacedEvent, topology: TopologyLinks): string {
  if (regarding.kind === 'Node') return regarding.name
  if (node !== '' || regarding.kind !== 'Pod') return node
  return topology.nodeOf(cluster, regarding.namespace, regarding.name)
}

const PROVISIONED_VOLUME = /\bpvc-[0-9a-f]{8}-[0-9a-f-]{27}\b/
const MISSING_OBJECT = /\b(?:secret|configmap|serviceaccount|persistentvolumeclaim)s? "([^"]+)"/i
const CALLED_SERVICE = /https?:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc\b/

function volumeIn({ note }: PlacedEvent): string {
  return note.includes('pvc-') ? (PROVISIONED_VOLUME.exec(note)?.[0] ?? '') : ''
}

/** What the two ends of a causation must have in common: they are linked when one key of each is equal. */
export function causationKeys(
  link: CausationLink,
  end: 'cause' | 'effect',
  event: PlacedEvent,
  topology: TopologyLinks,
): readonly string[] {
  const { cluster, regarding, related, note } = event
  const key = (...parts: readonly string[]): readonly string[] => [JSON.stringify([link, cluster, ...parts])]
  switch (link) {
    case 'object':
      return [identityKey(event)]
    case 'workload':
      return present(workloadKey(event))
    case 'node':
      return keyed(nodeOf(event, topology), key)
    case 'claim':
      return claimKeys(event, topology)
    case 'scale target':
      return end === 'cause' ? scaleTargetKeys(event, topology) : present(workloadKey(event))
    case 'named object': {
      const named = end === 'cause' ? regarding.name : (MISSING_OBJECT.exec(note)?.[1] ?? '')
      return keyed(named, (name) => key(regarding.namespace, name))
    }
    case 'named service': {
      if (end === 'cause') return key(regarding.namespace, event.owner.name)
      const [, service, namespace] = CALLED_SERVICE.exec(note) ?? []
      return service === undefined || namespace === undefined ? [] : key(namespace, service)
    }
    case 'related object': {
      return end === 'cause'
        ? keysOfObject(cluster, regarding)
        : [...keysOfObject(cluster, related), ...preemptor(event)]
    }
    case 'namespace':
      return key(regarding.namespace)
    case 'cluster':
      return key()
  }
}

/** By name, and by uid where there is one: the other end may know it by either. */
function keysOfObject(cluster: string, object: ObjectReference): readonly string[] {
  return object.kind === '' ? [] : [objectKey(cluster, object), identityOf(cluster, object)]
}

const PREEMPTED_BY = /^Preempted by (?:a )?pod:? ([0-9a-f]{8}-[0-9a-f-]{27})/

/** The scheduler names the pod that took the place by its uid, and only in the note. */
function preemptor({ cluster, note }: PlacedEvent): readonly string[] {
  const uid = PREEMPTED_BY.exec(note)?.[1]
  return uid === undefined ? [] : [identityOf(cluster, { kind: 'Pod', namespace: '', name: '', uid, apiVersion: '' })]
}

function scaleTargetKeys({ cluster, regarding }: PlacedEvent, topology: TopologyLinks): readonly string[] {
  const { namespace, name } = regarding
  const target = topology.scaleTargetOf(cluster, namespace, name)
  return target === null ? [] : [objectKey(cluster, { kind: target.kind, namespace, name: target.name })]
}

function claimKey(cluster: string, namespace: string, name: string): string {
  return objectKey(cluster, { kind: 'PersistentVolumeClaim', namespace, name })
}

function keyed(value: string, key: (value: string) => readonly string[]): readonly string[] {
  return value === '' ? [] : key(value)
}

function present(key: string | null): readonly string[] {
  return key === null ? [] : [key]
}
