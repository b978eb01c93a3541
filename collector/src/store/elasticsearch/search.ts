import { setTimeout as delay } from 'node:timers/promises'
import type { EventDocument } from './document.ts'
import type { Connection } from './connection.ts'
import type { Indices } from './indices.ts'
import { readAliasOf } from './layout.ts'

const NOT_FOUND = 404
const UNAVAILABLE = 503
/** Between tries: the shard of a day that just begins, or that moves to another node, is missing for a moment. */
const PAUSES_MS = [50, 100, 200, 400, 800]

export interface Hit {
  readonly _id: string
  /** Where `version` was asked for. */
  readonly _version?: number
  readonly _source: EventDocument
  readonly sort?: readonly unknown[]
  /** Of `docvalue_fields`: every value is a list. */
  readonly fields?: Readonly<Record<string, readonly (string | number)[]>>
}

/** A bucket of any aggregation: what is read of it says the request. */
export interface Bucket {
  readonly key: unknown
  readonly doc_count: number
  readonly [aggregation: string]: unknown
}

export interface SearchAnswer {
  readonly hits: { readonly total?: { readonly value: number }; readonly hits: readonly Hit[] }
  readonly aggregations?: Readonly<Record<string, unknown>>
}

/** Searches over all days, or one. Each sees what this process has written before it began. */
export class Search {
  readonly #connection: Connection
  readonly #indices: Indices
  readonly #target: string

  /** @param target the days: all of them unless one is named. */
  constructor(connection: Connection, indices: Indices, target: string = readAliasOf(indices.settings.prefix)) {
    this.#connection = connection
    this.#indices = indices
    this.#target = target
  }

  /** Searches that look at one day alone. */
  within(day: string): Search {
    return new Search(this.#connection, this.#indices, day)
  }

  /** Null while there is no day at all. */
  days(body: object, signal: AbortSignal, parts?: readonly string[]): Promise<SearchAnswer | null> {
    return this.in(this.#target, body, signal, parts)
  }

  /**
   * Null when the index, or alias, is not there. A part of the shards is no answer: then it is unavailable.
   *
   * @param parts paths of the answer that are wanted; all of it unless given.
   */
  async in(target: string, body: object, signal: AbortSignal, parts?: readonly string[]): Promise<SearchAnswer | null> {
    await this.#indices.refresh()
    for (let attempt = 0; ; attempt += 1) {
      const pause = PAUSES_MS[attempt]
      const { status, body: answer } = await this.#connection.request<SearchAnswer>(
        'searching Elasticsearch',
        {
          method: 'POST',
          path: `/${target}/_search`,
          query: {
            allow_partial_search_results: false,
            ...(parts === undefined ? {} : { filter_path: [...parts, 'error', 'status'].join(',') }),
          },
          body,
          accept: pause === undefined ? [NOT_FOUND] : [NOT_FOUND, UNAVAILABLE],
        },
        signal,
      )
      if (status === NOT_FOUND) return null
      if (status !== UNAVAILABLE || pause === undefined) return answer
      await delay(pause, undefined, { signal })
    }
  }
}

/** Value of a metric; null over no documents. */
export function valueIn(bucket: Readonly<Record<string, unknown>> | undefined, name: string): number | null {
  return (bucket?.[name] as { readonly value?: number | null } | undefined)?.value ?? null
}

/** A sub-aggregation of its own documents: `filter`. */
export function childIn(bucket: Readonly<Record<string, unknown>> | undefined, name: string): Bucket | undefined {
  return bucket?.[name] as Bucket | undefined
}

export function bucketsIn(bucket: Readonly<Record<string, unknown>> | undefined, name: string): readonly Bucket[] {
  return (bucket?.[name] as { readonly buckets?: readonly Bucket[] } | undefined)?.buckets ?? []
}

export function hitsIn(bucket: Readonly<Record<string, unknown>> | undefined, name: string): readonly Hit[] {
  return (bucket?.[name] as { readonly hits?: { readonly hits: readonly Hit[] } } | undefined)?.hits?.hits ?? []
}
