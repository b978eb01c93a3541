import type { Asked, EndpointName } from '../api/endpoint.ts'

/** Asks what the API answers. */
export type AskEndpoint = (name: EndpointName, asked: Asked, signal: AbortSignal) => Promise<object>
