import type { EpochMicros } from '../clock.ts'
import type { ProblemState } from './problem.ts'
import { severityRank } from './words.ts'

/** What decides which of two problems a person should look at first. */
export interface Ranked {
  readonly state: ProblemState
  readonly severity: string
  readonly kind: string
  readonly lastObserved: EpochMicros
  /** Breaks a tie, so that the order is always the same. */
  readonly id: string
}

/** Kinds that much else hangs on. */
const SHARED_KINDS = new Set(['Node', 'PersistentVolume', 'StorageClass', 'CSIDriver', 'CSINode'])

const HIGH = severityRank('high')

/**
 * Order of problems for people: what is not over, then what others hang on (where it is bad), the worst, the newest. Quiet
 * ones are as open as any.
 */
export function compareProblems(a: Ranked, b: Ranked): number {
  return (
    Number(a.state === 'over') - Number(b.state === 'over') ||
    Number(isShared(b)) - Number(isShared(a)) ||
    severityRank(b.severity) - severityRank(a.severity) ||
    b.lastObserved - a.lastObserved ||
    (a.id < b.id ? -1 : 1)
  )
}

function isShared({ kind, severity }: Ranked): boolean {
  return SHARED_KINDS.has(kind) && severityRank(severity) >= HIGH
}
