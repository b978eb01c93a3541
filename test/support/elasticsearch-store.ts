import { openElasticsearchStore } from '../../collector/src/store/elasticsearch/elasticsearch-store.ts'
import { DEFAULT_LAYOUT } from '../../collector/src/store/elasticsearch/layout.ts'
import type { EventStore } from '../../collector/src/store/store.ts'

/** A store on the server at `url` with default limits, without replicas. */
export function anElasticsearchStore(url: string, prefix: string): EventStore {
  return openElasticsearchStore({
    connection: { nodes: [url], requestTimeoutMs: 30_000 },
    layout: { ...DEFAULT_LAYOUT, prefix, replicas: 0 },
    bulk: { maxBytes: 5_000_000, maxDocuments: 5_000, inFlight: 2 },
    random: Math.random,
  })
}

/** Calls the server as a person with curl would. */
export async function callElasticsearch(url: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: text }),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer
}
