import { HAPPENED, MACHINE_GOES, saidOnceUntil } from './life.ts'
import { emittedBy, type ReasonEntry } from './reason-entry.ts'

/** What Karpenter hears of the machines of AWS. */
export const KARPENTER_AWS: readonly ReasonEntry[] = [
  ...emittedBy(
    'karpenter on AWS',
    ['Node', 'NodeClaim'],
    [
      {
        reason: 'SpotInterrupted',
        type: 'Warning',
        category: 'node',
        severity: 'high',
        meaning: 'The cloud takes the spot machine back within minutes.',
        check: 'Look whether its pods find another node in time.',
        ...MACHINE_GOES,
      },
      {
        reason: 'SpotRebalanceRecommendation',
        type: 'Normal',
        category: 'node',
        severity: 'medium',
        meaning: 'The cloud is likely to take the spot machine back soon.',
        ...HAPPENED,
      },
      {
        reason: 'InstanceStopping',
        type: 'Warning',
        category: 'node',
        severity: 'high',
        meaning: 'The machine of the node is being stopped.',
        check: 'Look who stops it.',
        ...MACHINE_GOES,
      },
      {
        reason: 'InstanceTerminating',
        type: 'Warning',
        category: 'node',
        severity: 'high',
        meaning: 'The machine of the node is being ended.',
        check: 'Look who ends it.',
        ...MACHINE_GOES,
      },
      {
        reason: 'InstanceUnhealthy',
        type: 'Warning',
        category: 'node',
        severity: 'high',
        meaning: 'The cloud reports that the machine of the node is sick.',
        check: "Look at the cloud's health page, and replace the node.",
        ...saidOnceUntil('RemovingNode', 'DeletingNode'),
      },
      {
        reason: 'TerminatingOnInterruption',
        type: 'Warning',
        category: 'node',
        severity: 'high',
        meaning: 'Karpenter drains the node because the cloud takes its machine away.',
        check: 'Look whether its pods find another node in time.',
        ...MACHINE_GOES,
      },
    ],
  ),
]
