import type { BlameRule } from './blame-rule.ts'

const PLACES = [
  ['OutOfcpu', 'cpu', 'CPU'],
  ['OutOfmemory', 'memory', 'memory'],
  ['OutOfephemeral-storage', 'ephemeral-storage', 'local storage'],
  ['OutOfpods', 'pods', 'room for pods'],
] as const

const MISFITS = [
  ['NodeAffinity', 'no longer has the labels that the pod asks for'],
  ['NodeName', 'is not the one that the pod names'],
  ['PodOSNotSupported', 'has another operating system'],
  ['PodOSSelectorNodeLabelDoesNotMatch', 'has another operating system'],
  ['FailedNodeDeclaredFeaturesCheck', 'lacks features that the pod uses'],
  ['SMTAlignmentError', 'gives whole cores only'],
  ['TopologyAffinityError', 'has the CPUs, memory and devices of the pod in no one place'],
] as const

/** Pods that were given to a node, and that its kubelet sends away: the owner makes another one at once, again and again. */
export const KUBELET: readonly BlameRule[] = [
  ...PLACES.map(([problem, name, what]) => ({
    problems: [problem],
    cause: 'NodeFull',
    blames: 'node' as const,
    thing: { kind: 'Capacity', name, detail: '[{requested} asked for][, {used} of {capacity} used]', isClusterWide: true }, // prettier-ignore
    confidence: 'certain' as const,
    words: `Node {node} has too little ${what} left, and its kubelet refuses pods that the scheduler sends`,
  })),
  ...PLACES.map(([problem, name, what]) => ({
    problems: [problem],
    cause: 'NodeFull',
    blames: 'workload' as const,
    thing: { kind: 'Capacity', name, isClusterWide: true },
    confidence: 'likely' as const,
    words: `The node of {workload} has too little ${what} left, and its kubelet refuses the pods`,
  })),
  {
    problems: ['NodePorts'],
    cause: 'HostPortTaken',
    blames: 'workload',
    thing: { kind: 'HostPort', name: '{workload}' },
    confidence: 'certain',
    words: 'The host port of {workload} is taken on the node that it was given to',
  },
  {
    problems: ['UnexpectedAdmissionError', 'FailedPrepareDynamicResources', 'FailedResourceClaimCreation'],
    cause: 'DeviceRefused',
    blames: 'workload',
    thing: { kind: 'Device', name: '{workload}' },
    confidence: 'likely',
    words: 'The node does not give {workload} the device or resource that it asks for',
  },
  {
    problems: ['TaintToleration'],
    has: ['taint'],
    cause: 'UntoleratedTaint',
    blames: 'workload',
    thing: { kind: 'Taint', name: '{taint}', isClusterWide: true },
    confidence: 'certain',
    words: '{workload} does not tolerate the taint {taint}',
  },
  ...MISFITS.map(([problem, why]) => ({
    problems: [problem],
    cause: 'NodeRefusesPod',
    blames: 'workload' as const,
    thing: { kind: 'NodeSelector', name: '{workload}', detail: problem },
    confidence: 'certain' as const,
    words: `The kubelet refuses the pods of {workload}: the node ${why}`,
  })),
]
