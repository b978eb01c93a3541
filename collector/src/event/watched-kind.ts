/** A kind of object that may be watched beside events. */
export interface WatchedKind {
  readonly kind: string
  /** Empty for the core group. */
  readonly group: string
  readonly version: string
  /** As in paths and roles. */
  readonly resource: string
  readonly isNamespaced: boolean
  /** Every new version is somebody's change: nothing of it is a status that machines write. */
  readonly hasNoStatus: boolean
  /** Machines make and remove these all the time: that they come and go is no news. */
  readonly comesAndGoes: boolean
  /** Where it belongs stands in its spec: what a pod runs on and mounts, what a claim is bound to, what is scaled. */
  readonly hasPlaceInSpec: boolean
}

/** Where they stand, in the order of a role; Secrets are not among them, nor will they be. */
const KINDS: readonly (readonly [kind: string, group: string, resource: string, ...is: readonly Trait[]])[] = [
  ['Pod', '', 'pods', 'comes and goes', 'place in spec'],
  ['PersistentVolumeClaim', '', 'persistentvolumeclaims', 'place in spec'],
  ['PersistentVolume', '', 'persistentvolumes', 'cluster', 'comes and goes'],
  ['Node', '', 'nodes', 'cluster'],
  ['Service', '', 'services'],
  ['ConfigMap', '', 'configmaps', 'no status'],
  ['ResourceQuota', '', 'resourcequotas'],
  ['ReplicaSet', 'apps', 'replicasets', 'comes and goes'],
  ['Deployment', 'apps', 'deployments'],
  ['StatefulSet', 'apps', 'statefulsets'],
  ['DaemonSet', 'apps', 'daemonsets'],
  ['Job', 'batch', 'jobs'],
  ['CronJob', 'batch', 'cronjobs'],
  ['StorageClass', 'storage.k8s.io', 'storageclasses', 'cluster', 'no status'],
  ['EndpointSlice', 'discovery.k8s.io', 'endpointslices', 'comes and goes'],
  ['HorizontalPodAutoscaler', 'autoscaling', 'horizontalpodautoscalers', 'place in spec'],
  ['ValidatingWebhookConfiguration', 'admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'cluster', 'no status'], // prettier-ignore
  ['MutatingWebhookConfiguration', 'admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'cluster', 'no status'], // prettier-ignore
]

type Trait = 'cluster' | 'no status' | 'comes and goes' | 'place in spec'

export const WATCHED_KINDS: readonly WatchedKind[] = KINDS.map(([kind, group, resource, ...is]) => ({
  kind,
  group,
  version: group === 'autoscaling' ? 'v2' : 'v1',
  resource,
  isNamespaced: !is.includes('cluster'),
  hasNoStatus: is.includes('no status'),
  comesAndGoes: is.includes('comes and goes'),
  hasPlaceInSpec: is.includes('place in spec'),
}))

/** `apps/v1`, `v1`. */
export function apiVersionOf({ group, version }: Pick<WatchedKind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`
}

/** Where the API server has all of a kind, or those of one namespace. */
export function pathOfKind(kind: WatchedKind, namespace: string | null): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${apiVersionOf(kind)}`
  return `${root}${namespace === null ? '' : `/namespaces/${namespace}`}/${kind.resource}`
}
