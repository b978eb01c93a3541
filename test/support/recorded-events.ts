import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { RawEvent } from '../../collector/src/event/raw-event.ts'

/** Invented events of situations that people meet: each has its test in `test/cases`. */
export const RECORDINGS = join(import.meta.dirname, '../cases/recordings')
/** The shipped recording, made in the lab. */
export const SHOP = join(import.meta.dirname, '../../collector/recordings/shop.jsonl.gz')

export function recordingOf(situation: string): string {
  return join(RECORDINGS, `${situation}.jsonl`)
}

/** Of the types of watch lines, those that bring a version of an event. */
const TOLD: readonly string[] = ['ADDED', 'MODIFIED']

/** The events of a recording, line by line as they were received; of watch lines those that tell of one. */
export function readEvents(file: string): readonly RawEvent[] {
  const bytes = readFileSync(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { object, ...event } = JSON.parse(line) as RawEvent & { readonly object?: RawEvent }
      if (object === undefined) return [event]
      return TOLD.includes(String(event['type'])) ? [object] : []
    })
}
