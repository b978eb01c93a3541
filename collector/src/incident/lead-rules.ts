import type { Confidence } from './blame/blame.ts'
import type { LeadEnd, LeadLink, LeadRule } from './lead-rule.ts'

const PROBES = ['LivenessProbeFailed', 'ReadinessProbeFailed', 'StartupProbeFailed', 'Unhealthy']
const NODE_LOST = ['NodeNotReady', 'NodeRebooted', 'NodeTakenAway']
const RUNTIME = ['ContainerRuntimeDown', 'KubeletDown', 'KernelOrHardwareFault']
const PRESSURE = ['DiskPressure', 'MemoryPressure', 'PIDPressure', 'NodePressure', 'EvictionThresholdMet']
const NO_VOLUME = ['ProvisioningFailed', 'FailedBinding', 'VolumeMismatch', 'EphemeralClaimFailed']
const MAKES_SECRETS = [
  'UpdateFailed',
  'ErrUnsealFailed',
  'CertificateFailed',
  'RequestFailed',
  'Denied',
  'ReconcileError',
]
const NEEDS_SECRETS = [
  'FailedMount',
  'MountSourceMissing',
  'CreateContainerConfigError',
  'FailedToRetrieveImagePullSecret',
  'VolumesNotReady',
]
const CANNOT_START = [
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'FailedMount',
  'MountSourceMissing',
  'NodeFull',
  'DeviceRefused',
  'FailedAttachVolume',
  'VolumesNotReady',
  'FailedScheduling',
  'CreateContainerConfigError',
  'FailedCreatePodSandBox',
  'RunContainerError',
  'QuotaExceeded',
  'WebhookFailed',
]
const STORAGE_FAILS = ['FailedMount', 'VolumesNotReady', 'FailedAttachVolume', 'MultiAttach']
const REFUSED = [
  'QuotaExceeded',
  'QuotaNeedsResources',
  'LimitRangeViolated',
  'CreateForbidden',
  'AdmissionDenied',
  'WebhookFailed',
]
const NO_NODES = ['ScaleUpRefused', 'NodesNotMade', 'NodeLimitReached']
const DRAIN = ['FailedDraining', 'ScaleDownFailed']
const BUDGETS = ['CalculateExpectedPodCountFailed', 'MultiplePodDisruptionBudgets', 'UnmanagedPods', 'NoPods']
const PROVES = ['ChallengeFailed', 'PresentError', 'CleanUpError', 'NoSolver', 'OrderFailed', 'BadConfig']
const REQUESTS = [
  'CertificateFailed',
  'RequestFailed',
  'IssuerNotReady',
  'IssuerNotFound',
  'OrderFailed',
  'SigningError',
  'SecretMissing',
]
const ISSUERS = ['ErrInitIssuer', 'ErrGetKeyPair']
const NO_ANSWER =
  /context deadline exceeded|Client\.Timeout|timed out|timeout:|i\/o timeout|connection refused|no route to host/
const ANSWERS_FOR_OTHERS = /status ?code: 50[234]/
const NETWORK_PLUGIN =
  /^(?:calico|canal|cilium|flannel|kube-flannel|weave|aws-node|azure-cni|antrea|kindnet|kube-ovn|ovn|multus|kube-router)/
const CLUSTER_DNS = /^(?:coredns|kube-dns|node-local-dns|dns-default)/
const POD_TROUBLE = [...CANNOT_START, ...PROBES, 'CrashLoopBackOff']

/** The rules, with windows from Kubernetes' own time-outs (docs/incidents.md). */
// prettier-ignore
export const LEAD_RULES: readonly LeadRule[] = [
  // Nodes
  lead('runtime-node', [RUNTIME], ['NodeNotReady', 'Node'], 'node', -120, 900, 'certain', 'the container runtime or kernel is down, so the node is not ready'),
  lead('node-pods', [NODE_LOST, 'Node'], ['NodeNotReady', 'Pod'], 'node', -5, 60, 'certain', 'the node is lost, its pods are marked'),
  lead('node-pods', [NODE_LOST, 'Node'], ['NodeNotReady', 'Pod'], 'cluster', -5, 60, 'likely', 'the node is lost, its pods are marked'),
  lead('node-evictions', [NODE_LOST, 'Node'], ['TaintManagerEviction', 'Pod'], 'node', 0, 600, 'certain', 'the node stayed lost for as long as its pods tolerate'),
  lead('node-sandboxes', [[...NODE_LOST, ...RUNTIME]], [['FailedCreatePodSandBox', 'FailedKillPod', 'FailedSync', 'RunContainerError'], 'Pod'], 'node', -120, 600, 'likely', 'the node is not well'),
  lead('node-probes', [[...NODE_LOST, ...RUNTIME], 'Node'], [PROBES, 'Pod'], 'node', -60, 300, 'likely', 'the node is not well'),
  lead('node-replacements', [['TaintManagerEviction', 'NodeNotReady']], [['FailedScheduling', 'MultiAttach', 'FailedAttachVolume'], 'Pod'], 'workload', -1, 800, 'likely', 'the replacement of a pod of a lost node does not start'),
  lead('reboot', ['Rebooted'], ['NodeNotReady', 'Node'], 'node', -120, 300, 'likely', 'the node restarted'),
  lead('pressure', [PRESSURE], [['Evicted', 'EphemeralStorageExceeded'], 'Pod'], 'node', -30, 300, 'certain', 'the kubelet evicts pods under pressure'),
  lead('pressure', [['FreeDiskSpaceFailed', 'ImageGCFailed']], [['DiskPressure', 'EvictionThresholdMet'], 'Node'], 'node', -60, 900, 'likely', 'clean-up freed too little'),
  lead('pressure-taint', [PRESSURE, 'Node'], ['FailedScheduling', 'Pod', /(?:disk|memory|pid)-pressure/], 'cluster', 0, 600, 'likely', 'the node under pressure takes no pods'),
  lead('node-taint', [NODE_LOST, 'Node'], ['FailedScheduling', 'Pod', /node\.kubernetes\.io\/(?:not-ready|unreachable)/], 'cluster', -5, 900, 'likely', 'the lost node takes no pods'),
  lead('memory', [['SystemOOM', 'OOMKilling']], ['CrashLoopBackOff', 'Pod'], 'node', -5, 120, 'possible', 'a process on the node was killed for memory'),
  lead('node-rebuilds', ['NodeRebooted', 'Node'], [POD_TROUBLE, 'Pod'], 'node', -5, 300, 'likely', 'the node restarted and its pods with it'),
  lead('node-network', ['NodeWithoutNetwork', 'Node'], [['FailedCreatePodSandBox', 'NetworkNotReady', 'NodeNotReady']], 'node', -60, 900, 'likely', 'the node has no network for pods'),
  lead('network-plugin', [POD_TROUBLE, 'Pod', undefined, NETWORK_PLUGIN], [['FailedCreatePodSandBox', 'NetworkNotReady'], 'Pod'], 'node', -10, 300, 'likely', 'the network plug-in’s own pod on the node is not well'),
  lead('kubelet-critical', ['Preempting', 'Pod'], ['FailedScheduling', 'Pod'], 'workload', -1, 300, 'likely', 'the replacement of a preempted pod finds no place'),
  lead('refused-again', [['NodeFull', 'NodeRefusesPod', 'DeviceRefused']], ['JobFailed'], 'workload', -5, 1_200, 'likely', 'the kubelet refuses the pods of the job'),
  // Nodes that come and go
  lead('no-new-nodes', [NO_NODES], ['FailedScheduling', 'Pod', /Insufficient|Too many pods|no nodes available|untolerated taint/], 'cluster', -1_800, 1_800, 'likely', 'no new node comes'),
  lead('no-new-nodes', ['NotTriggerScaleUp', 'Pod'], ['FailedScheduling', 'Pod'], 'object', -60, 600, 'possible', 'no group of nodes would help the pod'),
  lead('node-claim', [['NodesNotMade', 'NodeTakenAway'], 'NodeClaim'], [[...NODE_LOST, 'NodeNotReady'], 'Node'], 'cluster', -60, 600, 'likely', 'the machine behind the node goes'),
  lead('node-claim', ['NodeTakenAway', 'Node'], ['NodeTakenAway', 'NodeClaim'], 'cluster', -60, 60, 'certain', 'the node and its claim are one machine'),
  lead('budget', [BUDGETS, 'PodDisruptionBudget'], [DRAIN], 'mentioned', -3_600, 3_600, 'certain', 'the disruption budget lets no pod go'),
  lead('budget', [BUDGETS, 'PodDisruptionBudget'], [DRAIN], 'cluster', -3_600, 3_600, 'possible', 'a disruption budget cannot be worked out'),
  lead('drain-pods', [[...POD_TROUBLE, 'ExceededGracePeriod'], 'Pod'], [DRAIN, 'Node'], 'node', -60, 1_800, 'possible', 'pods of the node do not end, or are not well enough to be moved'),
  lead('evicted', ['Evicted'], ['FailedScheduling', 'Pod'], 'workload', -1, 120, 'likely', 'the replacement of an evicted pod finds no place'),
  lead('preemption', ['FailedScheduling', 'Pod'], [['Preempted', 'Preempting'], 'Pod'], 'preemptor', -5, 300, 'certain', 'a pod of higher priority needed the place'),
  lead('preempted', ['Preempted'], ['FailedScheduling', 'Pod'], 'workload', -1, 300, 'likely', 'the replacement of a preempted pod finds no place'),
  // Volumes
  lead('claim', [NO_VOLUME, 'PersistentVolumeClaim'], ['FailedScheduling', 'Pod', /olume/], 'claim', -700, 700, 'certain', 'the pod waits for a claim that gets no volume'),
  lead('attach-mount', [['FailedAttachVolume', 'MultiAttach']], [['FailedMount', 'VolumesNotReady'], 'Pod'], 'object', -5, 900, 'certain', 'what is not attached cannot be mounted'),
  lead('claim-refused', [REFUSED, 'StatefulSet'], ['FailedScheduling', 'Pod', /persistentvolumeclaim .{1,300} not found/], 'workload', -60, 900, 'certain', 'the claim of the pod may not be made'),
  lead('claim', [['StorageClassMissing', 'ProvisioningFailed']], ['FailedScheduling', 'Pod', /PreBind|binding volumes/], 'claim', -700, 700, 'certain', 'the pod waits for a claim that gets no volume'),
  lead('sick-volume', ['VolumeConditionAbnormal', 'Pod'], [STORAGE_FAILS, 'Pod'], 'object', 0, 300, 'likely', 'the volume is not healthy'),
  lead('resize', ['VolumeNotGrown'], [STORAGE_FAILS, 'Pod'], 'claim', 0, 3_600, 'possible', 'the volume could not be made larger'),
  // What names other objects
  lead('maker', [MAKES_SECRETS], [NEEDS_SECRETS, 'Pod', /not found|doesn't exist/], 'named', -600, 3_600, 'likely', 'what should make the missing object fails'),
  lead('pull-secret', ['FailedToRetrieveImagePullSecret'], ['ImagePullBackOff', 'Pod'], 'object', -60, 600, 'certain', 'without its pull secret the image is refused'),
  lead('issuer', [ISSUERS], [[...REQUESTS, ...PROVES]], 'mentioned', -600, 3_600, 'certain', 'the issuer gives no certificates'),
  lead('issuer', [ISSUERS], ['IssuerNotReady'], 'cluster', -600, 3_600, 'likely', 'the issuer gives no certificates'),
  lead('proof', [[...PROVES, ...REQUESTS]], [[...PROVES, ...REQUESTS]], 'maker', -600, 3_600, 'certain', 'the step before it failed'),
  lead('webhook', [POD_TROUBLE, 'Pod'], ['WebhookFailed'], 'service', -60, 960, 'likely', 'the webhook’s own pods are not well'),
  lead('webhook', [REFUSED, 'ReplicaSet'], ['WebhookFailed'], 'service', -60, 960, 'likely', 'the webhook’s own pods may not be made'),
  lead('cluster-dns', [[...PROBES, 'CrashLoopBackOff', 'FailedScheduling', 'ImagePullBackOff'], 'Pod', undefined, CLUSTER_DNS], [[...PROBES, 'CrashLoopBackOff', 'ImagePullBackOff'], 'Pod', /no such host|lookup .{1,300}timeout|server misbehaving/], 'cluster', -30, 300, 'possible', 'cluster DNS is not well'),
  lead('load-balancer', ['LoadBalancerFailed', 'Service'], ['JobFailed'], 'namespace', 300, 1_800, 'possible', 'the job may wait for the address'),
  // One pod
  lead('liveness', [['LivenessProbeFailed', 'StartupProbeFailed']], ['CrashLoopBackOff', 'Pod'], 'object', -5, 600, 'certain', 'restarted by its probe again and again'),
  lead('start', [['RunContainerError', 'CreateContainerConfigError', 'FailedPostStartHook']], ['CrashLoopBackOff', 'Pod'], 'object', -60, 600, 'certain', 'the container cannot start'),
  lead('stop', ['FailedPreStopHook'], ['ExceededGracePeriod', 'Pod'], 'object', -5, 120, 'likely', 'the stop hook failed'),
  lead('job', [[...POD_TROUBLE, 'Evicted'], 'Pod'], ['JobFailed'], 'workload', -5, 1_200, 'likely', 'the pods of the job fail'),
  // One workload
  { ...lead('fewer-pods', [CANNOT_START], [[...PROBES, 'CrashLoopBackOff'], 'Pod'], 'workload', 0, 1_800, 'possible', 'pods that should share the load do not start'), onset: 86_400 },
  // Those who call it
  { ...lead('callers', [PROBES, 'Pod', NO_ANSWER], ['ReadinessProbeFailed', 'Pod', ANSWERS_FOR_OTHERS], 'caller', 0, 60, 'possible', 'it may be what the other one waits for: that one fails since then, and answers'), onset: 60, unites: true },
]

type End = readonly [
  names: string | readonly string[],
  kind?: string | undefined,
  note?: RegExp | undefined,
  name?: RegExp,
]

function lead(
  name: string,
  from: End,
  to: End,
  link: LeadLink,
  after: number,
  within: number,
  trust: Confidence,
  words: string,
): LeadRule {
  const unites = trust !== 'possible' || link === 'workload'
  return { name, from: end(from), to: end(to), link, after, within, trust, unites, words }
}

function end([names, kind, note, name]: End): LeadEnd {
  return {
    problems: typeof names === 'string' ? [names] : names,
    ...(kind === undefined ? {} : { kind }),
    ...(note === undefined ? {} : { note }),
    ...(name === undefined ? {} : { name: (each: string) => name.test(each), named: name.source }),
  }
}
