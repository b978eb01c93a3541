/**
 * What two events have to share for a causation to hold:
 *
 * - `object`: the same object (a pod by uid, everything else by name) and, where both name one, the same container
 * - `workload`: the same top controller
 * - `node`: the Node itself, or pods that run on it
 * - `claim`: a PersistentVolumeClaim and the pod that mounts it
 * - `scale target`: an autoscaler and the workload it scales
 * - `named object`: the effect's note names a missing object of the cause's name, in the same namespace
 * - `named service`: the effect's note calls a Service that bears the name of the cause's workload
 * - `related object`: the effect's second object is the cause's object
 * - `namespace`, `cluster`: no more than the place
 */
export type CausationLink =
  | 'object'
  | 'workload'
  | 'node'
  | 'claim'
  | 'scale target'
  | 'named object'
  | 'named service'
  | 'related object'
  | 'namespace'
  | 'cluster'

/** Which events stand at one end of a causation. All parts present must fit. */
export interface CausationEnd {
  readonly reasons: readonly string[]
  readonly kind?: string
  readonly note?: RegExp
  /** Of the object the event is about. */
  readonly name?: RegExp
}

/** A known way in which one event leads to another. */
export interface Causation {
  /** Number in docs/correlation.md, shown to people. Causations of one number are steps of one story. */
  readonly number: number
  readonly cause: CausationEnd
  readonly effect: CausationEnd
  readonly link: CausationLink
  /**
   * The effect starts between `fromSeconds` after the cause's first time and `toSeconds` after its last: what goes on
   * causing counts until it ends. Negative: kubelets write whole seconds, and some effects are reported first.
   */
  readonly fromSeconds: number
  readonly toSeconds: number
  readonly words: string
  /**
   * `trigger`: a change that trouble may have come from, never what is wrong. `possible` links are recorded but bring nothing
   * into a group.
   */
  readonly trust: 'certain' | 'likely' | 'trigger' | 'possible'
}

const PULL_FAILED = /^Failed to pull image/
const CRASH_BACK_OFF = /^Back-off restarting failed/
const FAILED_PROBE = /failed (?:liveness|startup) probe/
const MISSING = /not found|doesn't exist/
const KERNEL_OR_RUNTIME = [
  'KernelOops',
  'TaskHung',
  'DockerHung',
  'ContainerdUnhealthy',
  'KubeletUnhealthy',
  'FilesystemIsReadOnly',
  'Ext4Error',
  'ReadonlyFilesystem',
]
const PRESSURE = ['EvictionThresholdMet', 'NodeHasDiskPressure', 'NodeHasInsufficientMemory', 'NodeHasInsufficientPID']
const PLANNED_REMOVAL = [
  'NodeNotSchedulable',
  'ScaleDown',
  'DisruptionTerminating',
  'SpotInterruption',
  'SpotInterrupted',
  'Shutdown',
]
const MAKES_SECRETS = ['UpdateFailed', 'SyncFailed', 'ErrUnsealFailed', 'Failed', 'ErrGetKeyPair', 'ReconcileError']
const NETWORK_PLUGIN =
  /^(?:calico|canal|cilium|flannel|kube-flannel|weave|aws-node|azure-cni|antrea|kindnet|kube-ovn|ovn|multus|kube-router)/
const POD_TROUBLE = ['BackOff', 'Unhealthy', 'Failed', 'FailedScheduling', 'FailedMount', 'FailedCreatePodSandBox']

/** The causations, with windows from Kubernetes' own time-outs (docs/correlation.md). */
// prettier-ignore
export const CAUSATIONS: readonly Causation[] = [
  // Node loss
  leads(1, ['NodeNotReady', 'Node'], ['NodeNotReady', 'Pod'], 'node', -2, 30, 'certain', 'the node is lost, its pods are marked'),
  leads(1, ['NodeNotReady', 'Node'], ['TaintManagerEviction', 'Pod'], 'node', 0, 420, 'certain', 'the node stayed lost for the pod\'s toleration'),
  leads(1, ['TaintManagerEviction', 'Pod'], ['FailedScheduling', 'Pod'], 'workload', -1, 60, 'likely', 'the replacement of an evicted pod finds no place'),
  leads(2, ['NodeNotReady', 'Pod'], ['FailedAttachVolume', 'Pod', /Multi-Attach/], 'workload', 240, 800, 'likely', 'the volume is still attached to the lost node'),
  leads(3, ['Rebooted', 'Node'], ['NodeNotReady', 'Node'], 'object', -5, 120, 'likely', 'the node restarted'),
  leads(3, ['Rebooted', 'Node'], ['SandboxChanged', 'Pod'], 'node', 0, 300, 'likely', 'the node restarted and its pods with it'),
  leads(4, [KERNEL_OR_RUNTIME, 'Node'], ['NodeNotReady', 'Node'], 'object', 0, 600, 'likely', 'kernel or runtime fault, then the node is lost'),
  leads(4, [KERNEL_OR_RUNTIME, 'Node'], [['FailedCreatePodSandBox', 'FailedKillPod', 'FailedSync'], 'Pod'], 'node', 0, 300, 'possible', 'kernel or runtime fault on the pod\'s node'),
  leads(5, [PLANNED_REMOVAL, 'Node'], ['Evicted', 'Pod'], 'node', 0, 600, 'likely', 'the node is being emptied on purpose'),
  leads(5, [PLANNED_REMOVAL, 'Node'], ['Killing', 'Pod'], 'node', 0, 600, 'possible', 'the node is being emptied on purpose'),
  // Pressure
  leads(7, [['FreeDiskSpaceFailed', 'ImageGCFailed'], 'Node'], [['NodeHasDiskPressure', 'EvictionThresholdMet'], 'Node'], 'object', 0, 600, 'likely', 'image clean-up freed too little'),
  leads(7, [PRESSURE, 'Node'], ['Evicted', 'Pod'], 'node', 0, 120, 'certain', 'the kubelet evicts pods under pressure'),
  leads(7, [PRESSURE, 'Node'], ['FailedScheduling', 'Pod', /(?:disk|memory|pid)-pressure/], 'cluster', 0, 600, 'possible', 'a node is tainted for pressure'),
  leads(8, [['SystemOOM', 'OOMKilling'], 'Node'], ['BackOff', 'Pod', CRASH_BACK_OFF], 'node', -1, 60, 'possible', 'a process on the node was killed for memory'),
  leads(9, ['FailedScheduling', 'Pod'], ['Preempted', 'Pod'], 'related object', -1, 60, 'certain', 'a pod of higher priority needed the place'),
  leads(9, ['Preempted', 'Pod'], ['Killing', 'Pod'], 'object', -1, 60, 'certain', 'the preempted pod is stopped'),
  leads(9, ['Preempted', 'Pod'], ['FailedScheduling', 'Pod'], 'workload', -1, 120, 'likely', 'the replacement of a preempted pod finds no place'),
  leads(10, ['Preempting', 'Pod'], ['Killing', 'Pod'], 'object', -1, 60, 'certain', 'the kubelet makes room for a critical pod'),
  // Scheduling and scaling
  leads(12, ['FailedScheduling', 'Pod'], [['TriggeredScaleUp', 'NotTriggerScaleUp'], 'Pod'], 'object', 0, 60, 'certain', 'the autoscaler looks at a pod without a place'),
  leads(13, ['FailedScheduling', 'Pod'], ['Nominated', 'Pod'], 'object', 0, 60, 'certain', 'Karpenter plans a node for the pod'),
  leads(15, ['FailedGetResourceMetric'], ['FailedComputeMetricsReplicas'], 'object', -1, 1, 'certain', 'no metrics, so no number of replicas'),
  leads(16, ['SuccessfulRescale', 'HorizontalPodAutoscaler'], ['ScalingReplicaSet', 'Deployment'], 'scale target', -1, 5, 'certain', 'the autoscaler changed the number of replicas'),
  leads(16, ['ScalingReplicaSet', 'Deployment'], ['SuccessfulCreate', 'ReplicaSet'], 'workload', -1, 5, 'certain', 'new pods were asked for'),
  leads(16, ['SuccessfulCreate'], ['FailedScheduling', 'Pod'], 'workload', -1, 5, 'trigger', 'a new pod finds no place'),
  // Storage
  leads(17, ['ProvisioningFailed', 'PersistentVolumeClaim'], ['FailedScheduling', 'Pod', /volume|PersistentVolumeClaim/i], 'claim', -600, 660, 'certain', 'the pod waits for a claim that gets no volume'),
  leads(18, ['FailedBinding', 'PersistentVolumeClaim'], ['FailedScheduling', 'Pod', /volume|PersistentVolumeClaim/i], 'claim', -600, 660, 'certain', 'the pod waits for a claim that nothing can be bound to'),
  leads(19, ['FailedAttachVolume', 'Pod'], ['FailedMount', 'Pod', /timed out|deadline exceeded|unmounted volumes/], 'object', 100, 200, 'certain', 'attach then mount timeout'),
  leads(20, [MAKES_SECRETS], ['FailedMount', 'Pod', MISSING], 'named object', -60, 3_600, 'likely', 'what should make the missing object fails'),
  leads(21, ['VolumeConditionAbnormal', 'Pod'], ['FailedMount', 'Pod'], 'object', 0, 300, 'likely', 'the volume is not healthy'),
  // Images
  leads(22, ['Failed', 'Pod', PULL_FAILED], ['Failed', 'Pod', /^Error: (?:ErrImagePull|ImagePullBackOff)/], 'object', -1, 310, 'certain', 'the image cannot be pulled'),
  leads(22, ['Failed', 'Pod', PULL_FAILED], ['BackOff', 'Pod', /^Back-off pulling image/], 'object', 0, 310, 'certain', 'pull, then wait'),
  leads(22, ['FailedToRetrieveImagePullSecret', 'Pod'], ['Failed', 'Pod', PULL_FAILED], 'object', -5, 60, 'likely', 'the pull secret is missing'),
  // Containers and probes
  leads(23, ['ScalingReplicaSet', 'Deployment'], [POD_TROUBLE, 'Pod'], 'workload', 0, 900, 'trigger', 'trouble after a rollout'),
  leads(24, ['Unhealthy', 'Pod', /^(?:Liveness|Startup) probe/], ['Killing', 'Pod', FAILED_PROBE], 'object', 0, 60, 'certain', 'the probe failed, so the container is restarted'),
  leads(24, ['Killing', 'Pod', FAILED_PROBE], ['BackOff', 'Pod', CRASH_BACK_OFF], 'object', 0, 300, 'likely', 'restarted by its probe again and again'),
  leads(25, ['FailedPostStartHook', 'Pod'], ['Killing', 'Pod'], 'object', 0, 30, 'certain', 'the start hook failed'),
  leads(25, ['FailedPreStopHook', 'Pod'], ['ExceededGracePeriod', 'Pod'], 'object', 0, 120, 'likely', 'the stop hook failed'),
  leads(26, [MAKES_SECRETS], ['Failed', 'Pod', MISSING], 'named object', -60, 3_600, 'likely', 'what should make the missing object fails'),
  // Network
  leads(27, [['BackOff', 'Failed', 'FailedMount', 'Unhealthy'], 'Pod', undefined, NETWORK_PLUGIN], ['FailedCreatePodSandBox', 'Pod'], 'node', -10, 300, 'likely', 'the network plug-in of the node is broken'),
  leads(27, ['FailedCreatePodSandBox', 'Pod'], ['SandboxChanged', 'Pod'], 'object', 0, 60, 'likely', 'the sandbox is tried again'),
  leads(28, [['Unhealthy', 'BackOff'], 'Pod', undefined, /^(?:coredns|kube-dns)/], [['Unhealthy', 'Failed'], 'Pod', /no such host/], 'cluster', -30, 300, 'possible', 'cluster DNS is not well'),
  leads(30, ['SyncLoadBalancerFailed', 'Service'], ['BackoffLimitExceeded', 'Job'], 'namespace', 300, 1_800, 'possible', 'the job may wait for the address'),
  // Admission and jobs
  leads(32, ['ScalingReplicaSet', 'Deployment'], ['FailedCreate', 'ReplicaSet'], 'workload', -1, 960, 'trigger', 'the new pods are refused'),
  leads(32, [POD_TROUBLE, 'Pod'], ['FailedCreate', undefined, /failed calling webhook/], 'named service', -5, 960, 'likely', 'the webhook\'s own pods are not well'),
  leads(33, [['BackOff', 'Failed', 'FailedMount', 'FailedScheduling'], 'Pod'], [['BackoffLimitExceeded', 'DeadlineExceeded'], 'Job'], 'workload', 0, 1_200, 'likely', 'the job\'s pods fail'),
]

type End = readonly [
  reasons: string | readonly string[],
  kind?: string | undefined,
  note?: RegExp | undefined,
  name?: RegExp,
]

function leads(
  number: number,
  cause: End,
  effect: End,
  link: CausationLink,
  fromSeconds: number,
  toSeconds: number,
  trust: Causation['trust'],
  words: string,
): Causation {
  return { number, cause: end(cause), effect: end(effect), link, fromSeconds, toSeconds, words, trust }
}

function end([reasons, kind, note, name]: End): CausationEnd {
  return {
    reasons: typeof reasons === 'string' ? [reasons] : reasons,
    ...(kind === undefined ? {} : { kind }),
    ...(note === undefined ? {} : { note }),
    ...(name === undefined ? {} : { name }),
  }
}
