import type { Asked, EndpointName } from '../api/endpoints.ts'

/** Where a reading command gets its answers from. Both kinds ask the same table of endpoints. */
export interface Answers {
  ask(name: EndpointName, asked: Asked, signal: AbortSignal): Promise<unknown>
  close(): Promise<void>
}
