import type { NormalizedEvent } from '../../event/observation.ts'

/** What extraction looks at. */
export type ExtractSubject = Pick<NormalizedEvent, 'reason' | 'note' | 'regarding' | 'node' | 'container'>

/** Values found in the note of an event. */
export function extractMetadata(event: ExtractSubject): Readonly<Record<string, string>> {
  const image = /image "([^"]{1,300})"/.exec(event.note)?.[1]
  return image === undefined ? {} : { image }
}
