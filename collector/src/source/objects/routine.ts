import type { ChangeBody } from '../../event/change.ts'

/** The cluster's own parts: what they write follows from what others did, or is a status. */
const OWN_PARTS = new Set([
  'kubelet',
  'kube-scheduler',
  'kube-proxy',
  'kube-apiserver',
  'kube-controller-manager',
  'cloud-controller-manager',
  'kwok',
  'k3s',
  'rke2',
  'csi-provisioner',
  'csi-attacher',
  'csi-resizer',
  'csi-snapshotter',
  'external-provisioner',
  'external-attacher',
  'external-resizer',
])

/** The subresources through which people and autoscalers change what is wanted; the others are written by machines about what is. */
const WANTED = new Set(['', 'scale', 'resize', 'ephemeralcontainers'])

/** Fields that are kept up beside a change, or tell that somebody is alive. */
const KEPT_UP = [
  /^status(\.|$)/,
  /^metadata\.(finalizers|ownerReferences|generateName)\b/,
  /^metadata\.annotations\[(deployment\.kubernetes\.io|kubectl\.kubernetes\.io\/last-applied-configuration|deprecated\.daemonset\.template\.generation|pv\.kubernetes\.io|volume\.kubernetes\.io|volume\.beta\.kubernetes\.io|volumes\.kubernetes\.io|csi\.volume\.kubernetes\.io|autoscaling\.alpha\.kubernetes\.io|endpoints\.kubernetes\.io|control-plane\.alpha\.kubernetes\.io)/,
  /^metadata\.annotations\[[^\]]*(heartbeat|last-?updated|last-?seen|renew-?time)[^\]]*\]$/i,
]

/** Copies that a controller keeps in every namespace, and pages that one writes about itself. */
const COPIES = new Set([
  'kube-root-ca.crt',
  'openshift-service-ca.crt',
  'istio-ca-root-cert',
  'cluster-autoscaler-status',
])

/** Whether all that a manager writes by this way is routine. The number of replicas is news whoever sets it. */
export function isRoutineWriter({
  manager,
  subresource,
}: {
  readonly manager: string
  readonly subresource: string
}): boolean {
  // prettier-ignore
  return !WANTED.has(subresource) || (subresource !== 'scale' && OWN_PARTS.has(manager))
}

export interface RoutineContext {
  /** Its kind comes and goes all the time. */
  readonly comesAndGoes: boolean
  readonly isLock: boolean
}

/** Why a change is no news, in a word for the account; null when it is. */
export function routineBecause(
  { what, object, owner, manager, fields }: Pick<ChangeBody, 'what' | 'object' | 'owner' | 'manager' | 'fields'>,
  { comesAndGoes, isLock }: RoutineContext,
): 'lock' | 'copy' | 'owned' | 'comes and goes' | 'kept up' | null {
  if (isLock) return 'lock'
  if (object.kind === 'ConfigMap' && COPIES.has(object.name)) return 'copy'
  const isLife = what === 'created' || what === 'deleted'
  if (isLife && comesAndGoes) return 'comes and goes'
  if (isLife && owner.name !== '') return 'owned'
  if (what === 'scaled' && owner.name !== '' && OWN_PARTS.has(manager)) return 'owned'
  if (what === 'changed' && fields.length > 0 && fields.every(isKeptUp)) return 'kept up'
  return null
}

export function isKeptUp(field: string): boolean {
  return KEPT_UP.some((pattern) => pattern.test(field))
}
