import type { ConnectionSettings } from '../../collector/src/store/elasticsearch/connection.ts'
import {
  openElasticsearchStore,
  type ElasticsearchOptions,
} from '../../collector/src/store/elasticsearch/elasticsearch-store.ts'
import { DEFAULT_LAYOUT, type LayoutSettings } from '../../collector/src/store/elasticsearch/layout.ts'
import type { EventStore } from '../../collector/src/store/store.ts'

export interface Overrides {
  readonly connection?: Partial<ConnectionSettings>
  readonly layout?: Partial<LayoutSettings>
}

/** Default limits, without replicas. */
export function elasticsearchOptions(
  url: string,
  prefix: string,
  { connection, layout }: Overrides = {},
): ElasticsearchOptions {
  return {
    connection: { nodes: [url], requestTimeoutMs: 30_000, ...connection },
    layout: { ...DEFAULT_LAYOUT, prefix, replicas: 0, ...layout },
    bulk: { maxBytes: 5_000_000, maxDocuments: 5_000, inFlight: 2 },
    random: Math.random,
  }
}

/** A store on the server at `url`. */
export function anElasticsearchStore(url: string, prefix: string, overrides: Overrides = {}): EventStore {
  return openElasticsearchStore(elasticsearchOptions(url, prefix, overrides))
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
