import type { Clock } from '../clock.ts'
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
): (event: NormalizedEvent, classification: Classification) => string | null {
  const maxAge = new Map<string, number>()
  for (const { severities, maxAge: age } of classes) {
    for (const severity of severities) if (!maxAge.has(severity)) maxAge.set(severity, age)
  }
  return ({ source, lastObserved }, { severity }) => {
    if (source.startsWith('recording') && !includeRecordings) return null
    const age = maxAge.get(severity)
    return age !== undefined && lastObserved < clock() - age ? OLDER_THAN_RETENTION : null
  }
}
