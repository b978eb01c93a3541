import { dateTime, type DataFrame, type DataLink, type InterpolateFunction, type TimeRange } from '@grafana/data'
import { linkTitle } from './link-titles'

/** A dashboard that Grafana has, and the folder it is in. */
export interface Dashboard {
  readonly uid: string
  readonly folderUid?: string
  readonly folderTitle?: string
}

type Linked = Readonly<Record<string, unknown>>

/** Where the collector says that a link leads, beside a plain query. */
interface Target {
  readonly query?: Linked
  readonly around?: { readonly first: string; readonly last: string; readonly byMs: number }
  readonly dashboard?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly rule?: Linked
  readonly when?: string
}

type Replace = InterpolateFunction

/** What a link needs to know beside the row: the range that is shown, and what of Grafana is there for who looks. */
export interface Surroundings {
  readonly range: TimeRange
  readonly dashboards: readonly Dashboard[]
  /** A Viewer mostly may not: a link would lead to a page that refuses. */
  readonly mayExplore: boolean
  readonly mayMakeRules: boolean
}

/** Uids of the dashboards that links of these frames lead to. */
export function linkedDashboards(frames: readonly DataFrame[]): readonly string[] {
  const targets = frames.flatMap(({ fields }) => fields.flatMap(({ config }) => (config.links ?? []).map(targetOf)))
  return [...new Set(targets.flatMap(({ dashboard }) => dashboard ?? []))]
}

/** Makes addresses of the links that the collector gave to a frame. */
export function withLinks(frame: DataFrame, surroundings: Surroundings): DataFrame {
  if (frame.fields.every(({ config }) => config.links === undefined)) return frame
  const fields = frame.fields.map((field) => {
    const links = field.config.links?.flatMap((link) => completed(link, surroundings))
    return links === undefined ? field : { ...field, config: { ...field.config, links } }
  })
  return { ...frame, fields }
}

/** Where the links of a row lead, for what shows no links of columns. */
export function addressesOf(
  frame: DataFrame,
  row: number,
  surroundings: Surroundings,
): readonly { readonly title: string; readonly url: string }[] {
  const replaceVariables: Replace = (text = '') =>
    text.replace(/\$\{__data\.fields\["([^"]+)"\](?:\.numeric)?\}/g, (_, name: string) =>
      String(frame.fields.find((field) => field.name === name)?.values[row] ?? ''),
    )
  const links = frame.fields.flatMap(({ config }) => config.links ?? [])
  return links
    .flatMap((link) => completed(link, surroundings))
    .map(({ title, url, onBuildUrl, internal }) => {
      if (onBuildUrl !== undefined) return { title, url: onBuildUrl({ origin: frame, replaceVariables }) }
      if (internal === undefined) return { title, url }
      const query = filledIn(internal.query, replaceVariables)
      return { title, url: exploreUrl(internal.datasourceUid, query, rawRange(surroundings.range)) }
    })
    .filter(({ url }) => url !== '')
}

function completed(link: DataLink, { range, dashboards, mayExplore, mayMakeRules }: Surroundings): DataLink[] {
  const { internal } = link
  if (internal === undefined) return [link]
  const title = linkTitle(link.title)
  const { query, around, dashboard: wanted, variables = {}, rule, when = '' } = targetOf(link)
  if (wanted !== undefined && !dashboards.some(({ uid }) => uid === wanted)) return []
  if (rule !== undefined && !mayMakeRules) return []
  if (wanted === undefined && rule === undefined && !mayExplore) return []
  const url = (build: (replace: Replace) => string): DataLink[] => [
    { title, url: '', onBuildUrl: ({ replaceVariables = (text) => text }) => build(replaceVariables) },
  ]
  const shown = (replace: Replace) => (around === undefined ? rawRange(range) : rangeAround(around, replace))
  if (wanted !== undefined)
    return url((replace) => dashboardUrl(wanted, internal.datasourceUid, variables, shown(replace), replace))
  if (around !== undefined)
    return url((replace) => exploreUrl(internal.datasourceUid, filledIn(query, replace), shown(replace)))
  if (rule !== undefined)
    return url((replace) => (replace(when) === 'true' ? ruleUrl(rule, dashboards[0], replace) : ''))
  return [{ ...link, title, internal: { ...internal, range } }]
}

function targetOf({ internal }: DataLink): Target {
  const query: unknown = internal?.query
  return typeof query === 'object' && query !== null ? query : {}
}

/** Texts of a value with the row's values put in: as texts, so that no value can be read as syntax. */
function filledIn(value: unknown, replace: Replace): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) return value.map((each) => filledIn(each, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, filledIn(part, replace)]))
}

function rangeAround({ first, last, byMs }: NonNullable<Target['around']>, replace: Replace) {
  const time = (column: string) => Number(replace(`\${__data.fields["${column}"].numeric}`))
  return { from: String(time(first) - byMs), to: String(time(last) + byMs) }
}

/** As addresses have it. */
interface Range {
  readonly from: string
  readonly to: string
}

function exploreUrl(datasource: string, query: unknown, range: Range): string {
  const panes = JSON.stringify({ events: { datasource, queries: [query], range } })
  return address('/explore', { schemaVersion: '1', panes })
}

function dashboardUrl(
  uid: string,
  datasource: string,
  variables: Readonly<Record<string, string>>,
  range: Range,
  replace: Replace,
): string {
  const chosen = Object.entries(variables).map(([name, text]) => [`var-${name}`, replace(text)])
  return address(`/d/${uid}`, { 'var-datasource': datasource, ...Object.fromEntries(chosen), ...range })
}

function rawRange({ raw }: TimeRange): Range {
  const end = (time: TimeRange['raw']['from']) => (typeof time === 'string' ? time : String(dateTime(time).valueOf()))
  return { from: end(raw.from), to: end(raw.to) }
}

function ruleUrl(rule: Linked, dashboard: Dashboard | undefined, replace: Replace): string {
  const { folderUid, folderTitle } = dashboard ?? {}
  const folder = folderUid === undefined ? {} : { folder: { uid: folderUid, title: folderTitle } }
  const defaults = { ...(filledIn(rule, replace) as Linked), ...folder }
  return address('/alerting/new/alerting', { defaults: JSON.stringify(defaults) })
}

/** With every `$` escaped: Grafana looks for variables in it once more. */
function address(path: string, parameters: Readonly<Record<string, string>>): string {
  return `${path}?${new URLSearchParams(parameters).toString()}`
}
