import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** The AWS Load Balancer Controller. */
export const AWS_LOAD_BALANCER: readonly ReasonEntry[] = [
  ...emittedBy(
    'AWS Load Balancer Controller',
    ['Ingress', 'Service', 'TargetGroupBinding'],
    [
      {
        reason: 'SuccessfullyReconciled',
        type: 'Normal',
        category: 'network',
        severity: 'info',
        meaning: 'The load balancer is as its object wants it.',
      },
      {
        reason: 'FailedAddFinalizer',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The controller could not mark the object as its own.',
        check: 'Read the error of the API server.',
      },
      {
        reason: 'FailedRemoveFinalizer',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The controller could not let go of the object, so its deletion hangs.',
        check: 'Read the error of the API server.',
      },
      {
        reason: 'FailedUpdateStatus',
        type: 'Warning',
        category: 'network',
        severity: 'low',
        meaning: 'The controller could not write the status of the object.',
        check: 'Read the error of the API server.',
      },
    ],
  ),
  ...emittedBy(
    'AWS Load Balancer Controller',
    ['Ingress'],
    [
      {
        reason: 'FailedLoadGroupID',
        type: 'Warning',
        category: 'config',
        severity: 'medium',
        meaning: 'The group of the Ingress cannot be worked out.',
        check: 'Correct the group annotation.',
      },
    ],
  ),
  ...emittedBy(
    'AWS Load Balancer Controller',
    ['Ingress', 'Service'],
    [
      {
        reason: 'FailedBuildModel',
        type: 'Warning',
        category: 'config',
        severity: 'high',
        meaning: 'No load balancer can be planned for the object.',
        check: 'Read the error: subnets, a certificate or an annotation.',
        clearedBy: [{ by: 'object', reasons: ['SuccessfullyReconciled'] }],
        holdsMinutes: 20,
      },
      {
        reason: 'FailedDeployModel',
        type: 'Warning',
        category: 'network',
        severity: 'high',
        meaning: 'The cloud refused to make the load balancer.',
        check: "Read the cloud's error: rights, quota or limits.",
        clearedBy: [{ by: 'object', reasons: ['SuccessfullyReconciled'] }],
        holdsMinutes: 20,
      },
    ],
  ),
  ...emittedBy(
    'AWS Load Balancer Controller',
    ['TargetGroupBinding'],
    [
      {
        reason: 'FailedCleanup',
        type: 'Warning',
        category: 'network',
        severity: 'medium',
        meaning: 'Targets of the load balancer could not be removed.',
        check: "Read the cloud's error.",
      },
    ],
  ),
]
