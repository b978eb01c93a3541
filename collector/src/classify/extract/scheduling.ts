import type { Extraction } from './extraction.ts'

const REFUSED = ['OutOfcpu', 'OutOfmemory', 'OutOfephemeral-storage', 'OutOfpods']

/** Where pods go, and why they do not. */
export const SCHEDULING: readonly Extraction[] = [
  {
    reasons: ['FailedScheduling'],
    needs: 'nodes are available',
    pattern:
      /(?<nodesAvailable>[0-9]{1,6})\/(?<nodesTotal>[0-9]{1,6}) nodes are available: (?<schedulingReasons>.{1,1500}?)(?:\.? preemption: |\.$|$)/s,
    derive: ({ schedulingReasons = '', ...nodes }) => ({
      ...nodes,
      schedulingReasons: withoutCounts(schedulingReasons),
    }),
  },
  {
    reasons: ['FailedScheduling'],
    needs: 'Insufficient ',
    pattern: /Insufficient (?<resource>[a-z0-9][a-zA-Z0-9._/-]{0,252})/,
    derive: ({ resource = '' }) => ({ resource: resource.replace(/\.$/, '') }),
  },
  { reasons: ['FailedScheduling', 'TaintToleration'], needs: 'taint', pattern: /taint \{(?<taint>[^}]{1,300})\}/ },
  {
    reasons: ['Scheduled'],
    pattern: /Successfully assigned (?:[^\s/]{1,253}\/)?(?<pod>[^\s/]{1,253}) to (?<node>[^\s]{1,253})/,
  },
  {
    reasons: ['Preempted'],
    pattern: /Preempted by (?:a )?(?:pod )?(?<preemptor>[^\s]{1,300}) on node (?<node>[^\s]{1,253})/,
  },
  {
    reasons: REFUSED,
    pattern: /resource: (?<resource>[a-z0-9][a-z0-9./-]{0,100}), requested: (?<requested>[0-9]{1,20})/,
  },
  { reasons: ['Evicted'], needs: 'low on resource', pattern: /low on resource: (?<resource>[a-z][a-zA-Z-]{0,60})/ },
  { reasons: ['Evicted'], needs: 'Container ', pattern: /Container (?<container>[a-z0-9][a-z0-9-]{0,62}) was using/ },
  { reasons: ['Evicted'], needs: 'had condition', pattern: /had condition: \[(?<condition>[A-Za-z]{1,60})/ },
  { reasons: ['EvictionThresholdMet'], pattern: /reclaim (?<resource>[a-z][a-z-]{0,60})/ },
]

/** `3 Insufficient memory, 1 node(s) had …` without the numbers, which change with each try. */
function withoutCounts(reasons: string): string {
  return reasons
    .split(/, (?=[0-9]{1,6} )/)
    .map((reason) => reason.replace(/^[0-9]{1,6} /, '').replace(/[.\s]{1,3}$/, ''))
    .toSorted()
    .join('; ')
}
