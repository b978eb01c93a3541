import type { Place, RawEvent } from '../../event/raw-event.ts'
import type { RecordingInput } from './input.ts'
import { interpret } from './interpret.ts'

/** A recorded event on its way through the spool: its JSON as recorded, behind the numbers of its input and its line. */
export function toSpooled(input: number, line: number, text: string): string {
  return `${input} ${line} ${text}`
}

export interface SpooledEvent {
  readonly raw: RawEvent
  readonly place: Place
}

/** The inverse of {@link toSpooled}. */
export function fromSpooled(spooled: string, inputs: readonly RecordingInput[]): SpooledEvent {
  const inputEnd = spooled.indexOf(' ')
  const lineEnd = spooled.indexOf(' ', inputEnd + 1)
  const stream = inputs[Number(spooled.slice(0, inputEnd))]?.name ?? ''
  const interpretation = interpret(spooled.slice(lineEnd + 1))
  if (interpretation.kind !== 'event')
    throw new Error(`${stream}: an event came back from the sort file as another thing`)
  return { raw: interpretation.raw, place: { stream, line: Number(spooled.slice(inputEnd + 1, lineEnd)) } }
}
