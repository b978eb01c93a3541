/** Values by their metadata key; undefined groups took no part in the match. */
export type Groups = Readonly<Record<string, string | undefined>>

/** One way to find values in a note. */
export interface Extraction {
  /** Reasons it is tried for; null for all, and then `needs` keeps it cheap. */
  readonly reasons: readonly string[] | null
  /** Literal text that the note has to hold; asked before the pattern. */
  readonly needs?: string
  /**
   * Its named groups are metadata keys. Native regular expressions backtrack, so every quantifier is bounded (there is
   * a test): time is then linear in the note, whatever it holds.
   */
  readonly pattern: RegExp
  /** Turns the groups into metadata where they are not that already. */
  readonly derive?: (groups: Groups) => Groups
}

/** A sentence for the documentation of each key. Also the closed list of what extraction may set. */
export const METADATA_KEYS = {
  available: 'what the node had left when it evicted',
  backoffSeconds: 'how long the kubelet waits before the next try',
  capacity: 'what the node has of the resource',
  certificateDomain: 'domain of a certificate',
  claim: 'name of the PersistentVolumeClaim',
  claimUid: 'uid of the PersistentVolumeClaim, read from the name of its volume',
  cniPlugin: 'network plug-in that failed',
  condition: 'condition of a node or Job',
  configKey: 'key of a ConfigMap or Secret',
  configMap: 'name of the ConfigMap',
  container: 'name of the container',
  driver: 'storage driver or provisioner',
  exitCode: 'exit code of a process',
  failure:
    'class of a network fault: refused, timeout, no such host, reset, no route, certificate, no endpoints, no socket',
  host: 'host name that was looked up or asked',
  httpStatus: 'HTTP status that a probe or server gave',
  image: 'image reference as the pod has it',
  imageBytes: 'size of the image',
  ip: 'IP address in the note',
  job: 'name of the Job',
  leader: 'identity of the new leader',
  limit:
    'what is allowed of the resource: limit of a container or volume, hard limit of a quota, bound of a LimitRange',
  metric: 'metric that an autoscaler could not read or acted on',
  node: 'name of the node in the note',
  nodeGroup: 'group of nodes that an autoscaler changes',
  nodesAvailable: 'nodes that could take the pod',
  nodesFrom: 'nodes in the group before',
  nodesFullOfPods: 'nodes that run as many pods as they may',
  nodesOther: 'nodes refused for any other cause',
  nodesPodAffinity: 'nodes without the pods that the pod wants beside it',
  nodesPodAntiAffinity: 'nodes with pods that the pod must not be beside',
  nodesPortTaken: 'nodes where another pod has the host port',
  nodesShortOfCpu: 'nodes with too little CPU left',
  nodesShortOfMemory: 'nodes with too little memory left',
  nodesShortOfOther: 'nodes with too little left of another resource, see `resource`',
  nodesTainted: 'nodes with a taint that the pod does not tolerate',
  nodesTo: 'nodes in the group after',
  nodesTopologySpread: 'nodes where the pod would break its topology spread constraints',
  nodesTotal: 'nodes that were looked at; one that fails for two causes is counted under both',
  nodesUnschedulable: 'nodes that are cordoned',
  nodesUnselected: 'nodes that node selector or node affinity of the pod leave out',
  nodesVolume: 'nodes that a volume of the pod cannot reach',
  persistentVolume: 'name of the PersistentVolume',
  pid: 'process id on the node',
  pod: 'name of the pod in the note',
  podSecurity: 'Pod Security level that was violated',
  policy: 'name of the ValidatingAdmissionPolicy',
  port: 'port in the note',
  preemptor: 'pod that took the place',
  priorityClass: 'name of the PriorityClass',
  probe: 'liveness, readiness or startup',
  probeFailure: 'class of a probe failure',
  probePath: 'path that an HTTP probe asked for',
  process: 'name of the process',
  pullSeconds: 'how long the pull took',
  quota: 'name of the ResourceQuota',
  registry: 'registry of the image',
  registryError:
    'class of why an image was not pulled: invalid name, not found, unauthorized, rate limit, no such host, refused, timeout, reset, no route, certificate, server error, no image for this platform, disk full, never pulled, other',
  replicaSet: 'name of the ReplicaSet',
  replicasFrom: 'replicas before',
  replicasTo: 'replicas after',
  requested: 'what was asked for, in the order of `resource`',
  resource: 'resource that ran short; several of a quota are joined by commas',
  revision: 'revision that is or was deployed',
  schedulingReasons: 'why nodes refused the pod, without the counts',
  secret: 'name of the Secret',
  serviceAccount: 'name of the ServiceAccount',
  signal: 'signal that ended a process',
  socket: 'socket that a program could not reach, as that of the container runtime',
  storageClass: 'name of the StorageClass',
  tag: 'tag of the image',
  taint: 'taints that the pod does not tolerate',
  threshold: 'what the node wants to keep free of the resource',
  unmountedVolumes: 'all volumes that are not mounted yet',
  used: 'what was in use, in the order of `resource`; of an eviction: by the container that is furthest above its request',
  usedByPods: 'pods that hold the volume',
  volume: 'volume of the pod that is not ready, or the volume in the note',
  webhook: 'name of the admission webhook',
  zone: 'zone of the cloud',
} as const

/** Seconds of a Go duration such as `1m2.5s` or `850ms`; undefined when it is none. */
export function secondsOf(duration: string | undefined): string | undefined {
  if (duration === undefined) return undefined
  const units = { h: 3_600, m: 60, s: 1, ms: 0.001, µs: 0.000001 } as const
  let seconds = 0
  let rest = duration
  while (rest !== '') {
    const part = /^([0-9]{1,9}(?:\.[0-9]{1,9})?)(h|ms|m|µs|s)/.exec(rest)
    if (part?.[1] === undefined) return undefined
    seconds += Number(part[1]) * units[part[2] as keyof typeof units]
    rest = rest.slice(part[0].length)
  }
  return String(Number(seconds.toFixed(6)))
}

/** The first class whose text is in `text`; undefined when none is. */
export function classOf(text: string, classes: readonly (readonly [string, string])[]): string | undefined {
  return classes.find(([part]) => text.includes(part))?.[1]
}

const SCALES: Readonly<Record<string, number>> = {
  ...{ m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
  ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
}

/** The number that a Kubernetes quantity such as `500m` or `38Gi` stands for; 0 when it is none. */
export function quantityOf(text: string): number {
  const [, number = '0', suffix = ''] = /^([0-9]{1,20}(?:\.[0-9]{1,9})?)([A-Za-z]{0,2})$/.exec(text) ?? []
  return Number(number) * (SCALES[suffix] ?? 0)
}
