import type { Filter } from './model.ts'

/** Both conditions of these hold; nested ones are laid flat, and conditions that always hold are left out. */
export function allOf(filters: readonly Filter[]): Filter {
  const parts = filters
    .flatMap((filter) => (filter.op === 'and' ? filter.filters : [filter]))
    .filter(({ op }) => op !== 'all')
  const [only] = parts
  if (only === undefined) return { op: 'all' }
  return parts.length === 1 ? only : { op: 'and', filters: parts }
}

/** One condition of these holds; values of the same field become one list, which stores look up faster. */
export function anyOf(filters: readonly Filter[]): Filter {
  const parts = filters.flatMap((filter) => (filter.op === 'or' ? filter.filters : [filter]))
  if (parts.some(({ op }) => op === 'all')) return { op: 'all' }
  const values = new Map<string, Set<string>>()
  for (const part of parts) {
    if (part.op !== 'in') continue
    values.set(part.field, new Set([...(values.get(part.field) ?? []), ...part.values]))
  }
  const merged = new Set<string>()
  const simplified = parts.flatMap((part): readonly Filter[] => {
    if (part.op !== 'in') return [part]
    if (merged.has(part.field)) return []
    merged.add(part.field)
    return [{ op: 'in', field: part.field, values: [...(values.get(part.field) ?? [])] }]
  })
  const [only] = simplified
  return simplified.length === 1 && only !== undefined ? only : { op: 'or', filters: simplified }
}

/** The condition does not hold. */
export function noneOf(filter: Filter): Filter {
  return filter.op === 'not' ? filter.filter : { op: 'not', filter }
}
