import type { Observation } from '../../event/observation.ts'
import type { Category, Severity } from '../../event/words.ts'
import type { Result, ResultCell } from './protocol.ts'
import { containerPath, OBSERVATION_COLUMNS } from './schema.ts'
import { idOfUuid } from './sortable-id.ts'

/** What to select for {@link observationsOf}, in the order of the schema. */
export const OBSERVATION_SELECTION = OBSERVATION_COLUMNS.map(({ name, type }) =>
  type === 'UBIGINT' ? `format('{:x}', ${name}) AS ${name}` : name,
).join(', ')

const POSITION = new Map(OBSERVATION_COLUMNS.map(({ name }, index) => [name, index]))

/** Rows selected by {@link OBSERVATION_SELECTION} as the observations they were made of. */
export function observationsOf({ columns, rowCount }: Result): Observation[] {
  return Array.from({ length: rowCount }, (_, row) => observationOf((name) => cellOf(columns, name, row)))
}

type CellOf = (name: string) => ResultCell

function cellOf(columns: Result['columns'], name: string, row: number): ResultCell {
  return columns[POSITION.get(name) ?? -1]?.[row] ?? null
}

function observationOf(cell: CellOf): Observation {
  const text = (name: string): string => (cell(name) as string | null) ?? ''
  const count = (name: string): number => (cell(name) as number | null) ?? 0
  const namespace = text('namespace')
  const container = text('container')
  const firstObserved = count('first_observed')
  return {
    id: idOfUuid(text('id')),
    cluster: text('cluster'),
    clusterUid: cell('cluster_uid') as string | null,
    source: text('source'),
    uid: text('uid') || text('uid_text'),
    name: (cell('name_text') as string | null) ?? `${text('regarding_name')}.${text('name_number')}`,
    eventNamespace: text('event_namespace'),
    resourceVersion: cell('resource_version') as number | null,
    namespace,
    firstObserved,
    lastObserved: count('last_observed'),
    received: count('received'),
    count: count('count'),
    countIsLowerBound: cell('count_is_lower_bound') === true,
    countDelta: count('count_delta'),
    deltaSince: (cell('delta_since') as number | null) ?? firstObserved,
    countUnplaced: count('count_unplaced'),
    countEstimated: cell('count_estimated') === true,
    type: text('type'),
    reason: text('reason'),
    action: text('action'),
    note: text('note'),
    reportingController: text('reporting_controller'),
    reportingInstance: text('reporting_instance'),
    regarding: {
      kind: text('regarding_kind'),
      namespace: (cell('regarding_namespace') as string | null) ?? namespace,
      name: text('regarding_name'),
      uid: text('regarding_uid') || text('regarding_uid_text'),
      apiVersion: text('regarding_api_version'),
      fieldPath: (cell('regarding_field_path') as string | null) ?? containerPath(container),
    },
    related: {
      kind: text('related_kind'),
      namespace: text('related_namespace'),
      name: text('related_name'),
      uid: text('related_uid'),
      apiVersion: text('related_api_version'),
      fieldPath: text('related_field_path'),
    },
    container,
    node: text('node'),
    ...mapsOf(cell),
    ...judgementsOf(cell, text),
  }
}

function mapsOf(cell: CellOf) {
  return {
    labels: jsonOf<Record<string, string>>(cell('labels'), {}),
    annotations: jsonOf<Record<string, string>>(cell('annotations'), {}),
    objectLabels: jsonOf<Record<string, string>>(cell('object_labels'), {}),
    metadata: jsonOf<Record<string, string>>(cell('metadata'), {}),
    rest: jsonOf<Record<string, unknown> | null>(cell('rest'), null),
    flags: jsonOf<string[]>(cell('flags'), []),
    patternIds: jsonOf<string[]>(cell('pattern_ids'), []),
  }
}

function judgementsOf(cell: CellOf, text: (name: string) => string) {
  return {
    category: cell('category') as Category,
    severity: cell('severity') as Severity,
    rule: text('rule'),
    owner: { kind: text('owner_kind'), name: text('owner_name') },
    topologyEvidence: text('topology_evidence'),
    correlationId: text('correlation_id'),
    correlationRule: text('correlation_rule'),
    templateId: text('template_id'),
  }
}

/** `empty` is a fresh value at each call: rows must not share a map. */
function jsonOf<T>(cell: ResultCell, empty: T): T {
  return cell === null ? empty : (JSON.parse(cell as string) as T)
}
