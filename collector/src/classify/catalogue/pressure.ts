import { ofNode, saidOnceUntil, type ExpectedLife } from './life.ts'
import { emittedBy, type ReasonEntry, type ReasonLine } from './reason-entry.ts'

/** What a node can be short of. */
interface Pressure {
  readonly problem: string
  /** Of what the node is short, for people. */
  readonly of: string
  readonly begins: string
  readonly ends: string
  /** How the kubelet names it when it takes it back, and when it evicts for it. */
  readonly resources: readonly string[]
  readonly check: string
}

const PRESSURES: readonly Pressure[] = [
  {
    problem: 'DiskPressure',
    of: 'disk space',
    begins: 'NodeHasDiskPressure',
    ends: 'NodeHasNoDiskPressure',
    resources: ['ephemeral-storage', 'inodes', 'nodefs', 'imagefs'],
    check: 'Find what fills the disk: logs, images or emptyDir volumes.',
  },
  {
    problem: 'MemoryPressure',
    of: 'memory',
    begins: 'NodeHasInsufficientMemory',
    ends: 'NodeHasSufficientMemory',
    resources: ['memory'],
    check: 'Find the pods that use more memory than they asked for.',
  },
  {
    problem: 'PIDPressure',
    of: 'process ids',
    begins: 'NodeHasInsufficientPID',
    ends: 'NodeHasSufficientPID',
    resources: ['pids'],
    check: 'Find the pod that starts so many processes.',
  },
]

const GONE = ['RemovingNode', 'DeletingNode'] as const

/** A pod had to go: over with the pressure, and said once. */
function evictedUntil(...reasons: readonly string[]): ExpectedLife {
  return { end: 'told', clearedBy: [ofNode(...reasons, ...GONE)], repeatsMinutes: 60, holdsMinutes: 60 }
}

/** A node short of a resource. */
export const PRESSURE: readonly ReasonEntry[] = [
  ...emittedBy(
    'kubelet',
    ['Node'],
    PRESSURES.flatMap(({ problem, of, begins, ends, resources, check }): readonly ReasonLine[] => {
      const common = { problem, category: 'pressure', severity: 'high', ...saidOnceUntil(ends, ...GONE) } as const
      return [
        {
          reason: begins,
          type: 'Normal',
          meaning: `The node is short of ${of} and starts to evict pods, though the event is of type Normal.`,
          check,
          ...common,
        },
        {
          reason: 'EvictionThresholdMet',
          type: 'Warning',
          meaning: `The kubelet tries to win back ${of}; evictions follow.`,
          check,
          note: resources.map((resource) => `reclaim ${resource}`),
          ...common,
        },
      ]
    }),
  ),
  ...emittedBy(
    'kubelet',
    ['Node'],
    [
      {
        reason: 'EvictionThresholdMet',
        type: 'Warning',
        category: 'pressure',
        severity: 'high',
        meaning: 'The kubelet tries to win back a resource of the node; evictions follow.',
        check: 'Find what fills the node.',
        ...saidOnceUntil(...PRESSURES.map(({ ends }) => ends), ...GONE),
        holdsMinutes: 60,
        repeatsMinutes: 60,
      },
    ],
  ),
  ...emittedBy(
    'kubelet',
    ['Pod'],
    PRESSURES.flatMap(({ problem, of, ends, resources }): readonly ReasonLine[] => {
      const evicted = { reason: 'Evicted', type: 'Warning', category: 'pressure', severity: 'high' } as const
      const ended = { gone: 'regarding', ...evictedUntil(ends) } as const
      return [
        {
          ...evicted,
          meaning: `The kubelet ended a running pod because the node was short of ${of}.`,
          check: 'Compare what the pod used with what it asked for.',
          note: resources.map((resource) => `low on resource: ${resource}`),
          ...ended,
        },
        {
          ...evicted,
          meaning: `The kubelet refused the pod because its node is short of ${of}.`,
          check: 'Find what fills the node.',
          note: [`[${problem}`],
          ...ended,
        },
      ]
    }),
  ),
  ...emittedBy(
    'kubelet',
    ['Pod'],
    [
      {
        reason: 'Evicted',
        problem: 'EphemeralStorageExceeded',
        type: 'Warning',
        category: 'pressure',
        severity: 'high',
        meaning: 'The kubelet ended a pod that wrote more to the disk of its node than its own limit allows.',
        check: 'Look what the pod writes, or raise its limit for local storage.',
        note: ['ephemeral local storage usage exceeds', 'exceeded its local ephemeral storage limit', 'EmptyDir'],
        gone: 'regarding',
        end: 'unknown',
        repeatsMinutes: 60,
        holdsMinutes: 60,
      },
      {
        reason: 'Evicted',
        type: 'Warning',
        category: 'pressure',
        severity: 'high',
        meaning: 'The kubelet ended a running pod because the node was short of a resource.',
        check: 'Compare what the pod used with what it asked for.',
        gone: 'regarding',
        ...evictedUntil(...PRESSURES.map(({ ends }) => ends)),
      },
      {
        reason: 'Evicted',
        type: 'Warning',
        category: 'pressure',
        severity: 'high',
        meaning: 'The kubelet refused the pod because its node is short of memory, disk or process ids.',
        check: 'Find what fills the node.',
        note: ['The node had condition'],
        gone: 'regarding',
        ...evictedUntil(...PRESSURES.map(({ ends }) => ends)),
      },
    ],
  ),
]
