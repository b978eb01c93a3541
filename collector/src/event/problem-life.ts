import { HOUR, MINUTE, type EpochMicros } from '../clock.ts'

/** How a problem ends that events tell of. */
export interface ProblemLife {
  /** Reasons that say it is over, of the same object or workload. */
  readonly clearedBy: readonly string[]
  /** How long it may be silent and still be there, µs. */
  readonly holds: EpochMicros
}

/** A series is refreshed every 30 min, and controllers retry a failed create up to 16 min 40 s apart. */
const USUAL: ProblemLife = { clearedBy: [], holds: 35 * MINUTE }

/** A kubelet tells of a container at least once in 5 min, the longest pause between two starts as well. */
const CONTAINER_HOLDS = 15 * MINUTE

/** What is said once, when it begins, and once, when it ends. */
const UNTIL_SAID = 24 * HOUR

const POD_RUNS = ['Started', 'Pulled']

const BY_REASON: Readonly<Record<string, ProblemLife>> = {
  BackOff: { clearedBy: [], holds: CONTAINER_HOLDS },
  Unhealthy: { clearedBy: [], holds: CONTAINER_HOLDS },
  Failed: { clearedBy: [], holds: CONTAINER_HOLDS },
  FailedScheduling: { clearedBy: ['Scheduled'], holds: USUAL.holds },
  FailedMount: { clearedBy: POD_RUNS, holds: USUAL.holds },
  FailedMapVolume: { clearedBy: POD_RUNS, holds: USUAL.holds },
  FailedAttachVolume: { clearedBy: ['SuccessfulAttachVolume', ...POD_RUNS], holds: USUAL.holds },
  FailedCreatePodSandBox: { clearedBy: POD_RUNS, holds: USUAL.holds },
  FailedCreatePodContainer: { clearedBy: POD_RUNS, holds: USUAL.holds },
  FailedCreate: { clearedBy: ['SuccessfulCreate'], holds: USUAL.holds },
  FailedDelete: { clearedBy: ['SuccessfulDelete'], holds: USUAL.holds },
  ProvisioningFailed: { clearedBy: ['ProvisioningSucceeded'], holds: USUAL.holds },
  VolumeResizeFailed: { clearedBy: ['VolumeResizeSuccessful', 'FileSystemResizeSuccessful'], holds: USUAL.holds },
  FailedGetResourceMetric: { clearedBy: ['SuccessfulRescale'], holds: USUAL.holds },
  NodeNotReady: { clearedBy: ['NodeReady'], holds: UNTIL_SAID },
  NodeNotSchedulable: { clearedBy: ['NodeSchedulable'], holds: UNTIL_SAID },
  NodeHasDiskPressure: { clearedBy: ['NodeHasNoDiskPressure'], holds: UNTIL_SAID },
  NodeHasInsufficientMemory: { clearedBy: ['NodeHasSufficientMemory'], holds: UNTIL_SAID },
  NodeHasInsufficientPID: { clearedBy: ['NodeHasSufficientPID'], holds: UNTIL_SAID },
  BackoffLimitExceeded: { clearedBy: ['Completed'], holds: UNTIL_SAID },
}

/** An image that cannot be pulled: reasons it shares with crashing containers, whose start it clears. */
const IMAGE: ProblemLife = { clearedBy: POD_RUNS, holds: USUAL.holds }

/** How long a problem holds for which nothing else is known; the longest of all but {@link LONG_REASONS}. */
export const USUAL_HOLD: EpochMicros = USUAL.holds

/** The longest that any problem holds: further back nothing needs to be read. */
export const LONGEST_HOLD: EpochMicros = UNTIL_SAID

/** Reasons that hold longer than {@link USUAL_HOLD}: few, and seldom said. */
export const LONG_REASONS: readonly string[] = Object.entries(BY_REASON)
  .filter(([, { holds }]) => holds > USUAL.holds)
  .map(([reason]) => reason)

/**
 * How a problem of this reason and category ends. `Started` does not clear a crashing container: it is started again and
 * again.
 */
export function lifeOf(reason: string, category: string): ProblemLife {
  if (category === 'image' && (reason === 'BackOff' || reason === 'Failed')) return IMAGE
  return Object.hasOwn(BY_REASON, reason) ? (BY_REASON[reason] ?? USUAL) : USUAL
}
