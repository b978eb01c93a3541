import type { ProblemBody } from '../../event/problem.ts'
import type { ThingTemplate } from './blame-rule.ts'

/** A way in which nodes are refused, by the key that counts those nodes in the values of the note. */
interface Refusal {
  readonly counted: string
  readonly cause: string
  readonly thing: ThingTemplate
  readonly words: string
  /** Of the node as it is now, and not of what the pod asks for. */
  readonly isOfNode: boolean
}

/**
 * What the scheduler may say of nodes. What comes first wins where as many nodes are refused for either: a node that the pod
 * did not ask for says nothing about those that it asked for.
 */
export const REFUSALS: readonly Refusal[] = [
  {
    counted: 'nodesTainted',
    cause: 'UntoleratedTaint',
    thing: { kind: 'Taint', name: '{taint}', isClusterWide: true },
    words: '{workload} does not tolerate the taint {taint}',
    isOfNode: true,
  },
  {
    counted: 'nodesUnschedulable',
    cause: 'NodesCordoned',
    thing: { kind: 'Cordon', name: 'nodes', detail: '{nodesUnschedulable} of {nodesTotal} nodes', isClusterWide: true },
    words: 'The nodes that {workload} may run on are cordoned',
    isOfNode: true,
  },
  {
    counted: 'nodesShortOfMemory',
    cause: 'InsufficientMemory',
    thing: { kind: 'Capacity', name: 'memory', isClusterWide: true },
    words: 'No node has the memory that {workload} asks for',
    isOfNode: true,
  },
  {
    counted: 'nodesShortOfCpu',
    cause: 'InsufficientCpu',
    thing: { kind: 'Capacity', name: 'cpu', isClusterWide: true },
    words: 'No node has the CPU that {workload} asks for',
    isOfNode: true,
  },
  {
    counted: 'nodesShortOfOther',
    cause: 'InsufficientResource',
    thing: { kind: 'Capacity', name: '{resource}', isClusterWide: true },
    words: 'No node has the {resource} that {workload} asks for',
    isOfNode: true,
  },
  {
    counted: 'nodesFullOfPods',
    cause: 'TooManyPods',
    thing: { kind: 'Capacity', name: 'pods', isClusterWide: true },
    words: 'The nodes have as many pods as they may have',
    isOfNode: true,
  },
  {
    counted: 'nodesPodAntiAffinity',
    cause: 'PodAntiAffinity',
    thing: { kind: 'AntiAffinity', name: '{workload}' },
    words: 'The anti-affinity rules of {workload} leave no node',
    isOfNode: false,
  },
  {
    counted: 'nodesPodAffinity',
    cause: 'PodAffinity',
    thing: { kind: 'Affinity', name: '{workload}' },
    words: 'No node runs the pods beside which {workload} wants to be',
    isOfNode: false,
  },
  {
    counted: 'nodesTopologySpread',
    cause: 'TopologySpread',
    thing: { kind: 'TopologySpread', name: '{workload}' },
    words: 'The spread constraints of {workload} leave no node',
    isOfNode: false,
  },
  {
    counted: 'nodesPortTaken',
    cause: 'HostPortTaken',
    thing: { kind: 'HostPort', name: '{workload}' },
    words: 'The host port of {workload} is taken on every node',
    isOfNode: false,
  },
  {
    counted: 'nodesVolume',
    cause: 'VolumeElsewhere',
    thing: { kind: 'Volume', name: '{workload}' },
    words: 'The volume of {workload} cannot be used from the nodes that are left',
    isOfNode: false,
  },
  {
    counted: 'nodesUnselected',
    cause: 'NodeSelectorMismatch',
    thing: { kind: 'NodeSelector', name: '{workload}' },
    words: 'No node fits the node selector or affinity of {workload}',
    isOfNode: false,
  },
]

/** Taints that keep ordinary pods off control planes: always there, so never what is new. */
const CONTROL_PLANE = /node-role\.kubernetes\.io\/(?:control-plane|master)/

/** Taints that say what is wrong with a node, and what that is called. */
const CONDITION = /node\.kubernetes\.io\/([a-z-]+)/

interface Counted extends Refusal {
  readonly nodes: number
}

/** Why no node takes a pod: the refusal that decides, and how many others there are that could. Null: the note does not say. */
export function decidingRefusal(body: ProblemBody): { readonly refusal: Refusal; readonly others: number } | null {
  const counted = REFUSALS.map((refusal) => ({ ...refusal, nodes: Number(body.metadata[refusal.counted] ?? 0) }))
  const all = counted.filter(({ nodes }) => nodes > 0)
  const telling = all.filter((each) => !isBackground(each, body, all))
  const [first] = (telling.length > 0 ? telling : all).toSorted(byWeight)
  return first === undefined ? null : { refusal: named(first, body), others: Math.max(0, telling.length - 1) }
}

/** A control plane that takes no pods, or one node on which nobody may schedule, while more nodes are refused for another reason. */
function isBackground({ counted, nodes }: Counted, { metadata }: ProblemBody, all: readonly Counted[]): boolean {
  const isOften = all.some((other) => other.counted !== counted && other.nodes >= nodes)
  if (counted === 'nodesTainted') return CONTROL_PLANE.test(metadata['taint'] ?? '') && isOften
  return counted === 'nodesUnschedulable' && nodes === 1 && isOften
}

/** What nodes lack decides among those that the pod asked for: what it asked for counts when nothing else is left. */
function byWeight(a: Counted, b: Counted): number {
  const isWish = ({ counted }: Counted) => Number(counted === 'nodesUnselected')
  return isWish(a) - isWish(b) || b.nodes - a.nodes || Number(b.isOfNode) - Number(a.isOfNode)
}

/** What volumes have against nodes, by what the scheduler says of it. */
const VOLUME_REFUSALS = [
  [/volume node affinity conflict|no available volume zone/, 'VolumeElsewhere', 'The volume of {workload} is in a zone or on a node where the pod cannot run'],
  [/exceed max volume count/, 'TooManyVolumes', 'The nodes have as many volumes as they may have'],
  [/available persistent volumes to bind/, 'ClaimUnbound', 'No volume fits a claim of {workload} on the nodes that are left'],
  [/did not have enough free storage/, 'InsufficientStorage', 'The storage of the nodes has no place for a volume of {workload}'],
] as const // prettier-ignore

function named(refusal: Refusal, { metadata, note }: ProblemBody): Refusal {
  if (refusal.counted === 'nodesVolume') {
    const [, cause, words] = VOLUME_REFUSALS.find(([said]) => said.test(note)) ?? []
    return cause === undefined ? refusal : { ...refusal, cause, words: words ?? refusal.words }
  }
  // Newer schedulers do not say which taint it is.
  if (refusal.counted === 'nodesTainted' && (metadata['taint'] ?? '') === '')
    return { ...refusal, thing: { ...refusal.thing, name: 'of the nodes' }, words: '{workload} does not tolerate the taints of the nodes' } // prettier-ignore
  const condition = refusal.counted === 'nodesTainted' ? CONDITION.exec(metadata['taint'] ?? '')?.[1] : undefined
  switch (condition) {
    case undefined:
      return refusal
    case 'unschedulable':
      return { ...refusal, cause: 'NodesCordoned', words: 'The nodes that {workload} may run on are cordoned' }
    default:
      return {
        ...refusal,
        cause: 'NodesTroubled',
        words: `The nodes that {workload} may run on are not well (${condition})`,
      }
  }
}
