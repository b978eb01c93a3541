import type { BlameRule } from './blame-rule.ts'

const RUNTIME = {
  kind: 'ContainerRuntime',
  name: '{socket}',
  detail: '{failure}',
  isClusterWide: true,
}
const NEEDS = [
  'CreateContainerConfigError',
  'FailedMount',
  'VolumesNotReady',
  'RunContainerError',
  'MountSourceMissing',
]
const SETUP = ['FailedCreatePodSandBox', 'RunContainerError', 'FailedCreatePodContainer', 'FailedPodSandBoxStatus']
/** The process answers, and says that it is not well: why, only itself knows, and it may be something behind it. */
const SAYS_UNWELL = /statuscode: 5\d\d/
const PROBE = { kind: 'Probe', name: '{probe}', detail: '{probeFailure}[, port {port}]' }

/** Containers that cannot be made, end, or do not answer. */
export const CONTAINERS: readonly BlameRule[] = [
  {
    problems: NEEDS,
    has: ['secret', 'configKey'],
    cause: 'SecretKeyMissing',
    blames: 'workload',
    thing: { kind: 'Secret', name: '{secret}', detail: 'key {configKey}' },
    confidence: 'certain',
    words: 'The secret {secret} that {workload} uses has no key {configKey}',
  },
  {
    problems: NEEDS,
    has: ['secret'],
    note: /not found|doesn't exist/,
    cause: 'SecretMissing',
    blames: 'workload',
    thing: { kind: 'Secret', name: '{secret}' },
    confidence: 'certain',
    words: 'The secret {secret} that {workload} uses does not exist',
  },
  {
    problems: NEEDS,
    has: ['configMap', 'configKey'],
    cause: 'ConfigMapKeyMissing',
    blames: 'workload',
    thing: { kind: 'ConfigMap', name: '{configMap}', detail: 'key {configKey}' },
    confidence: 'certain',
    words: 'The config map {configMap} that {workload} uses has no key {configKey}',
  },
  {
    problems: NEEDS,
    has: ['configMap'],
    note: /not found|doesn't exist/,
    cause: 'ConfigMapMissing',
    blames: 'workload',
    thing: { kind: 'ConfigMap', name: '{configMap}' },
    confidence: 'certain',
    words: 'The config map {configMap} that {workload} uses does not exist',
  },
  {
    problems: NEEDS,
    has: ['serviceAccount'],
    cause: 'ServiceAccountMissing',
    blames: 'workload',
    thing: { kind: 'ServiceAccount', name: '{serviceAccount}' },
    confidence: 'certain',
    words: 'The service account {serviceAccount} that {workload} runs as does not exist',
  },
  {
    problems: SETUP,
    note: /OOM-killed|memory limit too low|cannot allocate memory/i,
    cause: 'MemoryLimitTooLow',
    blames: 'workload',
    thing: { kind: 'Limit', name: 'memory' },
    confidence: 'certain',
    words: 'The memory limit of {workload} is too low for its container even to start',
  },
  {
    problems: [...SETUP, 'FailedKillPod', 'ContainerGCFailed', 'ImageGCFailed', 'FailedSync'],
    has: ['socket'],
    cause: 'ContainerRuntimeDown',
    blames: 'node',
    thing: RUNTIME,
    confidence: 'certain',
    words: 'The container runtime of node {node} does not answer[ ({socket})]',
  },
  {
    problems: ['FailedCreatePodSandBox', 'NetworkNotReady'],
    has: ['cniPlugin'],
    cause: 'NetworkPluginFailed',
    blames: 'node',
    thing: { kind: 'NetworkPlugin', name: '{cniPlugin}', detail: '{failure}', isClusterWide: true },
    confidence: 'certain',
    words: 'The network plug-in {cniPlugin} fails on node {node}',
  },
  {
    problems: ['FailedCreatePodSandBox', 'NetworkNotReady'],
    note: /network|cni/i,
    cause: 'NetworkPluginFailed',
    blames: 'node',
    thing: { kind: 'NetworkPlugin', name: '{node}', isClusterWide: true },
    confidence: 'likely',
    words: 'The pod network of node {node} is not ready',
  },
  {
    problems: ['RunContainerError', 'FailedCreatePodContainer', 'FailedCreatePodSandBox'],
    note: /permission denied|operation not permitted|read-only file system/i,
    cause: 'PermissionDenied',
    blames: 'workload',
    thing: { kind: 'Container', name: '{container}', detail: 'permission denied' },
    confidence: 'certain',
    words: 'The container of {workload} may not do what it is told to at its start (permission denied)',
  },
  {
    problems: ['RunContainerError', 'FailedCreatePodContainer', 'FailedCreatePodSandBox'],
    cause: 'ContainerNotMade',
    blames: 'workload',
    thing: { kind: 'Container', name: '{container}', detail: '[exit code {exitCode}]' },
    confidence: 'likely',
    words: 'The container of {workload} cannot be started',
  },
  {
    problems: ['CreateContainerConfigError'],
    cause: 'ContainerConfigInvalid',
    blames: 'workload',
    confidence: 'certain',
    words: 'The container of {workload} is not configured right',
  },
  {
    problems: ['FailedPostStartHook'],
    cause: 'StartHookFailed',
    blames: 'workload',
    thing: { kind: 'Hook', name: 'postStart', detail: '[exit code {exitCode}]' },
    confidence: 'certain',
    words: 'The start hook of {workload} fails[ with exit code {exitCode}]',
  },
  ...(['Liveness', 'Readiness', 'Startup'] as const).flatMap((name) => {
    const failed = {
      problems: [`${name}ProbeFailed`],
      cause: `${name}ProbeFailed`,
      blames: 'workload' as const,
      thing: { ...PROBE, name: name.toLowerCase() },
      isSymptom: true,
      words: `The ${name.toLowerCase()} probe of {workload} fails[ ({probeFailure})]`,
    }
    return [
      { ...failed, note: SAYS_UNWELL, confidence: 'possible' as const },
      { ...failed, confidence: 'likely' as const },
    ]
  }),
  {
    problems: ['CrashLoopBackOff'],
    cause: 'ProcessEnds',
    blames: 'workload',
    thing: { kind: 'Container', name: '{container}', detail: '[exit code {exitCode}]' },
    confidence: 'likely',
    isSymptom: true,
    words: 'The process[ {container}] of {workload} ends again and again, and its events do not say why',
  },
  {
    problems: ['JobFailed'],
    cause: 'JobFailed',
    blames: 'workload',
    confidence: 'likely',
    isSymptom: true,
    words: 'The job {workload} gave up: its pods end with an error',
  },
]
