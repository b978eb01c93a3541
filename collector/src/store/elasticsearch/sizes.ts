import type { Connection } from './connection.ts'
import type { Indices } from './indices.ts'
import { readAliasOf } from './layout.ts'

/** What an index takes on disk, without replicas. */
export interface IndexSize {
  readonly bytes: number
  readonly documents: number
  /** Removed or replaced ones, whose bytes the server gives back when it merges. */
  readonly removed: number
}

/** Sizes of our indices. */
export class Sizes {
  readonly #connection: Connection
  readonly #indices: Indices

  constructor(connection: Connection, indices: Indices) {
    this.#connection = connection
    this.#indices = indices
  }

  async ofIndices(signal: AbortSignal): Promise<ReadonlyMap<string, IndexSize>> {
    const { settings, records } = this.#indices
    const { body } = await this.#connection.request<StatsAnswer>(
      'asking Elasticsearch for its size',
      {
        method: 'GET',
        path: `/${readAliasOf(settings.prefix)},${records}/_stats/store,docs`,
        query: {
          filter_path: 'indices.*.primaries.store.size_in_bytes,indices.*.primaries.docs',
          ignore_unavailable: true,
        },
        accept: [404],
      },
      signal,
    )
    return new Map(Object.entries(body.indices ?? {}).map(([name, { primaries }]) => [name, sizeOf(primaries)]))
  }

  async total(signal: AbortSignal): Promise<number> {
    return [...(await this.ofIndices(signal)).values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }
}

function sizeOf({ store, docs }: Primaries = {}): IndexSize {
  return { bytes: store?.size_in_bytes ?? 0, documents: docs?.count ?? 0, removed: docs?.deleted ?? 0 }
}

interface Primaries {
  readonly store?: { readonly size_in_bytes?: number }
  readonly docs?: { readonly count?: number; readonly deleted?: number }
}

interface StatsAnswer {
  readonly indices?: Readonly<Record<string, { readonly primaries?: Primaries }>>
}
