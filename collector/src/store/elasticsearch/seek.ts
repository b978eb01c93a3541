import { formatMicros } from '../../event/rfc3339.ts'
import type { RowKey } from '../../query/cursor.ts'
import type { EventQuery } from '../../query/model.ts'
import type { Query } from './filter-query.ts'

type Order = EventQuery['order']

/** The order of observations: (lastObserved, resourceVersion, id), an absent resourceVersion first. */
export function sortOf(order: Order): readonly object[] {
  const direction = order === 'newest' ? 'desc' : 'asc'
  return [
    { '@timestamp': { order: direction } },
    { resourceVersion: { order: direction, missing: order === 'newest' ? '_last' : '_first' } },
    { id: { order: direction } },
  ]
}

/**
 * Rows behind a key, in the direction of an order. A condition instead of `search_after`: for an absent resourceVersion
 * Elasticsearch returns a place that JavaScript's numbers cannot hold.
 */
export function behindQuery(order: Order, key: RowKey): Query {
  return order === 'newest' ? compareQuery('lt', 'lt', key) : compareQuery('gt', 'gt', key)
}

/** Rows up to a key, itself included. */
export function upToQuery(key: RowKey): Query {
  return compareQuery('lt', 'lte', key)
}

function compareQuery(
  side: 'lt' | 'gt',
  last: 'lt' | 'gt' | 'lte',
  { lastObserved, resourceVersion, id }: RowKey,
): Query {
  const time = formatMicros(lastObserved)
  const sameVersion = { bool: { filter: [versionIs(resourceVersion), { range: { id: { [last]: id } } }] } }
  const otherVersion = versionBeyond(side, resourceVersion)
  const sameTime = {
    bool: {
      filter: [
        { range: { '@timestamp': { gte: time, lte: time } } },
        either(otherVersion === null ? [sameVersion] : [otherVersion, sameVersion]),
      ],
    },
  }
  return either([{ range: { '@timestamp': { [side]: time } } }, sameTime])
}

function versionIs(version: number | null): Query {
  return version === null ? ABSENT : { term: { resourceVersion: version } }
}

/** Null when there is none: below an absent version. */
function versionBeyond(side: 'lt' | 'gt', version: number | null): Query | null {
  if (version === null) return side === 'lt' ? null : { exists: { field: 'resourceVersion' } }
  const beyond = { range: { resourceVersion: { [side]: version } } }
  return side === 'lt' ? either([beyond, ABSENT]) : beyond
}

const ABSENT: Query = { bool: { must_not: [{ exists: { field: 'resourceVersion' } }] } }

function either(should: readonly Query[]): Query {
  return { bool: { should, minimum_should_match: 1 } }
}
