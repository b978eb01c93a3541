import type { BlameRule } from './blame-rule.ts'

const GONE = ['SpotInterrupted', 'SpotInterruption', 'InstanceStopping', 'InstanceTerminating', 'InstanceUnhealthy', 'TerminatingOnInterruption', 'DeletingNode'] // prettier-ignore
const DRAINS = ['FailedDraining', 'ScaleDownFailed']

/** Nodes that come and go, and what scales by metrics. */
export const SCALING: readonly BlameRule[] = [
  {
    problems: GONE,
    cause: 'NodeTakenAway',
    blames: 'node',
    thing: { kind: 'Node', name: '{node}', detail: 'taken back by the provider', isClusterWide: true },
    confidence: 'certain',
    words: 'The provider takes node {node} away',
  },
  {
    problems: GONE,
    cause: 'NodeTakenAway',
    blames: 'object',
    thing: { kind: 'Machine', name: '{name}', isClusterWide: true },
    confidence: 'certain',
    words: 'The provider takes the machine of {object} away',
  },
  ...[
    /(?:pod )?disruption budget "?(?<budget>[a-z0-9][a-z0-9./-]{0,252})/,
    /PDB "?(?<budget>[a-z0-9][a-z0-9./-]{0,252})/,
  ].map((note) => ({
    problems: DRAINS,
    note,
    cause: 'DrainBlocked',
    blames: 'object' as const,
    thing: { kind: 'PodDisruptionBudget', name: '{budget}', isClusterWide: true },
    confidence: 'certain' as const,
    words: '{object} cannot be emptied: the disruption budget {budget} lets no pod go',
  })),
  {
    problems: DRAINS,
    cause: 'DrainBlocked',
    blames: 'object',
    thing: { kind: 'Drain', name: '{name}', isClusterWide: true },
    confidence: 'likely',
    words: '{object} cannot be emptied: pods on it may not be evicted',
  },
  {
    problems: ['CalculateExpectedPodCountFailed', 'MultiplePodDisruptionBudgets', 'UnmanagedPods'],
    cause: 'DisruptionBudgetInvalid',
    blames: 'object',
    thing: { kind: 'PodDisruptionBudget', name: '{name}' },
    confidence: 'certain',
    words: 'The disruption budget of {object} cannot be worked out, so nothing is evicted',
  },
  {
    problems: ['MaxNodesTotalReached'],
    cause: 'NodeLimitReached',
    blames: 'object',
    thing: { kind: 'NodeLimit', name: 'nodes', isClusterWide: true },
    confidence: 'certain',
    words: 'The cluster has as many nodes as its autoscaler may make',
  },
  {
    problems: ['FailedToScaleUpGroup', 'ScaleUpFailed', 'ScaleUpTimedOut'],
    cause: 'ScaleUpRefused',
    blames: 'object',
    thing: { kind: 'NodeGroup', name: '{name}', isClusterWide: true },
    confidence: 'certain',
    words: 'The cloud gives no new nodes',
  },
  {
    problems: ['InsufficientCapacityError', 'NodeClassNotReady', 'NodeRepairBlocked'],
    cause: 'NodesNotMade',
    blames: 'object',
    thing: { kind: 'Machine', name: '{name}', isClusterWide: true },
    confidence: 'certain',
    words: 'No machine comes for {object}',
  },
  {
    problems: ['FailedGetMetrics'],
    cause: 'MetricsMissing',
    blames: 'object',
    thing: { kind: 'Metric', name: '{metric}' },
    confidence: 'certain',
    words: 'Nobody serves the metric {metric} that {object} asks for',
  },
  {
    problems: ['FailedGetMetrics'],
    cause: 'MetricsMissing',
    blames: 'object',
    confidence: 'likely',
    words: 'Nobody serves the metrics that {object} asks for',
  },
]
