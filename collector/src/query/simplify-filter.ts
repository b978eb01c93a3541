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
  const simplified: Filter[] = []
  for (const part of parts) {
    const known = part.op === 'in' ? values.get(part.field) : undefined
    if (part.op !== 'in') simplified.push(part)
    else if (known === undefined) {
      values.set(part.field, new Set(part.values))
      simplified.push(part)
    } else for (const value of part.values) known.add(value)
  }
  const merged = simplified.map((part) =>
    part.op === 'in' ? { ...part, values: [...(values.get(part.field) ?? [])] } : part,
  )
  const [only] = merged
  return merged.length === 1 && only !== undefined ? only : { op: 'or', filters: merged }
}

/** The condition does not hold. */
export function noneOf(filter: Filter): Filter {
  return filter.op === 'not' ? filter.filter : { op: 'not', filter }
}
