import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** k3s, operators and other vendors. */
export const VENDOR: readonly ReasonEntry[] = [
  ...emittedBy(
    'kopf operators',
    [],
    [
      {
        reason: 'Logging',
        type: 'any',
        category: 'other',
        severity: 'low',
        meaning: 'An operator repeats a line of its log as an event.',
        check: 'Read the line: it may be an error.',
      },
    ],
  ),
  ...emittedBy(
    'multus',
    ['Pod'],
    [
      {
        reason: 'AddedInterface',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'A network interface was added to the pod.',
      },
    ],
  ),
  ...emittedBy(
    'k3s servicelb',
    ['Service'],
    [
      {
        reason: 'UpdatedLoadBalancer',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'The load balancer of k3s knows the present nodes.',
        controllers: ['service-lb'],
      },
      {
        reason: 'AppliedDaemonSet',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'The load balancer of k3s put its pods in place.',
      },
      {
        reason: 'DeletedDaemonSet',
        type: 'Normal',
        category: 'network',
        severity: 'low',
        meaning: 'The load balancer of k3s removed its pods.',
      },
    ],
  ),
  ...emittedBy(
    'k3s helm-controller',
    ['HelmChart'],
    [
      {
        reason: 'ApplyJob',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'k3s runs a job that installs a chart.',
      },
    ],
  ),
  ...emittedBy(
    'k3s-cert-monitor',
    ['Node'],
    [
      {
        reason: 'CertificateExpirationOK',
        type: 'Normal',
        category: 'security',
        severity: 'info',
        meaning: 'The certificates of k3s are valid for long enough.',
      },
    ],
  ),
  ...emittedBy(
    'KubeVela (OAM)',
    ['ApplicationConfiguration'],
    [
      {
        reason: 'RenderedComponents',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'The parts of the application were worked out.',
      },
      {
        reason: 'AppliedComponents',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'The parts of the application were deployed.',
      },
      {
        reason: 'CannotApplyComponents',
        type: 'Warning',
        category: 'workload',
        severity: 'high',
        meaning: 'A part of the application could not be deployed.',
        check: 'Read the error in the note.',
        clearedBy: [{ by: 'object', reasons: ['AppliedComponents'] }],
        holdsMinutes: 20,
      },
      {
        reason: 'Deployment created',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: "The application's Deployment was made or changed.",
      },
      {
        reason: 'Service created',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: "The application's Service was made or changed.",
      },
      {
        reason: 'Manual scalar applied',
        type: 'Normal',
        category: 'scaling',
        severity: 'info',
        meaning: 'The application was scaled to the number asked for.',
      },
    ],
  ),
  ...emittedBy(
    'Coherence operator',
    ['Coherence'],
    [
      {
        reason: 'Created',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'The operator made a StatefulSet for its cluster.',
      },
    ],
  ),
  ...emittedBy(
    'cert-manager before 1.0',
    ['Certificate'],
    [
      {
        reason: 'GeneratedKey',
        type: 'Normal',
        category: 'security',
        severity: 'info',
        meaning: 'A new private key was made.',
      },
      {
        reason: 'Issued',
        type: 'Normal',
        category: 'security',
        severity: 'info',
        meaning: 'The certificate was issued.',
      },
    ],
  ),
  ...emittedBy(
    'kubelet before 1.15',
    ['Node'],
    [
      {
        reason: 'NodeHasSufficientDisk',
        type: 'Normal',
        category: 'node',
        severity: 'info',
        meaning: 'The node has enough disk space.',
      },
    ],
  ),
]
