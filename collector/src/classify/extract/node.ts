import type { Extraction } from './extraction.ts'

const NODE = [
  'NodeReady',
  'NodeNotReady',
  'NodeSchedulable',
  'NodeNotSchedulable',
  'NodeHasDiskPressure',
  'NodeHasNoDiskPressure',
  'NodeHasSufficientMemory',
  'NodeHasInsufficientMemory',
  'NodeHasSufficientPID',
  'NodeHasInsufficientPID',
  'CIDRAssignmentFailed',
  'CIDRNotAvailable',
]
const GROUP = ['ScaledUpGroup', 'FailedToScaleUpGroup', 'ScaleUpFailed', 'ScaleUpTimedOut', 'FailedToRevertScaleUp']

/** Nodes, their processes, and the groups they belong to. */
export const NODE_VALUES: readonly Extraction[] = [
  { reasons: NODE, pattern: /Node (?<node>[a-z0-9][a-z0-9.-]{0,252}) status is now: (?<condition>[A-Za-z]{1,60})/ },
  {
    reasons: ['RegisteredNode', 'RemovingNode', 'DeletingAllPods', 'Rebooted'],
    pattern: /Node (?<node>[a-z0-9][a-z0-9.-]{0,252}) (?:event|has been)/,
  },
  { reasons: ['OOMKilling'], pattern: /Killed process (?<pid>[0-9]{1,10}) \((?<process>[^)\n]{1,64})\)/ },
  { reasons: ['OOMKilling'], pattern: /[Kk]ill process (?<pid>[0-9]{1,10}) \((?<process>[^)\n]{1,64})\)/ },
  { reasons: ['SystemOOM'], pattern: /victim process: (?<process>[^,\n]{1,64}), pid: (?<pid>[0-9]{1,10})/ },
  { reasons: ['TaskHung'], pattern: /task (?<process>[^\s]{1,64}):(?<pid>[0-9]{1,10}) blocked/ },
  { reasons: ['CCPPCrash', 'UncaughtException'], pattern: /Process (?<pid>[0-9]{1,10}) \((?<process>[^)\n]{1,200})\)/ },
  { reasons: ['NodeControllerEviction'], pattern: /Pod (?<pod>[^\s]{1,253}) from Node (?<node>[^\s]{1,253})/ },
  {
    reasons: ['TriggeredScaleUp'],
    pattern: /\[\{(?<nodeGroup>[^\s]{1,300}) (?<nodesFrom>[0-9]{1,6})->(?<nodesTo>[0-9]{1,6})/,
  },
  {
    reasons: GROUP,
    pattern: /group (?<nodeGroup>[^\s]{1,300})/,
    derive: ({ nodeGroup = '' }) => ({ nodeGroup: nodeGroup.replace(/[:,]$/, '') }),
  },
  { reasons: ['ScaledUpGroup'], pattern: /size to (?<nodesTo>[0-9]{1,6}) instead of (?<nodesFrom>[0-9]{1,6})/ },
  {
    reasons: ['ScaleDown', 'ScaleDownEmpty'],
    needs: 'node ',
    pattern: /removing (?:empty )?node "?(?<node>[a-z0-9][a-z0-9.-]{0,252})/,
  },
  { reasons: ['Nominated'], needs: 'node/', pattern: /node\/(?<node>[a-z0-9][a-z0-9.-]{0,252})/ },
]
