import type { Filter } from '../../query/model.ts'

/**
 * The rows of some groups. All but the last field are told by nested conditions, the values of the last one in a list: a
 * thousand groups by (namespace, reason) are as many conditions as they have namespaces.
 */
export function keysFilter(fields: readonly string[], groups: readonly { readonly key: readonly string[] }[]): Filter {
  const [field, ...rest] = fields
  if (field === undefined) return { op: groups.length === 0 ? 'or' : 'and', filters: [] }
  const byFirst = Map.groupBy(groups, ({ key }) => key[0] ?? '')
  if (rest.length === 0) return { op: 'in', field, values: [...byFirst.keys()] }
  const branches = [...byFirst].map(([value, members]): Filter => {
    const inner = keysFilter(
      rest,
      members.map(({ key }) => ({ key: key.slice(1) })),
    )
    return { op: 'and', filters: [{ op: 'in', field, values: [value] }, inner] }
  })
  return { op: 'or', filters: branches }
}
