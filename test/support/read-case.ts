import { createRuleSet } from '../../collector/src/classify/classify.ts'
import { HOUR } from '../../collector/src/clock.ts'
import type { Classification, Counts, NormalizedEvent, Placement } from '../../collector/src/event/observation.ts'
import { compareObservations } from '../../collector/src/event/observation.ts'
import type { RawEvent } from '../../collector/src/event/raw-event.ts'
import { createNormalizer, DEFAULT_MAX_NOTE_BYTES } from '../../collector/src/normalize/normalize.ts'
import { createTopology, type Topology } from '../../collector/src/topology/topology.ts'
import { readEvents, recordingOf } from './recorded-events.ts'

/** An event after normalize, gate and classify. */
export type ClassifiedEvent = NormalizedEvent & Counts & Classification

/** After everything that the cases tell of. */
const RECEIVED = Date.UTC(2027, 0, 1) * 1_000

/** The lines of a case in the order of the frame, with the new occurrences of each. */
export function readCase(name: string): readonly ClassifiedEvent[] {
  return counted(readEvents(recordingOf(name)).map(normalized).sort(compareObservations)).map((event) => ({
    ...event,
    ...rules.classify(event),
  }))
}

const normalize = createNormalizer({ maxNoteBytes: DEFAULT_MAX_NOTE_BYTES, redact: { enabled: true, keys: [] } })
const rules = createRuleSet({ files: [], clock: () => 0 })

/** A case as the correlator and the detector get it, and the topology that was learned on the way. */
export function readPlacedCase(name: string): {
  readonly events: readonly (ClassifiedEvent & Placement)[]
  readonly topology: Topology
} {
  const topology = createTopology()
  return { events: readCase(name).map((event) => ({ ...event, ...topology.place(event) })), topology }
}

/** Rule 4 of the frame, §6, for one file. */
function counted(events: readonly NormalizedEvent[]): readonly (NormalizedEvent & Counts)[] {
  const heads = new Map<string, NormalizedEvent>()
  return events.map((event) => {
    const chain = JSON.stringify([event.eventNamespace, event.name, event.firstObserved])
    const head = heads.get(chain)
    heads.set(chain, event)
    const occurrences = Math.max(0, event.count - (head?.count ?? 0))
    const deltaSince = head?.lastObserved ?? event.firstObserved
    const isPlaced = event.lastObserved - deltaSince <= HOUR
    const countDelta = isPlaced ? occurrences : 1
    return { ...event, deltaSince, countDelta, countUnplaced: occurrences - countDelta, countEstimated: false }
  })
}

function normalized(raw: RawEvent): NormalizedEvent {
  const origin = { cluster: 'cases', clusterUid: null, source: 'recording case' }
  const event = normalize(raw, origin, RECEIVED)
  if ('refused' in event) throw new Error(event.detail)
  return event
}
