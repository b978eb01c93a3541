import { objectKey } from '../event/object-reference.ts'
import type { KnownObject } from './known-objects.ts'

/** Claims seen before their pod. Ten thousand are more than a cluster has pending at once. */
const MAX_WAITING = 10_000

/** A pod mounts a handful. */
const MAX_PER_POD = 32

/** Claims whose name fits several pods, none of which is known yet. */
export interface ClaimsWaiting {
  add(claim: KnownObject, pods: readonly string[]): void
  /** Claims that fit `pod` and are still without one. */
  takeFor(pod: KnownObject): readonly string[]
}

export function claimsWaitingForPods(): ClaimsWaiting {
  const claimsByPod = new Map<string, KnownObject[]>()
  return {
    add(claim, pods) {
      for (const pod of pods) {
        const key = objectKey(claim.cluster, { kind: 'Pod', namespace: claim.namespace, name: pod })
        const claims = claimsByPod.get(key) ?? []
        if (claims.length < MAX_PER_POD) claimsByPod.set(key, [...claims, claim])
      }
      if (claimsByPod.size <= MAX_WAITING) return
      let excess = MAX_WAITING / 10
      for (const key of claimsByPod.keys()) {
        if (excess <= 0) break
        claimsByPod.delete(key)
        excess -= 1
      }
    },
    takeFor({ cluster, kind, namespace, name }) {
      if (claimsByPod.size === 0) return []
      const key = objectKey(cluster, { kind, namespace, name })
      const claims = claimsByPod.get(key)
      if (claims === undefined) return []
      claimsByPod.delete(key)
      return claims.filter(({ pod }) => pod === null).map(({ name: claim }) => claim)
    },
  }
}
