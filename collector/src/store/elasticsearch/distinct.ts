import { COUNTED_AT_ONCE, EVENT_KEY, OBJECT_HASH, type KeyedBucket } from './composite.ts'
import type { Query } from './filter-query.ts'
import { OBJECT_KEY } from './object-identity.ts'
import { childIn, valueIn, type Bucket, type Search } from './search.ts'

/** What can be counted once for each group and window. */
export type Distinct = 'objects' | 'events'

/** The fields that tell them apart. Rows of days with an older mapping have no number of their object. */
export async function distinctFields(
  distinct: Distinct,
  query: Query,
  search: Search,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (distinct === 'events') return EVENT_KEY
  const without = { bool: { filter: [query], must_not: [{ exists: { field: OBJECT_HASH } }] } }
  const answer = await search.days({ query: without, size: 1, track_total_hits: false, _source: false }, signal)
  return (answer?.hits.hits ?? []).length === 0 ? [OBJECT_HASH] : OBJECT_KEY
}

/** Distinct objects or events, of all groups and windows together, that are counted: one answer of the server holds them. */
export const MOST_COUNTED = COUNTED_AT_ONCE

/** How an estimate is made: HyperLogLog++, exact for practical purposes up to the threshold. */
export interface Estimate {
  readonly aggregations: object
  /** Share by which it may be off, in 19 of 20 cases. */
  readonly error: number
}

/**
 * Registers take memory for each cell, on every shard at once, and Elasticsearch refuses what needs too much: together some
 * 32 MB. The error is twice 1.04 / sqrt(registers), of Flajolet et al., "HyperLogLog", 2007.
 */
const PRECISIONS = [
  { mostCells: 500, threshold: 10_000, error: 0.008 },
  { mostCells: 4_000, threshold: 1_000, error: 0.023 },
]
const COARSE = { threshold: 100, error: 0.065 }

export function estimateOf(distinct: Distinct, cells: number): Estimate {
  const { threshold, error } = PRECISIONS.find(({ mostCells }) => cells <= mostCells) ?? COARSE
  // The uid of an event is random: no two clusters have the same.
  const field = distinct === 'objects' ? OBJECT_HASH : 'uid'
  const cardinality = { cardinality: { field, precision_threshold: threshold } }
  const unnamed = distinct === 'events' ? { unnamed: { missing: { field: 'uid' } } } : {}
  return { aggregations: { distinct: cardinality, ...unnamed }, error }
}

/** What an estimate says of a bucket. A row without uid is an event of its own. */
export function estimatedIn(bucket: Bucket | KeyedBucket): number {
  return (valueIn(bucket, 'distinct') ?? 0) + (childIn(bucket, 'unnamed')?.doc_count ?? 0)
}
