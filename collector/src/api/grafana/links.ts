import { MINUTE, MILLISECOND } from '../../clock.ts'
import type { AskedQuery } from './asked-query.ts'
import type { Link, LinkedQuery, LinkTarget } from './link.ts'
import type { Term } from './query-schema.ts'
import { SCHEMA_VERSION } from './query-schema.ts'
import { ofRow } from './row-value.ts'

const PLUGIN = 'eventloom-events-datasource'

/** The shipped dashboard of one workload. A link to it is shown where Grafana has it. */
const WORKLOAD_DASHBOARD = 'eventloom-workload'

/** The shipped dashboard of one incident. */
const INCIDENT_DASHBOARD = 'eventloom-incident'

/** How far before the first and behind the last time of a row its neighbours in time are looked for. */
const AROUND_MS = (10 * MINUTE) / MILLISECOND

type Asked = Pick<AskedQuery, 'query'>

/** Conditions that each of these fields has the value of the row's column of its name, or of another one. */
export function sameAs(columns: Readonly<Record<string, string>>): readonly Term[] {
  return Object.entries(columns).map(([key, column]) => ({ key, operator: '=', values: [ofRow(column)] }))
}

/** Conditions that each of these fields has this value. */
export function equal(values: Readonly<Record<string, string>>): readonly Term[] {
  return Object.entries(values).map(([key, value]) => ({ key, operator: '=', values: [value] }))
}

/** Opens what a query finds under all filters of the one that was asked, and under these conditions. */
export function queryLink(
  asked: Asked,
  title: string,
  terms: readonly Term[],
  parts: LinkedQuery = {},
): readonly Link[] {
  // prettier-ignore
  return linkTo(asked, title, linkedQuery(asked, terms, parts))
}

/** Opens what happened in the minutes around a row, whatever was asked. */
export function aroundLink(asked: Asked, terms: readonly Term[], first: string, last: string): readonly Link[] {
  const query = { ...linkedQuery(asked, terms, {}), filter: { text: '', terms: [...terms] } }
  return linkTo(asked, 'What happened around then', { query, around: { first, last, byMs: AROUND_MS } })
}

/** Opens the dashboard of a workload. */
export function workloadLink(
  asked: Asked,
  variables: Readonly<Record<string, string>>,
  title = 'Workload dashboard',
): readonly Link[] {
  return linkTo(asked, title, { dashboard: WORKLOAD_DASHBOARD, variables })
}

/** Opens the dashboard of an incident, in the range that is shown or around its own times: of a past one nothing else offers it. */
export function incidentLink(
  asked: Asked,
  variables: Readonly<Record<string, string>>,
  around?: { readonly first: string; readonly last: string },
): readonly Link[] {
  const times = around === undefined ? {} : { around: { ...around, byMs: AROUND_MS } }
  return linkTo(asked, 'Open the incident', { dashboard: INCIDENT_DASHBOARD, variables, ...times })
}

/** Begins an alert rule: that some of these problems are open. */
export function ruleLink(asked: Asked, name: string, terms: readonly Term[], when: string): readonly Link[] {
  const uid = uidOf(asked)
  const groupBy = ['cluster', 'namespace', 'owner.name']
  const filter = { text: '', terms: terms.filter(({ values }) => values.length > 0) }
  const model = { refId: 'A', schemaVersion: SCHEMA_VERSION, queryType: 'aggregate', format: 'numeric', metric: 'active', groupBy, filter } // prettier-ignore
  const threshold = { refId: 'C', type: 'threshold', expression: 'A', conditions: [{ evaluator: { type: 'gt', params: [0] } }] } // prettier-ignore
  const variables = 'var-cluster={{ $labels.cluster }}&var-namespace={{ $labels.namespace }}&var-workload={{ index $labels "owner.name" }}' // prettier-ignore
  const rule = {
    name,
    condition: 'C',
    // The state at the end of the range is asked for, so its beginning does not matter.
    queries: [
      { refId: 'A', datasourceUid: uid, queryType: 'aggregate', relativeTimeRange: { from: 600, to: 0 }, model },
      { refId: 'C', datasourceUid: '__expr__', queryType: '', model: threshold },
    ],
    evaluateFor: '5m',
    noDataState: 'OK',
    // With "Error" a firing alert would resolve at the second failed evaluation.
    execErrState: 'KeepLast',
    labels: [{ key: 'source', value: 'kubernetes-events' }, { key: 'severity', value: ofRow('severity') }], // prettier-ignore
    annotations: [
      { key: 'summary', value: `${name}: {{ index $labels "owner.name" }} in {{ $labels.namespace }}` },
      { key: 'dashboard', value: `{{ externalURL }}d/${WORKLOAD_DASHBOARD}?${variables}` },
    ],
  }
  return linkTo(asked, 'Make an alert rule', { rule, when })
}

function linkedQuery({ query }: Asked, terms: readonly Term[], parts: LinkedQuery): LinkedQuery {
  const { filter, adHoc } = query
  const kept = [...filter.terms, ...adHoc].filter(({ values }) => values.length > 0)
  return { refId: 'A', schemaVersion: SCHEMA_VERSION, queryType: 'events', filter: { text: filter.text, terms: [...kept, ...terms] }, ...parts } // prettier-ignore
}

/** No link without a data source: who asks for numbers alone, as an alert rule does, clicks on nothing. */
function linkTo(asked: Asked, title: string, target: LinkTarget): readonly Link[] {
  const uid = uidOf(asked)
  if (uid === undefined || asked.query.refId.startsWith('log-volume-')) return []
  const named = 'queryType' in target ? { ...target, datasource: { type: PLUGIN, uid } } : target
  return [{ title, internal: { datasourceUid: uid, datasourceName: 'Eventloom', query: named } }]
}

function uidOf({ query }: Asked): string | undefined {
  return query.datasource?.uid
}
