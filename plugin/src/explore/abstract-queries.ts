import { AbstractLabelOperator, type AbstractLabelMatcher, type AbstractQuery } from '@grafana/data'
import { isLater, readQuery, SCHEMA_VERSION, type EventloomQuery, type Operator, type Term } from '../query/query'

/** Labels of Loki and Prometheus, as collectors for Kubernetes set them, and the fields that mean the same. */
const FIELD_OF: Readonly<Record<string, string>> = {
  cluster: 'cluster',
  k8s_cluster_name: 'cluster',
  namespace: 'namespace',
  k8s_namespace_name: 'namespace',
  pod: 'regarding.name',
  k8s_pod_name: 'regarding.name',
  k8s_object_name: 'regarding.name',
  k8s_object_kind: 'regarding.kind',
  container: 'container',
  k8s_container_name: 'container',
  node: 'node',
  node_name: 'node',
  k8s_node_name: 'node',
  deployment: 'owner.name',
  statefulset: 'owner.name',
  daemonset: 'owner.name',
  workload: 'owner.name',
  reason: 'reason',
  k8s_event_reason: 'reason',
  type: 'type',
  level: 'level',
  detected_level: 'level',
}

/** The label that others most likely have for a field. */
const LABEL_OF: Readonly<Record<string, string>> = {
  cluster: 'cluster',
  namespace: 'namespace',
  'regarding.name': 'pod',
  container: 'container',
  node: 'node',
  'owner.name': 'workload',
  level: 'level',
}

const OPERATOR_OF: Readonly<Record<AbstractLabelOperator, Operator>> = {
  [AbstractLabelOperator.Equal]: '=',
  [AbstractLabelOperator.NotEqual]: '!=',
  [AbstractLabelOperator.EqualRegEx]: '=~',
  [AbstractLabelOperator.NotEqualRegEx]: '!~',
}

/** Events about what a query of another data source looked at. Labels that events do not have are left out. */
export function importQuery({ refId, labelMatchers }: AbstractQuery): EventloomQuery {
  const terms = labelMatchers.flatMap(({ name, operator, value }): readonly Term[] => {
    const key = FIELD_OF[name]
    return key === undefined ? [] : [{ key, operator: OPERATOR_OF[operator], values: [value] }]
  })
  return { refId, schemaVersion: SCHEMA_VERSION, queryType: 'events', filter: { text: '', terms } }
}

/** What other data sources can be told about a query: its conditions on names that they know as labels. */
export function exportQuery(stored: EventloomQuery): AbstractQuery {
  const query = readQuery(stored)
  const terms = isLater(query) ? [] : query.filter.terms
  return { refId: stored.refId, labelMatchers: terms.flatMap(matchersOf) }
}

function matchersOf({ key, operator, values }: Term): readonly AbstractLabelMatcher[] {
  const name = LABEL_OF[key]
  const [value, ...more] = values
  if (name === undefined || value === undefined) return []
  const isNegative = operator.startsWith('!')
  const asRegex = isNegative ? AbstractLabelOperator.NotEqualRegEx : AbstractLabelOperator.EqualRegEx
  switch (operator) {
    case '=~':
    case '!~':
      return [{ name, operator: asRegex, value: values.join('|') }]
    case '<':
    case '>':
      return []
    default:
      if (more.length > 0) return [{ name, operator: asRegex, value: values.map(escapeRegex).join('|') }]
      return [{ name, operator: isNegative ? AbstractLabelOperator.NotEqual : AbstractLabelOperator.Equal, value }]
  }
}

function escapeRegex(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
