import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

const FOLDER = join(import.meta.dirname, '..', '..', 'plugin', 'src', 'dashboards')

type Query = Readonly<Record<string, unknown>>

export interface Panel {
  readonly title?: string
  readonly type: string
  readonly targets?: readonly Query[]
  readonly panels?: readonly Panel[]
  readonly fieldConfig?: { readonly defaults: { readonly min?: number; readonly displayName?: string } }
}

export interface Dashboard {
  readonly name: string
  readonly panels: readonly Panel[]
  readonly templating: {
    readonly list: readonly {
      readonly name: string
      readonly type: string
      readonly query: unknown
      readonly includeAll?: boolean
    }[]
  }
  readonly annotations: { readonly list: readonly { readonly name: string; readonly target?: Query }[] }
}

/** The dashboards that come with the data source. */
export const DASHBOARDS: readonly Dashboard[] = globSync(join(FOLDER, '*.json')).map((file) => ({
  ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<Dashboard, 'name'>),
  name: basename(file, '.json'),
}))

/** Those of rows too. */
export function panelsOf(panels: readonly Panel[]): readonly Panel[] {
  return panels.flatMap((panel) => [panel, ...panelsOf(panel.panels ?? [])])
}

/**
 * What the front end makes of a query. A condition on a variable that stands for "All" has no values, which leaves it out.
 *
 * @param chosen values of the variables that have some.
 */
export function filledIn(query: Query, chosen: ReadonlyMap<string, readonly string[]>): Query {
  const { filter, correlationId } = query as {
    filter?: { text: string; terms: { values: string[] }[] }
    correlationId?: string
  }
  const valuesOf = (value: string) => (value.startsWith('$') ? (chosen.get(value.slice(1)) ?? []) : [value])
  const terms = filter?.terms.map((term) => ({ ...term, values: term.values.flatMap(valuesOf) }))
  const [id] = correlationId === undefined ? [] : [...valuesOf(correlationId), '']
  return { ...query, filter: { ...filter, terms }, ...(id === undefined ? {} : { correlationId: id }) }
}
