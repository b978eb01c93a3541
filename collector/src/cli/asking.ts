import type { Notice } from '../api/notices.ts'
import type { Asked, EndpointName } from '../api/endpoint.ts'

/** Where a reading command gets its answers from. Both kinds ask the same table of endpoints. */
export interface Answers {
  /** Whether a collector answers: rows that it gets while one looks are in later answers. */
  readonly isRunning: boolean
  ask(name: EndpointName, asked: Asked, signal: AbortSignal): Promise<unknown>
  /** All observations of a range as NDJSON, in pieces of whole or broken lines. */
  export(parameters: Asked['parameters'], signal: AbortSignal): Promise<Exported>
  close(): Promise<void>
}

export interface Exported {
  readonly notices: readonly Notice[]
  readonly pieces: AsyncIterable<string>
}
