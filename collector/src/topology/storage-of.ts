import type { Classification, NormalizedEvent } from '../event/observation.ts'

/** What is known of claims. */
export interface KnownClaims {
  /** Names of the claims that a pod mounts. */
  claimsOf(cluster: string, namespace: string, pod: string): readonly string[]
  claimOfVolume(cluster: string, volume: string): { readonly name: string } | null
  storageClassOf(cluster: string, namespace: string, claim: string): string
}

/** Reasons of other categories whose notes speak of claims. */
const WAITS = 'PersistentVolumeClaim'

/**
 * What is known of the storage that an event of a pod, claim or volume is about and its note does not name: its claim, and the
 * class of it. Null when the event names all, is about no storage, or nothing is known.
 */
export function storageOf(
  known: KnownClaims,
  {
    cluster,
    regarding,
    category,
    metadata,
  }: Pick<NormalizedEvent, 'cluster' | 'regarding'> & Pick<Classification, 'category' | 'metadata'>,
): Readonly<Record<string, string>> | null {
  if (category !== 'storage' && metadata['schedulingReasons']?.includes(WAITS) !== true) return null
  const { kind, namespace, name } = regarding
  const claim = metadata['claim'] ?? claimOf()
  if (claim === undefined) return null
  const storageClass = metadata['storageClass'] ?? known.storageClassOf(cluster, namespace, claim)
  const found = {
    ...(kind === 'PersistentVolumeClaim' ? {} : { claim }),
    ...(storageClass === '' ? {} : { storageClass }),
  }
  return Object.keys(found).length === 0 ? null : found

  function claimOf(): string | undefined {
    if (kind === 'PersistentVolumeClaim') return name
    const volume = kind === 'PersistentVolume' ? name : metadata['persistentVolume']
    if (volume !== undefined) return known.claimOfVolume(cluster, volume)?.name
    // A note that names no volume can only be about one claim where the pod has no other.
    const [only, ...others] = kind === 'Pod' && mayBeAnyClaim(metadata) ? known.claimsOf(cluster, namespace, name) : []
    return others.length === 0 ? only : undefined
  }
}

/** Secrets, config maps and tokens are volumes as well, and have no claim: such notes name their volume. */
function mayBeAnyClaim({ volume, unmountedVolumes }: Readonly<Record<string, string>>): boolean {
  return volume === undefined || unmountedVolumes !== undefined
}
