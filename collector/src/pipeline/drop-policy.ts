import { SEVERITIES, type Severity } from '../event/words.ts'

/** What happens when the buffer's bytes reach their bound. */
export type WhenFull = 'stop reading' | 'drop lowest severity'

/**
 * From these shares of the bound on, events up to this severity are dropped, when the policy says so. The last tenth is
 * for high and critical ones; at the bound everything is dropped.
 */
const DROP_STEPS: readonly { readonly fullness: number; readonly upTo: Severity }[] = [
  { fullness: 1, upTo: 'critical' },
  { fullness: 0.9, upTo: 'medium' },
  { fullness: 0.8, upTo: 'low' },
  { fullness: 0.7, upTo: 'info' },
]

/** Whether an event of `severity` is dropped at this fullness (0 to 1, of the bound). */
export function mustDrop(policy: WhenFull, fullness: number, severity: string): boolean {
  if (policy === 'stop reading') return false
  const step = DROP_STEPS.find((candidate) => fullness >= candidate.fullness)
  return step !== undefined && SEVERITIES.indexOf(severity as Severity) <= SEVERITIES.indexOf(step.upTo)
}

/** Whether reading waits until the store has caught up. */
export function mustWait(policy: WhenFull, fullness: number): boolean {
  return policy === 'stop reading' && fullness >= 1
}
