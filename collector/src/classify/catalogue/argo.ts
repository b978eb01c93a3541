import { ofWorkload, SAID_ONCE, saidOnceUntil, until, type ExpectedLife } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** Said once; over with the next good run of the same workload, if there is one. */
const UNTIL_NEXT_RUN: ExpectedLife = { ...SAID_ONCE, end: 'told', clearedBy: [ofWorkload('WorkflowSucceeded')] }

/** Argo Rollouts and Argo Workflows. */
export const ARGO: readonly ReasonEntry[] = [
  ...emittedBy(
    'Argo Rollouts',
    ['Rollout'],
    [
      {
        reason: 'RolloutUpdated',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'A new version of the workload is to be rolled out.',
      },
      {
        reason: 'RolloutStepCompleted',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'A step of the rollout is done.',
      },
      {
        reason: 'RolloutPaused',
        type: 'Normal',
        category: 'workload',
        severity: 'low',
        meaning: 'The rollout waits for time to pass or for a person.',
      },
      {
        reason: 'RolloutResumed',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'The rollout goes on.',
      },
      {
        reason: 'RolloutCompleted',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'The new version is in place.',
      },
      {
        reason: 'RolloutAborted',
        type: 'Warning',
        category: 'workload',
        severity: 'high',
        meaning: 'The rollout was given up, and the old version stays.',
        check: 'Look at the failed analysis or the pods of the new version.',
        ...saidOnceUntil('RolloutCompleted'),
      },
      {
        reason: 'AnalysisRunFailed',
        type: 'Warning',
        category: 'workload',
        severity: 'high',
        meaning: 'The measurements of the new version were not good enough.',
        check: 'Look at the metrics of the analysis.',
        ...saidOnceUntil('AnalysisRunSuccessful', 'RolloutCompleted'),
      },
      {
        reason: 'AnalysisRunError',
        type: 'Warning',
        category: 'workload',
        severity: 'medium',
        meaning: 'The new version could not be measured.',
        check: 'Look at the source of the metrics.',
        ...saidOnceUntil('AnalysisRunSuccessful', 'RolloutCompleted'),
      },
      {
        reason: 'AnalysisRunSuccessful',
        type: 'Normal',
        category: 'workload',
        severity: 'info',
        meaning: 'The measurements of the new version were good.',
      },
    ],
  ),
  ...emittedBy(
    'Argo Workflows',
    ['Workflow'],
    [
      {
        reason: 'WorkflowRunning',
        type: 'Normal',
        category: 'job',
        severity: 'info',
        meaning: 'The workflow has begun.',
      },
      {
        reason: 'WorkflowSucceeded',
        type: 'Normal',
        category: 'job',
        severity: 'info',
        meaning: 'The workflow has done its work.',
      },
      {
        reason: 'WorkflowFailed',
        type: 'Warning',
        category: 'job',
        severity: 'high',
        meaning: 'The workflow failed.',
        check: 'Look at the step that the note names.',
        ...UNTIL_NEXT_RUN,
      },
      {
        reason: 'WorkflowTimedOut',
        problem: 'WorkflowFailed',
        type: 'Warning',
        category: 'job',
        severity: 'high',
        meaning: 'The workflow took longer than it may.',
        check: 'Look at the step that hung.',
        ...UNTIL_NEXT_RUN,
      },
      {
        reason: 'WorkflowNodeSucceeded',
        type: 'Normal',
        category: 'job',
        severity: 'info',
        meaning: 'A step of the workflow is done.',
      },
      {
        reason: 'WorkflowNodeFailed',
        type: 'Warning',
        category: 'job',
        severity: 'medium',
        meaning: 'A step of the workflow failed.',
        check: 'Read the log of its pod.',
        ...until('WorkflowSucceeded'),
      },
      {
        reason: 'WorkflowNodeError',
        type: 'Warning',
        category: 'job',
        severity: 'medium',
        meaning: 'A step of the workflow could not be run.',
        check: 'Look at the events of its pod.',
        ...until('WorkflowSucceeded'),
      },
    ],
  ),
]
