import type { EpochMicros } from '../../clock.ts'
import { knownField } from '../../query/field-value.ts'
import { pathOf, type Query } from './filter-query.ts'
import { bucketsIn, type Bucket, type Search } from './search.ts'

/** Fields that tell events apart. */
export const EVENT_KEY = ['cluster', 'uid'] as const
/** The number of the object (`object-identity.ts`): no field that anybody asks for. */
export const OBJECT_HASH = 'objectHash'

/**
 * Buckets of one answer at most; Elasticsearch's own bound is 65,536, sub-buckets included. Every further answer looks at all
 * rows once more, so that a day of minutes by twenty reasons should fit into one.
 */
const BUCKETS_AT_ONCE = 30_000

/** The same where buckets are only counted, so that the answer is small. */
export const COUNTED_AT_ONCE = 60_000

/** What the rows are grouped by. */
export interface Grouping {
  readonly query: Query
  /** Fields whose texts make the key. */
  readonly sources: readonly string[]
  /** Groups by time too, in slices of this length from the epoch. */
  readonly every?: EpochMicros
  readonly aggregations?: object
  /** Buckets that each bucket holds, itself included. */
  readonly weight?: number
  /** How many of the sources, the first ones, have texts that are read; all of them unless given. */
  readonly keysRead?: number
}

export interface KeyedBucket extends Omit<Bucket, 'key'> {
  /** Texts of the sources, in order; the empty text where the field is absent. */
  readonly key: readonly string[]
  /** Start of the slice of time; 0 without `every`. */
  readonly slice: EpochMicros
  readonly doc_count: number
}

/**
 * All groups with their sub-aggregations, in the order of the sources. Exact, whatever their number: composite pages,
 * where `terms` would stop at a size.
 */
export async function* allBuckets(
  search: Search,
  grouping: Grouping,
  signal: AbortSignal,
): AsyncGenerator<KeyedBucket> {
  const { query, sources, every, aggregations, weight = 1, keysRead } = grouping
  if (sources.length === 0 && every === undefined) {
    yield* theOnlyBucket(search, grouping, signal)
    return
  }
  const composite = {
    size: keysRead === undefined ? Math.max(1, Math.floor(BUCKETS_AT_ONCE / weight)) : COUNTED_AT_ONCE,
    sources: [
      ...termSources(sources),
      ...(every === undefined ? [] : [{ slice: { histogram: { field: 'lastObservedMicros', interval: every } } }]),
    ],
  }
  for (let after: unknown; ;) {
    const body = {
      size: 0,
      track_total_hits: false,
      query,
      aggs: {
        groups: {
          composite: after === undefined ? composite : { ...composite, after },
          ...(aggregations === undefined ? {} : { aggs: aggregations }),
        },
      },
    }
    const answer = await search.days(body, signal, keysRead === undefined ? undefined : countedParts(keysRead))
    const buckets = bucketsIn(answer?.aggregations, 'groups')
    for (const bucket of buckets) yield keyed(bucket, sources.slice(0, keysRead))
    after = (answer?.aggregations?.['groups'] as { readonly after_key?: unknown } | undefined)?.after_key
    if (buckets.length < composite.size || after === undefined) return
  }
}

/** What is wanted of an answer when only the first sources, and the slice, are read of each bucket. */
function countedParts(keysRead: number): readonly string[] {
  const keys = Array.from({ length: keysRead }, (_, place) => `key.k${String(place)}`)
  const ofBucket = ['doc_count', 'key.slice', ...keys].map((path) => `aggregations.groups.buckets.${path}`)
  return ['aggregations.groups.after_key', ...ofBucket]
}

/** Without sources all rows are one group, which is not there without rows. */
async function* theOnlyBucket(
  search: Search,
  { query, aggregations }: Grouping,
  signal: AbortSignal,
): AsyncGenerator<KeyedBucket> {
  const body = { size: 0, query, track_total_hits: true, ...(aggregations === undefined ? {} : { aggs: aggregations }) }
  const answer = await search.days(body, signal)
  const rows = answer?.hits.total?.value ?? 0
  if (rows > 0) yield { ...answer?.aggregations, key: [], slice: 0, doc_count: rows }
}

/** What a composite aggregation groups by, for {@link keyed}. */
export function termSources(fields: readonly string[]): readonly object[] {
  return fields.map((field, place) => {
    const path = field === OBJECT_HASH ? field : pathOf(knownField(field))
    return { [`k${String(place)}`]: { terms: { field: path, missing_bucket: true } } }
  })
}

export function keyed(bucket: Bucket, sources: readonly string[]): KeyedBucket {
  const parts = (bucket.key ?? {}) as Readonly<Record<string, string | number | boolean | null>>
  const key = sources.map((field, place) => keyText(field, parts[`k${String(place)}`] ?? null))
  return { ...bucket, key, slice: Number(parts['slice'] ?? 0) }
}

/** The text of a value as `field-value.ts` has it: what is left out of documents is false, zero or empty. */
function keyText(name: string, value: string | number | boolean | null): string {
  if (value !== null) return String(value)
  const { type } = knownField(name).field
  if (type === 'boolean') return 'false'
  return type === 'integer' ? '0' : ''
}
