import { formatMicros } from '../../event/rfc3339.ts'
import type { Filter } from '../../query/model.ts'
import { chainKey, type Chain, type ChainHead } from '../store.ts'
import { observationOf } from './document.ts'
import { filterQuery, type Query } from './filter-query.ts'
import { childIn, hitsIn, valueIn, type Search } from './search.ts'

/** Chains asked for at once: one bucket each. */
const AT_ONCE = 500

/** Highest resourceVersion first (an absent one is lowest), then highest time. */
const NEWEST_FIRST = [{ resourceVersion: { order: 'desc', missing: '_last' } }, { '@timestamp': { order: 'desc' } }]

/** What is stored of each chain; chains without a row are absent. */
export async function findChains(
  search: Search,
  chains: readonly Chain[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ChainHead>> {
  const distinct = [...new Map(chains.map((chain) => [chainKey(chain), chain])).values()]
  const heads = new Map<string, ChainHead>()
  for (let start = 0; start < distinct.length; start += AT_ONCE) {
    const part = distinct.slice(start, start + AT_ONCE)
    const answer = await search.days(chainSearch(part), signal)
    const buckets = childIn(answer?.aggregations, 'chains')?.['buckets'] as
      readonly Record<string, unknown>[] | undefined
    for (const [place, bucket] of (buckets ?? []).entries()) {
      const [head, chain] = [headOf(bucket), part[place]]
      if (head !== null && chain !== undefined) heads.set(chainKey(chain), head)
    }
  }
  return heads
}

/** Most chains asked for have no row: the names alone, which are indexed, then find nothing, in no index. */
function chainSearch(chains: readonly Chain[]): object {
  const oldest = chains.reduce((time, { firstObserved }) => Math.min(time, firstObserved), Infinity)
  return {
    size: 0,
    track_total_hits: false,
    // A chain has no row before it began.
    query: {
      bool: {
        filter: [
          filterQuery({ op: 'in', field: 'name', values: [...new Set(chains.map(({ name }) => name))] }),
          { range: { '@timestamp': { gte: formatMicros(oldest) } } },
        ],
      },
    },
    aggs: {
      chains: {
        filters: { filters: chains.map(chainQuery) },
        aggs: {
          highest: { max: { field: 'count' } },
          estimated: { filter: { term: { countEstimated: true } } },
          newest: { top_hits: { size: 1, sort: NEWEST_FIRST } },
        },
      },
    },
  }
}

function chainQuery({ cluster, eventNamespace, name, firstObserved }: Chain): Query {
  const texts = Object.entries({ name, cluster, eventNamespace, firstObserved: String(firstObserved) })
  return filterQuery({
    op: 'and',
    filters: texts.map(([field, text]): Filter => ({ op: 'in', field, values: [text] })),
  })
}

function headOf(bucket: Readonly<Record<string, unknown>>): ChainHead | null {
  const [newest] = hitsIn(bucket, 'newest')
  const highestCount = valueIn(bucket, 'highest')
  if (newest === undefined || highestCount === null) return null
  const { resourceVersion, lastObserved } = observationOf(newest._id, newest._source)
  const countEstimated = (childIn(bucket, 'estimated')?.doc_count ?? 0) > 0
  return { highestCount, resourceVersion, lastObserved, countEstimated }
}
