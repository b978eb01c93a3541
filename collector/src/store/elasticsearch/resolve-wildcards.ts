import { knownField } from '../../query/field-value.ts'
import { compileWildcards, wildcardParts } from '../../query/filter.ts'
import type { Filter } from '../../query/model.ts'
import { allBuckets } from './composite.ts'
import { matchQuery } from './filter-query.ts'
import type { Matched } from './rows.ts'
import type { Search } from './search.ts'

/**
 * The filter with the wildcards that Elasticsearch does not know replaced by the values that match them. `flattened` finds an
 * entry of a map by its value or its beginning only; for any other pattern the values of the range are listed first.
 */
export async function resolveWildcards(query: Matched, search: Search, signal: AbortSignal): Promise<Filter> {
  const { filter, from, to } = query
  switch (filter.op) {
    case 'and':
    case 'or': {
      const filters: Filter[] = []
      for (const part of filter.filters)
        filters.push(await resolveWildcards({ from, to, filter: part }, search, signal))
      return { ...filter, filters }
    }
    case 'not':
      return { op: 'not', filter: await resolveWildcards({ from, to, filter: filter.filter }, search, signal) }
    case 'like': {
      const { field, pattern } = filter
      if (isKnown(field, pattern)) return filter
      const exists = matchQuery({ from, to, filter: { op: 'exists', field } })
      const matches = compileWildcards(pattern)
      const values: string[] = []
      for await (const { key } of allBuckets(search, { query: exists, sources: [field] }, signal)) {
        const [value = ''] = key
        if (value !== '' && matches(value)) values.push(value)
      }
      return { op: 'in', field, values }
    }
    case 'all':
    case 'in':
    case 'range':
    case 'exists':
    case 'words':
      return filter
  }
}

function isKnown(field: string, pattern: string): boolean {
  if (knownField(field).key === null) return true
  const parts = wildcardParts(pattern)
  if (parts.every((part) => part === 'any')) return true
  return typeof parts[0] === 'object' && parts.slice(1).every((part) => part === 'any')
}
