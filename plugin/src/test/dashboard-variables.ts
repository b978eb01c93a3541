import type { ScopedVars, TypedVariableModel } from '@grafana/data'
import type { Templates } from '../query/interpolate'

/** What a variable stands for; `all` is Grafana's "All", whose values are those listed. */
export type Chosen = string | readonly string[] | { readonly all: readonly string[] }

/** Variables of a dashboard, replaced as Grafana's service does it: by `$name`, `${name}`, `${name:format}` and `[[name]]`. */
export function dashboardVariables(variables: Readonly<Record<string, Chosen>>): Templates {
  const valueOf = (name: string, scopedVars: ScopedVars = {}): unknown => {
    const scoped: unknown = scopedVars[name]?.value
    if (scoped !== undefined) return scoped
    const chosen = variables[name]
    return typeof chosen === 'object' && 'all' in chosen ? chosen.all : chosen
  }
  return {
    replace: (
      target,
      scopedVars,
      format = (value) => (Array.isArray(value) ? `{${value.join(',')}}` : String(value)),
    ) =>
      target.replace(/\$(\w+)|\[\[(\w+)\]\]|\$\{(\w+)(?::\w+)?\}/g, (whole, plain, square, curly) => {
        const value = valueOf(plain ?? square ?? curly, scopedVars)
        return value === undefined ? whole : format(value)
      }),
    getVariables: () =>
      Object.entries(variables).map(([name, chosen]) => {
        const isAll = typeof chosen === 'object' && 'all' in chosen
        return {
          name,
          type: 'query',
          current: { text: 'All', value: isAll ? ['$__all'] : chosen },
        } as unknown as TypedVariableModel
      }),
  }
}
