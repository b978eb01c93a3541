import type { Confidence } from './blame/blame.ts'

/**
 * What two problems have to share for one to lead to the other:
 *
 * - `object`: the same object
 * - `workload`: the same top controller
 * - `node`: the node itself, or pods that run on it
 * - `claim`: a claim, and a pod that mounts it as far as names tell
 * - `named`: the effect's note names an object of the cause's name, in the same namespace
 * - `service`: the effect's note calls a Service that bears the name of the cause's workload
 * - `preemptor`: the effect's note names the pod that took its place, by uid
 * - `cluster`: no more than the cluster, and only where one problem alone could be the cause
 */
export type LeadLink = 'object' | 'workload' | 'node' | 'claim' | 'named' | 'service' | 'preemptor' | 'cluster'

/** Which problems stand at one end: what is wrong, or what the problem blames; empty for any. */
export interface LeadEnd {
  readonly names: readonly string[]
  readonly kind?: string
  readonly note?: RegExp
}

/** A known way in which one problem leads to another. */
export interface LeadRule {
  /** Shown to people as the rule of an edge. */
  readonly name: string
  readonly from: LeadEnd
  readonly to: LeadEnd
  readonly link: LeadLink
  /**
   * The effect begins at least `after` seconds behind the beginning of the cause, and at most `within` behind its end.
   * Negative: some effects are reported first, and kubelets write whole seconds.
   */
  readonly after: number
  readonly within: number
  readonly trust: Confidence
  readonly words: string
}

const PROBES = ['LivenessProbeFailed', 'ReadinessProbeFailed', 'StartupProbeFailed', 'Unhealthy']
const NODE_LOST = ['NodeNotReady', 'NodeRebooted', 'NodeTakenAway']
const RUNTIME = ['ContainerRuntimeDown', 'KubeletDown', 'KernelOrHardwareFault']
const PRESSURE = ['DiskPressure', 'MemoryPressure', 'PIDPressure', 'NodePressure', 'EvictionThresholdMet']
const NO_VOLUME = ['ProvisioningFailed', 'FailedBinding', 'VolumeMismatch', 'EphemeralClaimFailed']
const MAKES_SECRETS = [
  'UpdateFailed',
  'SyncFailed',
  'ErrUnsealFailed',
  'CertificateFailed',
  'RequestFailed',
  'Denied',
  'ReconcileError',
  'SecretSyncError',
]
const NEEDS_SECRETS = [
  'FailedMount',
  'CreateContainerConfigError',
  'FailedToRetrieveImagePullSecret',
  'VolumesNotReady',
]
const CANNOT_START = [
  'ImagePullBackOff',
  'FailedMount',
  'FailedAttachVolume',
  'VolumesNotReady',
  'FailedScheduling',
  'CreateContainerConfigError',
  'FailedCreatePodSandBox',
  'RunContainerError',
  'QuotaExceeded',
  'WebhookFailed',
]
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
  lead('evicted', ['Evicted'], ['FailedScheduling', 'Pod'], 'workload', -1, 120, 'likely', 'the replacement of an evicted pod finds no place'),
  lead('preemption', ['FailedScheduling', 'Pod'], [['Preempted', 'Preempting'], 'Pod'], 'preemptor', -5, 300, 'certain', 'a pod of higher priority needed the place'),
  lead('preempted', ['Preempted'], ['FailedScheduling', 'Pod'], 'workload', -1, 300, 'likely', 'the replacement of a preempted pod finds no place'),
  // Volumes
  lead('claim', [NO_VOLUME, 'PersistentVolumeClaim'], ['FailedScheduling', 'Pod', /olume/], 'claim', -700, 700, 'certain', 'the pod waits for a claim that gets no volume'),
  lead('attach-mount', [['FailedAttachVolume', 'MultiAttach']], [['FailedMount', 'VolumesNotReady'], 'Pod'], 'object', -5, 900, 'certain', 'what is not attached cannot be mounted'),
  // What names other objects
  lead('maker', [MAKES_SECRETS], [NEEDS_SECRETS, 'Pod', /not found|doesn't exist/], 'named', -600, 3_600, 'likely', 'what should make the missing object fails'),
  lead('pull-secret', ['FailedToRetrieveImagePullSecret'], ['ImagePullBackOff', 'Pod'], 'object', -60, 600, 'certain', 'without its pull secret the image is refused'),
  lead('webhook', [POD_TROUBLE, 'Pod'], ['WebhookFailed'], 'service', -60, 960, 'likely', 'the webhook’s own pods are not well'),
  // One pod
  lead('liveness', [['LivenessProbeFailed', 'StartupProbeFailed']], ['CrashLoopBackOff', 'Pod'], 'object', -5, 600, 'certain', 'restarted by its probe again and again'),
  lead('start', [['RunContainerError', 'CreateContainerConfigError', 'FailedPostStartHook']], ['CrashLoopBackOff', 'Pod'], 'object', -60, 600, 'certain', 'the container cannot start'),
  lead('job', [[...POD_TROUBLE, 'Evicted'], 'Pod'], ['JobFailed'], 'workload', -5, 1_200, 'likely', 'the pods of the job fail'),
  // One workload
  lead('fewer-pods', [CANNOT_START], [[...PROBES, 'CrashLoopBackOff'], 'Pod'], 'workload', 0, 1_800, 'possible', 'pods that should share the load do not start'),
]

type End = readonly [names: string | readonly string[], kind?: string | undefined, note?: RegExp]

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
  return { name, from: end(from), to: end(to), link, after, within, trust, words }
}

function end([names, kind, note]: End): LeadEnd {
  return {
    names: typeof names === 'string' ? [names] : names,
    ...(kind === undefined ? {} : { kind }),
    ...(note === undefined ? {} : { note }),
  }
}
