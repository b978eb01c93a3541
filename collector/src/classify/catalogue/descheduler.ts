import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** The descheduler, which moves pods on purpose; its reasons are the names of its plug-ins. */
export const DESCHEDULER: readonly ReasonEntry[] = [
  ...emittedBy(
    'descheduler',
    ['Pod'],
    [
      {
        reason: 'RemoveDuplicates',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because another copy runs on its node.',
      },
      {
        reason: 'LowNodeUtilization',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because its node is used more than others.',
      },
      {
        reason: 'HighNodeUtilization',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because its node is to be emptied.',
      },
      {
        reason: 'PodLifeTime',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because it is too old.',
      },
      {
        reason: 'RemovePodsHavingTooManyRestarts',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because it was started anew too often.',
      },
      {
        reason: 'RemoveFailedPods',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because it has failed.',
      },
      {
        reason: 'RemovePodsViolatingNodeAffinity',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because its node no longer fits it.',
      },
      {
        reason: 'RemovePodsViolatingNodeTaints',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because its node has a taint that it does not tolerate.',
      },
      {
        reason: 'RemovePodsViolatingInterPodAntiAffinity',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because it may not run beside another pod of its node.',
      },
      {
        reason: 'NotSet',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves a pod on purpose and names no reason.',
      },
      {
        reason: 'RemovePodsViolatingTopologySpreadConstraint',
        type: 'Normal',
        category: 'pressure',
        severity: 'low',
        meaning: 'The descheduler moves the pod on purpose, because the pods of its workload are not spread evenly.',
      },
    ],
  ),
]
