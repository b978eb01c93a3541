import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import { formatTime, parseTime } from '../query/time.ts'

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

/** The observation that {@link observationJson} made JSON of. */
export function fromObservationJson(json: ObservationJson): Observation {
  return {
    ...json,
    firstObserved: micros(json.firstObserved),
    lastObserved: micros(json.lastObserved),
    received: micros(json.received),
    deltaSince: micros(json.deltaSince),
  }
}

function micros(text: string): EpochMicros {
  const time = parseTime(text, 0)
  if (time === null) throw new RangeError(`"${text}" is not a time of an observation`)
  return time
}
