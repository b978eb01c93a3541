import { classOf, type Extraction, type Groups } from './extraction.ts'

const REFUSED = ['OutOfcpu', 'OutOfmemory', 'OutOfephemeral-storage', 'OutOfpods']

/** What filters of the scheduler say of the nodes that they refuse, surest first, and the key that counts those nodes. */
const CAUSES = [
  ['were unschedulable', 'nodesUnschedulable'],
  ['NodeUnschedulable', 'nodesUnschedulable'],
  ['taint', 'nodesTainted'],
  ['anti-affinity rules', 'nodesPodAntiAffinity'],
  ['pod affinity rules', 'nodesPodAffinity'],
  ['topology spread constraints', 'nodesTopologySpread'],
  ['olume', 'nodesVolume'],
  ['free storage', 'nodesVolume'],
  ['node affinity', 'nodesUnselected'],
  ['node selector', 'nodesUnselected'],
  ['MatchNodeSelector', 'nodesUnselected'],
  ['requested node name', 'nodesUnselected'],
  ['Insufficient cpu', 'nodesShortOfCpu'],
  ['Insufficient memory', 'nodesShortOfMemory'],
  ['Insufficient pods', 'nodesFullOfPods'],
  ['Insufficient ', 'nodesShortOfOther'],
  ['Too many pods', 'nodesFullOfPods'],
  ['free ports', 'nodesPortTaken'],
] as const

/** Where pods go, and why they do not. */
export const SCHEDULING: readonly Extraction[] = [
  {
    reasons: ['FailedScheduling'],
    needs: 'nodes are available',
    pattern:
      /(?<nodesAvailable>[0-9]{1,6})\/(?<nodesTotal>[0-9]{1,6}) nodes are available: (?<schedulingReasons>.{1,1500}?)(?:\.?(?: no new claims to deallocate,)? preemption: |\.$|$)/s,
    derive: ({ schedulingReasons = '', ...nodes }) => ({ ...nodes, ...causesOf(refusals(schedulingReasons)) }),
  },
  {
    reasons: ['FailedScheduling'],
    needs: 'match all of the predicates',
    pattern: /No nodes are available that match all of the predicates: (?<schedulingReasons>.{1,1500})/s,
    derive: ({ schedulingReasons = '' }) => ({ nodesAvailable: '0', ...causesOf(olderRefusals(schedulingReasons)) }),
  },
  {
    reasons: ['FailedScheduling'],
    needs: 'Insufficient ',
    pattern: /Insufficient (?<resource>[a-z0-9][a-zA-Z0-9._/-]{0,252})/,
    derive: ({ resource = '' }) => ({ resource: resource.replace(/\.$/, '') }),
  },
  { reasons: ['TaintToleration'], needs: 'taint', pattern: /taint \{(?<taint>[^}]{1,300})\}/ },
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
    pattern:
      /resource: (?<resource>[a-z0-9][a-z0-9./-]{0,100}), requested: (?<requested>[0-9]{1,20})(?:, used: (?<used>[0-9]{1,20}), capacity: (?<capacity>[0-9]{1,20}))?/,
  },
]

/** Why nodes were refused, and how many; null where the scheduler gives no number. */
interface Refusal {
  readonly cause: string
  readonly nodes: number | null
}

/** `3 Insufficient memory, 1 node(s) had …` */
function refusals(text: string): readonly Refusal[] {
  return text.split(/, (?=[0-9]{1,6} )/).map((part) => {
    const nodes = /^([0-9]{1,6}) /.exec(part)?.[1]
    const cause = part.replace(/^[0-9]{1,6} /, '').replace(/[.\s]{1,3}$/, '')
    return { cause, nodes: nodes === undefined ? null : Number(nodes) }
  })
}

/** `Insufficient memory (3), NodeNotReady (1).`, as before Kubernetes 1.9. */
function olderRefusals(text: string): readonly Refusal[] {
  return [...text.matchAll(/([A-Za-z][^,()]{1,200}) \(([0-9]{1,6})\)/g)].map(([, cause = '', nodes]) => ({
    cause: cause.trim(),
    nodes: Number(nodes),
  }))
}

/** The causes without the numbers, which change with each try, and the numbers under a key for each kind of cause. */
function causesOf(all: readonly Refusal[]): Groups {
  const counts: Record<string, number> = {}
  for (const { cause, nodes } of all) {
    if (nodes === null) continue
    const key = classOf(cause, CAUSES) ?? 'nodesOther'
    counts[key] = (counts[key] ?? 0) + nodes
  }
  const taints = all.flatMap(({ cause }) => /taint \{([^}]{1,300})\}/.exec(cause)?.[1] ?? [])
  return {
    schedulingReasons: all
      .map(({ cause }) => cause)
      .toSorted()
      .join('; '),
    taint: [...new Set(taints)].toSorted().join('; '),
    ...Object.fromEntries(Object.entries(counts).map(([key, nodes]) => [key, String(nodes)])),
  }
}
