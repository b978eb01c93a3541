/** What is known of an object's place in the cluster, from a metadata watch or beside a recording (`*.objects.jsonl`). */
export interface ObjectFact {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
  readonly apiVersion: string
  readonly owners: readonly OwnerReference[]
  /** Node a Pod runs on. */
  readonly node?: string
  /** Names of the claims a Pod mounts. */
  readonly claims?: readonly string[]
  /** Name of the PersistentVolume a claim is bound to. */
  readonly volume?: string
  readonly storageClass?: string
  /** What a HorizontalPodAutoscaler scales. */
  readonly scaleTarget?: { readonly kind: string; readonly name: string }
  readonly labels?: Readonly<Record<string, string>>
}

export interface OwnerReference {
  readonly kind: string
  readonly name: string
  readonly uid: string
  /** The one owner that manages the object, of possibly several. */
  readonly controller: boolean
}
