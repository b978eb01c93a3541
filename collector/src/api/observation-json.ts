import type { Observation } from '../event/observation.ts'
import { formatTime } from '../query/time.ts'

/** Fields of an observation that are instants. */
type TimeField = 'firstObserved' | 'lastObserved' | 'received' | 'deltaSince'

/** An observation as API, export and `--json` give it: the same names, instants as RFC 3339 in UTC. */
export type ObservationJson = Omit<Observation, TimeField> & { readonly [field in TimeField]: string }

/** The one way an observation becomes JSON. Microseconds are kept, and no number is above 2^53. */
export function observationJson(observation: Observation): ObservationJson {
  return {
    ...observation,
    firstObserved: formatTime(observation.firstObserved),
    lastObserved: formatTime(observation.lastObserved),
    received: formatTime(observation.received),
    deltaSince: formatTime(observation.deltaSince),
  }
}
