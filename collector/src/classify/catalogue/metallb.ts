import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** MetalLB, which gives Services outside addresses. */
export const METALLB: readonly ReasonEntry[] = [
  ...emittedBy(
    'metallb-controller',
    ['Service'],
    [
      {
        reason: 'IPAllocated',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'The Service has its outside address.',
      },
      {
        reason: 'ClearAssignment',
        type: 'Normal',
        category: 'network',
        severity: 'low',
        meaning: 'The Service gave its outside address back.',
        check: 'Look whether this was wanted: the Service has none now.',
      },
      {
        reason: 'AllocationFailed',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'No outside address is left for the Service.',
        check: 'Enlarge the address pool.',
        clearedBy: [{ by: 'object', reasons: ['IPAllocated'] }],
        holdsMinutes: 20,
      },
      {
        reason: 'LoadBalancerFailed',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'The settings of the Service do not fit, so it gets no outside address.',
        check: 'Read the error in the note.',
      },
      {
        reason: 'InternalError',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The controller hit an error of its own.',
        check: 'Look at its log.',
      },
      {
        reason: 'not enough clusterips',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'The Service has too few addresses for its IP families.',
        check: 'Look at the families of the Service and the cluster.',
      },
    ],
  ),
]
