import { HAPPENED, RETRIED_UNTIL_SEEN_WELL, until, type ExpectedLife } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** The scheduler tells of a waiting pod when it begins, and again every 30 min. */
export const UNTIL_SCHEDULED: ExpectedLife = { ...until('Scheduled'), repeatsMinutes: 31 }

/** How pods get a node, and Deployments their ReplicaSets. */
export const SCHEDULING: readonly ReasonEntry[] = [
  ...emittedBy(
    'default-scheduler',
    ['Pod'],
    [
      {
        reason: 'Scheduled',
        type: 'Normal',
        category: 'scheduling',
        severity: 'info',
        meaning: 'The pod was given to a node.',
      },
      {
        reason: 'FailedScheduling',
        type: 'Warning',
        category: 'scheduling',
        severity: 'high',
        meaning: 'No node can take the pod, so it stays Pending.',
        check: 'Read which check refused how many nodes: resources, taints, affinity or volumes.',
        ...UNTIL_SCHEDULED,
      },
      {
        reason: 'FailedScheduling',
        problem: 'DeletedBeforeScheduled',
        type: 'Warning',
        category: 'scheduling',
        severity: 'low',
        meaning: 'The pod was deleted before it had a node.',
        note: ['skip schedule deleting pod'],
        gone: 'regarding',
        ...HAPPENED,
      },
      {
        reason: 'Preempted',
        type: 'Normal',
        category: 'pressure',
        severity: 'high',
        meaning: 'A running pod was ended to make room for one of higher priority.',
        check: 'Look at the pod that took its place, and at the capacity of the cluster.',
        gone: 'regarding',
        ...HAPPENED,
      },
      {
        reason: 'BindingConditionsPending',
        type: 'Normal',
        category: 'scheduling',
        severity: 'low',
        meaning: 'The pod waits until its device on the node is ready.',
        check: "Look at the device's driver.",
      },
    ],
  ),
  ...emittedBy(
    'deployment-controller',
    ['Deployment'],
    [
      {
        reason: 'ScalingReplicaSet',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'A Deployment changed the number of pods of one of its ReplicaSets: a rollout or a scaling step.',
      },
      {
        reason: 'ReplicaSetCreateError',
        type: 'Warning',
        category: 'workload',
        severity: 'high',
        meaning: 'The rollout stops, since its new ReplicaSet could not be made.',
        check: 'Read the error: quota, webhook or an invalid template.',
        ...until('ScalingReplicaSet'),
      },
      {
        reason: 'SelectingAll',
        type: 'Warning',
        category: 'config',
        severity: 'medium',
        meaning: 'The selector of the Deployment is empty and would take all pods.',
        check: 'Write a selector.',
        ...RETRIED_UNTIL_SEEN_WELL,
      },
      {
        reason: 'DeploymentRollback',
        type: 'Normal',
        category: 'workload',
        severity: 'low',
        meaning: 'The Deployment went back to an earlier revision.',
      },
      {
        reason: 'DeploymentRollbackRevisionNotFound',
        type: 'Warning',
        category: 'workload',
        severity: 'low',
        meaning: 'The revision to go back to does not exist.',
        check: 'Look at the rollout history.',
        ...HAPPENED,
      },
      {
        reason: 'DeploymentRollbackTemplateUnchanged',
        type: 'Warning',
        category: 'workload',
        severity: 'low',
        meaning: 'The revision to go back to is the same as now.',
        ...HAPPENED,
      },
    ],
  ),
  ...emittedBy(
    'replicaset-controller',
    ['ReplicaSet'],
    [
      {
        reason: 'SuccessfulCreate',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'A ReplicaSet made a pod.',
      },
      {
        reason: 'SuccessfulDelete',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'A ReplicaSet deleted a pod.',
        gone: 'named',
      },
      {
        reason: 'FailedDelete',
        type: 'Warning',
        category: 'workload',
        severity: 'medium',
        meaning: 'A ReplicaSet could not delete a pod.',
        check: 'Read the error of the API server.',
        ...until('SuccessfulDelete'),
      },
    ],
  ),
]
