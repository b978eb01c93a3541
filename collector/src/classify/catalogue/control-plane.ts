import { HAPPENED } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** The control plane itself. */
export const CONTROL_PLANE: readonly ReasonEntry[] = [
  ...emittedBy(
    'controllers with leader election',
    ['Lease', 'Endpoints', 'ConfigMap'],
    [
      {
        reason: 'LeaderElection',
        type: 'Normal',
        category: 'control-plane',
        severity: 'low',
        meaning: 'Another instance of a controller has taken over, or one has stopped.',
        check: 'When it repeats, look at the load of etcd and the API server.',
      },
    ],
  ),
  ...emittedBy(
    'kube-apiserver',
    [],
    [
      {
        reason: 'TLSConfigChanged',
        type: 'Warning',
        category: 'security',
        severity: 'low',
        meaning: 'The API server has read its certificates anew, though the event is of type Warning.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'kube-apiserver of OpenShift',
    ['Pod'],
    [
      {
        reason: 'ShutdownInitiated',
        type: 'Normal',
        category: 'control-plane',
        severity: 'medium',
        meaning: 'The API server begins to stop.',
        check: 'Look whether an upgrade is under way.',
        ...HAPPENED,
      },
      {
        reason: 'AfterShutdownDelayDuration',
        type: 'Normal',
        category: 'control-plane',
        severity: 'low',
        meaning: 'The API server has waited long enough for its clients to leave.',
      },
      {
        reason: 'HTTPServerStoppedListening',
        type: 'Normal',
        category: 'control-plane',
        severity: 'medium',
        meaning: 'The API server takes no more connections.',
        check: 'Look whether an upgrade is under way.',
        ...HAPPENED,
      },
      {
        reason: 'InFlightRequestsDrained',
        type: 'Normal',
        category: 'control-plane',
        severity: 'low',
        meaning: 'The API server has answered its last short requests.',
      },
      {
        reason: 'TerminationPreShutdownHooksFinished',
        type: 'Normal',
        category: 'control-plane',
        severity: 'low',
        meaning: 'The API server has done its work before the stop.',
      },
      {
        reason: 'TerminationGracefulTerminationFinished',
        type: 'Normal',
        category: 'control-plane',
        severity: 'low',
        meaning: 'The API server has stopped in an orderly way.',
      },
    ],
  ),
]
