import type { ObjectFact } from '../event/object-fact.ts'
import type { Classification, NormalizedEvent, Placement } from '../event/observation.ts'
import { claimsWaitingForPods } from './claims-waiting.ts'
import { OWNER_EVIDENCE, KnownObjects, type OwnerEvidence, type KnownObject } from './known-objects.ts'
import { ownerByName, podsOfClaimName } from './name-rules.ts'
import { readNote, type Lesson } from './note-rules.ts'
import { storageOf } from './storage-of.ts'

export interface TopologyOptions {
  /** Objects remembered over all clusters. Default {@link MAX_OBJECTS}. */
  readonly maxObjects?: number
}

/** About 350 bytes each: 70 MB when full, enough for some thousand nodes. */
export const MAX_OBJECTS = 200_000

/** A chain of owners longer than any real one (CronJob, Job, Pod, claim). Ends a circle of wrong references too. */
const LONGEST_OWNER_CHAIN = 8

/** Pods mount a handful; the newest are kept. */
const MAX_CLAIMS = 32

/** What an autoscaler of the same name scales when no reference says so. */
const SCALED_KINDS = ['Deployment', 'StatefulSet']

/** Kinds that appear as owner but run no workload: a static pod is owned by its Node. */
const NO_OWNERS = new Set(['Node'])

/** For an event about nothing. */
const NOWHERE = { owner: { kind: '', name: '' }, topologyEvidence: 'self', objectLabels: {} }

export interface ObjectName {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Who owns whom, who runs where. What is unknown is an empty string or list. */
export interface Topology {
  /** Learns from the object itself: the strongest evidence. Deletion is not learned: events come after it. */
  learn(cluster: string, fact: ObjectFact): void
  /**
   * The top controller of the object an event is about, and how it is known: the weakest link of the chain. Learns from the
   * event first. Feed it stored observations after a restart.
   */
  place(event: NormalizedEvent): Placement
  /** Claim and storage class that an event is about and does not name, as values beside those of its note; null for nothing. */
  storageOf(event: NormalizedEvent & Classification): Readonly<Record<string, string>> | null
  nodeOf(cluster: string, namespace: string, pod: string): string
  /** Names of the claims a pod mounts. */
  claimsOf(cluster: string, namespace: string, pod: string): readonly string[]
  podOfClaim(cluster: string, namespace: string, claim: string): string
  /** Volume of a claim; a provisioned one is called `pvc-<uid of the claim>`. */
  volumeOfClaim(cluster: string, namespace: string, claim: string): string
  claimOfVolume(cluster: string, volume: string): ObjectName | null
  storageClassOf(cluster: string, namespace: string, claim: string): string
  /** What a HorizontalPodAutoscaler scales: by reference, or the workload of its own name. */
  scaleTargetOf(cluster: string, namespace: string, autoscaler: string): ObjectName | null
}

/** Starts empty; learns from events and, where there are any, from facts. Memory is bounded by `maxObjects`. */
export function createTopology({ maxObjects = MAX_OBJECTS }: TopologyOptions = {}): Topology {
  return new LearnedTopology(maxObjects)
}

class LearnedTopology implements Topology {
  readonly #objects: KnownObjects
  readonly #waiting = claimsWaitingForPods()

  constructor(maxObjects: number) {
    this.#objects = new KnownObjects(maxObjects)
  }

  learn(cluster: string, fact: ObjectFact): void {
    const { kind, namespace, name, uid, owners, scaleTarget } = fact
    const object = this.#objects.touch(cluster, kind, namespace, name)
    this.#recognise(object, uid)
    const controller = owners.find((owner) => owner.controller && !NO_OWNERS.has(owner.kind))
    const owner = controller && this.#objects.touch(cluster, controller.kind, namespace, controller.name)
    own(object, owner ?? null, 'reference')
    object.labels = fact.labels ?? object.labels
    object.node = fact.node ?? object.node
    for (const claim of fact.claims ?? []) this.#mount(object, claim)
    if (fact.volume !== undefined && fact.volume !== '') this.#bind(object, fact.volume)
    object.storageClass = fact.storageClass ?? object.storageClass
    if (scaleTarget !== undefined) {
      object.scaleTarget = this.#objects.touch(cluster, scaleTarget.kind, namespace, scaleTarget.name)
    }
  }

  place(event: NormalizedEvent): Placement {
    const { cluster, regarding } = event
    if (regarding.kind === '') return { ...NOWHERE, node: event.node }
    const object = this.#objects.touch(cluster, regarding.kind, regarding.namespace, regarding.name)
    this.#recognise(object, regarding.uid)
    if (object.kind === 'Pod' && event.node !== '') object.node = event.node
    for (const lesson of readNote(event)) this.#take(object, lesson)
    const { top, evidence } = this.#topOf(object)
    const node = event.node === '' && object.kind === 'Pod' ? object.node : event.node
    return { owner: { kind: top.kind, name: top.name }, topologyEvidence: evidence, objectLabels: object.labels, node }
  }

  storageOf(event: NormalizedEvent & Classification): Readonly<Record<string, string>> | null {
    return storageOf(this, event)
  }

  nodeOf(cluster: string, namespace: string, pod: string): string {
    return this.#objects.find(cluster, 'Pod', namespace, pod)?.node ?? ''
  }

  claimsOf(cluster: string, namespace: string, pod: string): readonly string[] {
    return this.#objects.find(cluster, 'Pod', namespace, pod)?.claims ?? []
  }

  podOfClaim(cluster: string, namespace: string, claim: string): string {
    return this.#claim(cluster, namespace, claim)?.pod?.name ?? ''
  }

  volumeOfClaim(cluster: string, namespace: string, claim: string): string {
    return this.#claim(cluster, namespace, claim)?.volume ?? ''
  }

  claimOfVolume(cluster: string, volume: string): ObjectName | null {
    return this.#objects.find(cluster, 'PersistentVolume', '', volume)?.claim ?? null
  }

  storageClassOf(cluster: string, namespace: string, claim: string): string {
    return this.#claim(cluster, namespace, claim)?.storageClass ?? ''
  }

  scaleTargetOf(cluster: string, namespace: string, autoscaler: string): ObjectName | null {
    const known = this.#objects.find(cluster, 'HorizontalPodAutoscaler', namespace, autoscaler)?.scaleTarget
    if (known !== undefined && known !== null) return known
    const namesakes = SCALED_KINDS.map((kind) => this.#objects.find(cluster, kind, namespace, autoscaler))
    return namesakes.find((target) => target?.exists === true) ?? null
  }

  /** A new uid under an old name is another object: its owner is the same, its place need not be. */
  #recognise(object: KnownObject, uid: string): void {
    const isFirst = !object.exists
    object.exists = true
    if (uid !== '' && uid !== object.uid) {
      if (object.uid !== '') object.node = ''
      object.uid = uid
      if (object.kind === 'PersistentVolumeClaim') this.#bind(object, `pvc-${uid}`)
    }
    if (!isFirst) return
    if (object.kind === 'Pod') {
      for (const claim of [...object.claims, ...this.#waiting.takeFor(object)]) this.#mount(object, claim)
    }
    if (object.kind === 'PersistentVolumeClaim' && object.pod === null) this.#findPodByName(object)
  }

  #findPodByName(claim: KnownObject): void {
    const { cluster, namespace, name } = claim
    const candidates = podsOfClaimName(name)
    const known = candidates.find((pod) => this.#objects.find(cluster, 'Pod', namespace, pod)?.exists === true)
    // With two hyphens there is only one way to read the name.
    const pod = known ?? (candidates.length === 1 ? candidates[0] : undefined)
    if (pod === undefined) this.#waiting.add(claim, candidates)
    else this.#mount(this.#objects.touch(cluster, 'Pod', namespace, pod), name)
  }

  #take(object: KnownObject, lesson: Lesson): void {
    const { cluster, namespace } = object
    switch (lesson.teaches) {
      case 'child':
        return own(this.#objects.touch(cluster, lesson.kind, namespace, lesson.name), object, 'note')
      case 'claim':
        return this.#mount(this.#objects.touch(cluster, 'Pod', namespace, lesson.pod), lesson.claim)
      case 'volume':
        return this.#bind(object, lesson.volume)
      case 'node':
        object.node = lesson.node
        return
      case 'class':
        object.storageClass = lesson.storageClass
        return
    }
  }

  #mount(pod: KnownObject, claimName: string): void {
    const claim = this.#objects.touch(pod.cluster, 'PersistentVolumeClaim', pod.namespace, claimName)
    claim.pod = pod
    if (!pod.claims.includes(claimName)) pod.claims = [...pod.claims, claimName].slice(-MAX_CLAIMS)
    // Only a claim that a StatefulSet made for this pod belongs to its workload; others outlive it.
    if (claim.owner === undefined && isKnown(pod) && claimName.endsWith(`-${pod.name}`)) own(claim, pod, 'name')
  }

  #bind(claim: KnownObject, volume: string): void {
    claim.volume = volume
    this.#objects.touch(claim.cluster, 'PersistentVolume', '', volume).claim = claim
  }

  #topOf(object: KnownObject): { readonly top: KnownObject; readonly evidence: OwnerEvidence } {
    let top = object
    let weakest: OwnerEvidence = 'reference'
    for (let depth = 0; depth < LONGEST_OWNER_CHAIN; depth += 1) {
      if (top.owner === undefined) this.#inferOwner(top)
      const { owner, ownerEvidence } = top
      if (owner === null || owner === undefined) break
      weakest = weaker(weakest, ownerEvidence)
      top = owner
    }
    return { top, evidence: top === object ? 'self' : weakest }
  }

  #inferOwner(object: KnownObject): void {
    const { cluster, kind, namespace, name, node } = object
    const named = ownerByName(kind, name, node)
    if (named === null) return
    const known = named.kinds.find((each) => isKnown(this.#objects.find(cluster, each, namespace, named.name)))
    const ownerKind = known ?? named.usual
    if (ownerKind !== null) own(object, this.#objects.touch(cluster, ownerKind, namespace, named.name), 'name')
  }

  #claim(cluster: string, namespace: string, name: string): KnownObject | undefined {
    return this.#objects.find(cluster, 'PersistentVolumeClaim', namespace, name)
  }
}

/** Stronger or newer evidence of the same strength replaces what was known. */
function own(object: KnownObject, owner: KnownObject | null, evidence: OwnerEvidence): void {
  if (object.owner !== undefined && weaker(evidence, object.ownerEvidence) !== object.ownerEvidence) return
  object.owner = owner
  object.ownerEvidence = evidence
  if (owner !== null && evidence !== 'name') owner.owns = true
}

/** Whether more than a name tells of it. */
function isKnown(object: KnownObject | undefined): boolean {
  if (object === undefined) return false
  return object.exists || object.owns || object.ownerEvidence === 'reference' || object.ownerEvidence === 'note'
}

function weaker(a: OwnerEvidence, b: OwnerEvidence): OwnerEvidence {
  return OWNER_EVIDENCE.indexOf(a) > OWNER_EVIDENCE.indexOf(b) ? a : b
}
