import type { BlameRule } from './blame-rule.ts'

/** Services, and jobs that a schedule makes. */
export const SERVICES: readonly BlameRule[] = [
  {
    problems: ['SyncLoadBalancerFailed', 'LoadBalancerFailed', 'UpdateLoadBalancerFailed', 'UnAvailableLoadBalancer'],
    cause: 'LoadBalancerFailed',
    blames: 'object',
    thing: { kind: 'LoadBalancer', name: '{name}' },
    confidence: 'certain',
    words: 'The service {name} gets no load balancer',
  },
  {
    problems: ['MissSchedule', 'TooManyMissedTimes'],
    cause: 'RunsMissed',
    blames: 'object',
    thing: { kind: 'Schedule', name: '{name}' },
    confidence: 'likely',
    words: 'Runs of {object} were left out: its controller did not start them in time',
  },
  {
    problems: ['FailedPreStopHook'],
    cause: 'StopHookFailed',
    blames: 'workload',
    thing: { kind: 'Hook', name: 'preStop', detail: '[exit code {exitCode}]' },
    confidence: 'certain',
    words: 'The stop hook of {workload} fails[ with exit code {exitCode}]',
  },
  {
    problems: ['ExceededGracePeriod', 'FailedKillPod'],
    cause: 'DoesNotStop',
    blames: 'workload',
    confidence: 'likely',
    isSymptom: true,
    words: 'The pods of {workload} do not end in time',
  },
]
