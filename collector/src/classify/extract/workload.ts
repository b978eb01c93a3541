import type { Extraction } from './extraction.ts'

/** What controllers make, and how they scale. */
export const WORKLOAD: readonly Extraction[] = [
  {
    reasons: ['ScalingReplicaSet'],
    pattern:
      /replica set (?<replicaSet>[a-z0-9][a-z0-9.-]{0,252})(?: from (?<replicasFrom>[0-9]{1,9}))? to (?<replicasTo>[0-9]{1,9})/,
  },
  { reasons: ['SuccessfulRescale', 'FailedRescale'], pattern: /New size: (?<replicasTo>[0-9]{1,9})/ },
  {
    reasons: ['SuccessfulRescale'],
    needs: 'reason: ',
    pattern: /reason: (?<metric>[A-Za-z][^;]{0,120}?) (?:above|below) target/,
  },
  {
    reasons: ['KEDAScaleTargetActivated', 'KEDAScaleTargetDeactivated'],
    pattern: /from (?<replicasFrom>[0-9]{1,9}) to (?<replicasTo>[0-9]{1,9})/,
  },
  {
    reasons: ['SuccessfulCreate', 'SuccessfulDelete'],
    pattern: /(?:Created|Deleted) pod: (?<pod>[a-z0-9][a-z0-9.-]{0,252})/,
  },
  {
    reasons: [
      'SuccessfulCreate',
      'SuccessfulDelete',
      'SuccessfulUpdate',
      'FailedCreate',
      'FailedUpdate',
      'FailedDelete',
    ],
    needs: 'StatefulSet',
    pattern: /(?:create|update|delete) Pod (?<pod>[a-z0-9][a-z0-9.-]{0,252}) in StatefulSet/,
  },
  {
    reasons: ['SuccessfulCreate', 'SuccessfulDelete'],
    needs: ' job ',
    pattern: /(?:Created|Deleted) job (?<job>[a-z0-9][a-z0-9.-]{0,252})/,
  },
  {
    reasons: ['SawCompletedJob'],
    pattern: /job: (?<job>[a-z0-9][a-z0-9.-]{0,252}), (?:condition|status): (?<condition>[A-Za-z]{1,40})/,
  },
  { reasons: ['UnexpectedJob', 'MissingJob'], pattern: /(?:forgot|missing): (?<job>[a-z0-9][a-z0-9.-]{0,252})/ },
  {
    reasons: ['FailedGetResourceMetric', 'FailedGetContainerResourceMetric', 'FailedComputeMetricsReplicas'],
    pattern: /failed to get (?<metric>cpu|memory) (?:utilization|usage|resource)/,
  },
  {
    reasons: ['FailedGetPodsMetric', 'FailedGetObjectMetric', 'FailedComputeMetricsReplicas'],
    needs: 'metric ',
    pattern: /unable to get (?:external )?metric (?<metric>[A-Za-z0-9][A-Za-z0-9_./-]{0,200})/,
  },
  { reasons: ['FailedGetExternalMetric'], pattern: /external metric (?<metric>[A-Za-z0-9][A-Za-z0-9_./:-]{0,200})/ },
  {
    reasons: ['OperationStarted', 'OperationCompleted'],
    pattern: /(?:sync|operation) to '?(?<revision>[A-Za-z0-9][A-Za-z0-9._/-]{0,100})/,
  },
  { reasons: ['LeaderElection'], pattern: /^(?<leader>[A-Za-z0-9][A-Za-z0-9._:/-]{0,252}) became leader/ },
]
