import { hash } from 'node:crypto'
import type { AlertRule, Condition, TemplatePart } from '../../alert/alert.ts'
import { DAY, HOUR, MINUTE, SECOND, type EpochMicros } from '../../clock.ts'

/** How far a query on problems looks back: what ended within a day is there with its 0, so that a rule sees it end. */
const STATE_RANGE = 6 * HOUR

/** Dashboard and panel that show what an alert is about, and which of its labels are variables there. */
const PLACES = {
  node: { uid: 'eventloom-nodes', panel: 3, variables: { node: 'node' } },
  workload: { uid: 'eventloom-workload', panel: 11, variables: { namespace: 'namespace', workload: 'owner.name' } },
  reason: { uid: 'eventloom-overview', panel: 16, variables: { namespace: 'namespace' } },
  clusters: { uid: 'eventloom-collector', panel: 12, variables: {} },
} as const

const FILE = 'eventloom'

/** What alert rules are in Grafana, and which of them it cannot judge. */
export interface GrafanaRules {
  readonly groups: readonly object[]
  readonly left: readonly { readonly name: string; readonly why: string }[]
}

/** The rules as Grafana provisions them: state asked of the data source, by the same conditions. */
export function grafanaRules(rules: readonly AlertRule[]): GrafanaRules {
  const left = rules.flatMap((rule) => {
    const why = whyLeft(rule)
    return why === null ? [] : [{ name: rule.name, why }]
  })
  const made = rules.filter((rule) => whyLeft(rule) === null).map((rule) => grafanaRule(rule, rules))
  return { groups: [{ orgId: 1, name: FILE, folder: 'Kubernetes events', interval: '1m', rules: made }], left }
}

function whyLeft({ form }: AlertRule): string | null {
  return form.on === 'missing' ? 'Grafana cannot wait for an event that does not come' : null
}

function grafanaRule(rule: AlertRule, rules: readonly AlertRule[]) {
  const place = placeOf(rule)
  const groupBy = ['cluster', ...rule.groupBy.map(({ field }) => field)]
  const isOnClusters = rule.form.on === 'clusters'
  return {
    uid: uidOf(rule.name),
    title: titleOf(rule.name),
    condition: 'C',
    data: queriesOf(rule, groupBy, rules),
    dashboardUid: place.uid,
    panelId: place.panel,
    // No row at all means that nothing of the kind was wrong within a day; of a rule on what is watched, that nobody answers.
    noDataState: isOnClusters ? 'Alerting' : 'OK',
    execErrState: isOnClusters ? 'Alerting' : 'KeepLast',
    for: duration(rule.for),
    ...(rule.keepFiring === 0 ? {} : { keepFiringFor: duration(rule.keepFiring) }),
    labels: { severity: rule.severity, source: 'eventloom', ...rule.labels },
    annotations: {
      ...Object.fromEntries(Object.entries(rule.annotations).map(([name, parts]) => [name, parts.map((part) => textOf(part, rule)).join('')])), // prettier-ignore
      explanation: rule.explain,
      dashboard: linkTo(place),
    },
    notification_settings: {
      receiver: 'eventloom',
      group_by: ['grafana_folder', 'alertname', 'cluster', ...(groupBy.includes('namespace') ? ['namespace'] : [])],
    },
  }
}

function queriesOf(rule: AlertRule, groupBy: readonly string[], rules: readonly AlertRule[]): readonly object[] {
  const { form, when } = rule
  switch (form.on) {
    case 'clusters':
      return [query('A', { metric: 'watched', text: '', groupBy, range: HOUR }), threshold('A', 'lt', 1)]
    case 'count': {
      const counted = { metric: 'occurrences', text: when.text, groupBy, range: form.over }
      return [query('A', counted), threshold('A', 'gt', form.atLeast - 1)]
    }
    case 'problems': {
      const text = rule.isOtherwise ? otherwiseText(when, rules) : when.text
      const state = { metric: 'active', text, groupBy, range: STATE_RANGE }
      if (form.newFor === null) return [query('A', state), threshold('A', 'gt', 0)]
      // New: all its occurrences of that time were in the last hours. What A has B has, so that rows join.
      const seen = (refId: string, range: EpochMicros) => query(refId, { metric: 'occurrences', text: when.text, groupBy, range }) // prettier-ignore
      const math = { refId: 'D', type: 'math', expression: '$E > 0 && $A == $B' }
      return [seen('A', STATE_RANGE), seen('B', form.newFor), query('E', state), expression('D', math), threshold('D', 'gt', 0)] // prettier-ignore
    }
    case 'missing':
      return []
  }
}

/** What the condition asks for and no other rule does. */
function otherwiseText(when: Condition, rules: readonly AlertRule[]): string {
  const others = rules.filter((rule) => rule.form.on === 'problems' && !rule.isOtherwise && rule.when.text !== '')
  return [`(${when.text})`, ...others.map((rule) => `NOT (${rule.when.text})`)].join(' AND ')
}

interface Asked {
  readonly metric: string
  readonly text: string
  readonly groupBy: readonly string[]
  readonly range: EpochMicros
}

function query(refId: string, { metric, text, groupBy, range }: Asked): object {
  return {
    refId,
    relativeTimeRange: { from: range / SECOND, to: 0 },
    datasourceUid: 'eventloom',
    model: {
      refId,
      datasource: { type: 'eventloom-events-datasource', uid: 'eventloom' },
      schemaVersion: 1,
      queryType: 'aggregate',
      format: 'numeric',
      metric,
      filter: { text, terms: [] },
      groupBy,
      top: 200,
      intervalMs: 60_000,
      maxDataPoints: 100,
    },
  }
}

function threshold(of: string, type: 'gt' | 'lt', param: number): object {
  return expression('C', { refId: 'C', type: 'threshold', expression: of, conditions: [{ evaluator: { type, params: [param] } }] }) // prettier-ignore
}

function expression(refId: string, model: object): object {
  return { refId, relativeTimeRange: { from: 0, to: 0 }, datasourceUid: '__expr__', model }
}

/** A place of a template, as Grafana names the label. */
function textOf(part: TemplatePart, rule: AlertRule): string {
  if ('text' in part) return part.text
  if ('value' in part) return '{{ $values.A.Value }}'
  const label = rule.groupBy.find(({ name, field }) => name === part.label || field === part.label)
  return placeholder(label?.field ?? part.label)
}

function placeholder(field: string): string {
  return /^\w+$/.test(field) ? `{{ $labels.${field} }}` : `{{ index $labels "${field}" }}`
}

function placeOf({ form, groupBy }: AlertRule): (typeof PLACES)[keyof typeof PLACES] {
  const names = groupBy.map(({ name }) => name)
  if (form.on === 'clusters') return PLACES.clusters
  if (names.includes('workload')) return PLACES.workload
  return names.includes('node') ? PLACES.node : PLACES.reason
}

/** Grafana's own address ends with a slash. */
function linkTo({ uid, variables }: (typeof PLACES)[keyof typeof PLACES]): string {
  const chosen = Object.entries({ cluster: 'cluster', ...variables }) as readonly (readonly [string, string])[]
  const search = chosen.map(([name, field]) => `var-${name}=${placeholder(field)}`).join('&')
  return `{{ externalURL }}d/${uid}?${search}&from=now-6h&to=now`
}

/** At most 40 characters, which is what Grafana takes. */
function uidOf(name: string): string {
  const uid = `${FILE}_${name.toLowerCase().replace(/\W+/g, '_')}`
  return uid.length <= 40 ? uid : `${uid.slice(0, 31)}_${hash('sha256', name).slice(0, 8)}`
}

function titleOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`
}

/** Grafana knows no days in patience. */
function duration(micros: EpochMicros): string {
  if (micros === 0) return '0s'
  if (micros % DAY === 0) return `${String(micros / DAY)}d`
  return micros % MINUTE === 0 ? `${String(micros / MINUTE)}m` : `${String(Math.ceil(micros / SECOND))}s`
}
