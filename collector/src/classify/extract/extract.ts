import { plainNote } from '../../event/note.ts'
import type { NormalizedEvent } from '../../event/observation.ts'
import { ADMISSION } from './admission.ts'
import { CONTAINER } from './container.ts'
import { EVICTION } from './eviction.ts'
import type { Extraction } from './extraction.ts'
import { IMAGE } from './image.ts'
import { NETWORK } from './network.ts'
import { NODE_VALUES } from './node.ts'
import { PROBE } from './probe.ts'
import { SCHEDULING } from './scheduling.ts'
import { STORAGE } from './storage.ts'
import { WORKLOAD } from './workload.ts'

export { METADATA_KEYS } from './extraction.ts'

/** All ways to find values; of two that give the same key, the earlier one wins. */
export const EXTRACTIONS: readonly Extraction[] = [
  ...IMAGE,
  ...CONTAINER,
  ...STORAGE,
  ...SCHEDULING,
  ...EVICTION,
  ...PROBE,
  ...WORKLOAD,
  ...NODE_VALUES,
  ...ADMISSION,
  ...NETWORK,
]

/** Longest value kept, in characters. */
export const MAX_VALUE_CHARACTERS = 500

const GENERAL = EXTRACTIONS.filter(({ reasons }) => reasons === null)
const BY_REASON = indexByReason()

/** Values found in the note of an event, by the keys of `METADATA_KEYS`. Linear in the note. */
export function extractMetadata(event: Pick<NormalizedEvent, 'reason' | 'note'>): Readonly<Record<string, string>> {
  const note = plainNote(event.note)
  const metadata: Record<string, string> = {}
  for (const { needs, pattern, derive } of BY_REASON.get(event.reason) ?? GENERAL) {
    if (needs !== undefined && !note.includes(needs)) continue
    const groups = pattern.exec(note)?.groups
    if (groups === undefined) continue
    for (const [key, value] of Object.entries(derive?.(groups) ?? groups)) {
      if (value !== undefined && value !== '') metadata[key] ??= value.slice(0, MAX_VALUE_CHARACTERS)
    }
  }
  return metadata
}

function indexByReason(): ReadonlyMap<string, readonly Extraction[]> {
  const reasons = new Set(EXTRACTIONS.flatMap(({ reasons: words }) => words ?? []))
  return new Map(
    [...reasons].map((reason) => [
      reason,
      EXTRACTIONS.filter(({ reasons: words }) => words === null || words.includes(reason)),
    ]),
  )
}
