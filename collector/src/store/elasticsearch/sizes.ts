import type { Connection } from './connection.ts'
import type { Indices } from './indices.ts'
import { readAliasOf } from './layout.ts'

/** Bytes on disk of each of our indices, without replicas. */
export class Sizes {
  readonly #connection: Connection
  readonly #indices: Indices

  constructor(connection: Connection, indices: Indices) {
    this.#connection = connection
    this.#indices = indices
  }

  async ofIndices(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const { settings, records } = this.#indices
    const { body } = await this.#connection.request<StatsAnswer>(
      'asking Elasticsearch for its size',
      {
        method: 'GET',
        path: `/${readAliasOf(settings.prefix)},${records}/_stats/store`,
        query: { filter_path: 'indices.*.primaries.store.size_in_bytes', ignore_unavailable: true },
        accept: [404],
      },
      signal,
    )
    const sizes = Object.entries(body.indices ?? {})
    return new Map(sizes.map(([name, { primaries }]) => [name, primaries?.store?.size_in_bytes ?? 0]))
  }

  async total(signal: AbortSignal): Promise<number> {
    return [...(await this.ofIndices(signal)).values()].reduce((sum, bytes) => sum + bytes, 0)
  }
}

interface StatsAnswer {
  readonly indices?: Readonly<
    Record<string, { readonly primaries?: { readonly store?: { readonly size_in_bytes?: number } } }>
  >
}
