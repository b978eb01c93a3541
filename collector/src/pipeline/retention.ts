import type { Clock } from '../clock.ts'
import { isRecorded } from '../event/raw-event.ts'
import type { Classification, NormalizedEvent } from '../event/observation.ts'
import type { RetentionPolicy } from '../store/store.ts'

/** Outcome of an event that its retention would remove at once (frame §6.3). */
const OLDER_THAN_RETENTION = 'older than retention'

/**
 * Tells which events are not worth storing because retention would remove them at once. So invented old times open no
 * index and fill no file. Recordings are spared unless the policy includes them.
 */
export function expiredBy(
  { classes, includeRecordings }: RetentionPolicy,
  clock: Clock,
): (event: NormalizedEvent, classify: () => Pick<Classification, 'severity'>) => string | null {
  const maxAge = new Map<string, number>()
  for (const { severities, maxAge: age } of classes) {
    for (const severity of severities) if (!maxAge.has(severity)) maxAge.set(severity, age)
  }
  const shortest = Math.min(...maxAge.values())
  return ({ source, lastObserved }, classify) => {
    if (isRecorded({ source }) && !includeRecordings) return null
    const age = clock() - lastObserved
    if (age <= shortest) return null // nearly always: so an event seen before need not be classified
    return age > (maxAge.get(classify().severity) ?? Infinity) ? OLDER_THAN_RETENTION : null
  }
}
