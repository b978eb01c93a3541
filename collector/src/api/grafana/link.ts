import type { GrafanaQuery } from './query-schema.ts'

/** A query of this data source in a link. */
export type LinkedQuery = Readonly<Partial<Omit<GrafanaQuery, 'timeRange'>>>

/** From so many milliseconds before the time of one column until so many behind that of another. */
interface Around {
  readonly first: string
  readonly last: string
  readonly byMs: number
}

/**
 * Where a link leads: Explore with a query, in the range that is shown or around the times of two columns; a dashboard; or the page of
 * a new alert rule. Texts may hold values of the row (`ofRow`). The front end makes addresses of them: it knows the range that is
 * shown, and what Grafana has.
 */
export type LinkTarget =
  | LinkedQuery
  | { readonly query: LinkedQuery; readonly around: Around }
  | { readonly dashboard: string; readonly variables: Readonly<Record<string, string>>; readonly around?: Around }
  /** `when`: shown for rows of which this is "true". */
  | { readonly rule: Readonly<Record<string, unknown>>; readonly when: string }

/** A link of a column in the form of Grafana's frames. */
export interface Link {
  readonly title: string
  readonly internal: { readonly datasourceUid: string; readonly datasourceName: string; readonly query: LinkTarget }
}
