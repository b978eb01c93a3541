import type { NormalizedEvent } from '../event/observation.ts'
import type { RawEvent } from '../event/raw-event.ts'
import { spellingOfRest, withRest } from './rest.ts'
import { usualEvent } from './usual-event.ts'

/**
 * The event as it was received, from what is stored of it: of the API group it came from, without managedFields, with
 * `kind` and `apiVersion`. Where the flags say so it differs: `noteTruncated` (the note is cut), `redacted`
 * (credentials are gone), `textRepaired` (U+FFFD for what no store keeps).
 */
export function rebuildRaw(observation: NormalizedEvent): RawEvent {
  return withRest(usualEvent(observation, spellingOfRest(observation.rest)), observation.rest)
}
