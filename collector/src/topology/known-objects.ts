import { objectKey } from '../event/object-reference.ts'

/** How an owner is known, strongest first. */
export const OWNER_EVIDENCE = ['reference', 'note', 'name', 'self'] as const
export type OwnerEvidence = (typeof OWNER_EVIDENCE)[number]

/** What is known of one object. Changed in place: there are as many as the cluster has objects. */
export interface KnownObject {
  readonly cluster: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  uid: string
  /** Null: known to have none. Undefined: not known. */
  owner: KnownObject | null | undefined
  ownerEvidence: OwnerEvidence
  /** An event was about it, or a fact described it; otherwise it is only inferred. */
  exists: boolean
  /** A reference of another object, or the note of an event, names it as an owner. */
  owns: boolean
  node: string
  /** Names of the claims a pod mounts. */
  claims: readonly string[]
  /** The pod that mounts a claim. */
  pod: KnownObject | null
  /** The claim that a volume is bound to. */
  claim: KnownObject | null
  volume: string
  storageClass: string
  scaleTarget: KnownObject | null
  labels: Readonly<Record<string, string>>
  touched: number
}

const NO_LABELS: Readonly<Record<string, string>> = Object.freeze({})
const NO_CLAIMS: readonly string[] = Object.freeze([])

/**
 * The objects of all clusters by name. Objects that were deleted stay (events speak of them later) until the bound is
 * reached; then whatever is not among the last `maxObjects / 2` touched is forgotten.
 */
export class KnownObjects {
  readonly #objects = new Map<string, KnownObject>()
  readonly #maxObjects: number
  #touches = 0

  constructor(maxObjects: number) {
    this.#maxObjects = maxObjects
  }

  get size(): number {
    return this.#objects.size
  }

  find(cluster: string, kind: string, namespace: string, name: string): KnownObject | undefined {
    return this.#objects.get(objectKey(cluster, { kind, namespace, name }))
  }

  /** The object of this name, made when it is not known yet. */
  touch(cluster: string, kind: string, namespace: string, name: string): KnownObject {
    this.#touches += 1
    const key = objectKey(cluster, { kind, namespace, name })
    let object = this.#objects.get(key)
    if (object === undefined) {
      if (this.#objects.size >= this.#maxObjects) this.#forget()
      object = anObject(cluster, kind, namespace, name)
      this.#objects.set(key, object)
    }
    object.touched = this.#touches
    return object
  }

  #forget(): void {
    const oldest = this.#touches - Math.floor(this.#maxObjects / 2)
    for (const [key, { touched }] of this.#objects) if (touched < oldest) this.#objects.delete(key)
  }
}

function anObject(cluster: string, kind: string, namespace: string, name: string): KnownObject {
  return {
    cluster,
    kind,
    namespace,
    name,
    uid: '',
    owner: undefined,
    ownerEvidence: 'self',
    exists: false,
    owns: false,
    node: '',
    claims: NO_CLAIMS,
    pod: null,
    claim: null,
    volume: '',
    storageClass: '',
    scaleTarget: null,
    labels: NO_LABELS,
    touched: 0,
  }
}
