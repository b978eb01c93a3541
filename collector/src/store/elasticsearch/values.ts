import { knownField } from '../../query/field-value.ts'
import { escapeWildcards } from '../../query/filter.ts'
import type { FieldValue, Filter } from '../../query/model.ts'
import { compareText } from '../../query/text-order.ts'
import type { EventReader } from '../store.ts'
import { allBuckets } from './composite.ts'
import { matchQuery } from './filter-query.ts'
import type { Search } from './search.ts'
import { sumAggregations, sumsOf } from './sums.ts'

type ValuesQuery = Parameters<EventReader['values']>[0]

/** The values of a field with their occurrences, most frequent first. */
export async function readValues(
  query: ValuesQuery,
  search: Search,
  signal: AbortSignal,
): Promise<readonly FieldValue[]> {
  const { field, prefix, limit, from } = query
  const aggregations = sumAggregations(['placed', 'unplacedInRange'], from)
  const grouping = { query: matchQuery({ ...query, filter: withPrefix(query) }), sources: [field], aggregations }
  const found: FieldValue[] = []
  for await (const bucket of allBuckets(search, grouping, signal)) {
    const [value = ''] = bucket.key
    const { placed, unplacedInRange } = sumsOf(bucket)
    if (value !== '' && value.startsWith(prefix)) found.push({ value, occurrences: placed + unplacedInRange })
  }
  return found.sort((a, b) => b.occurrences - a.occurrences || compareText(a.value, b.value)).slice(0, limit)
}

/** Only rows that have such a value: of a list, other values of the same rows come along. */
function withPrefix({ filter, field, prefix }: ValuesQuery): Filter {
  const { type } = knownField(field).field
  if (prefix === '' || type === 'integer' || type === 'boolean') return filter
  return { op: 'and', filters: [filter, { op: 'like', field, pattern: `${escapeWildcards(prefix)}*` }] }
}
