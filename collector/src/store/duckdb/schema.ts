import type { Observation } from '../../event/observation.ts'
import { noteTokens } from '../../query/note-tokens.ts'
import { uuidOfId } from './sortable-id.ts'
import { wellFormed } from './well-formed.ts'

/** A value as it travels to and from DuckDB. Integers stay below 2^53. */
export type Cell = string | number | boolean | null

/** A column of `observations`: its type in the file, and how a row fills it. Null stands for the usual value. */
export interface StoredColumn {
  readonly name: string
  readonly type: 'VARCHAR' | 'BIGINT' | 'BOOLEAN' | 'UUID' | 'UBIGINT'
  readonly encode: (row: Observation) => Cell
}

/**
 * What an observation is on disk: about 100 bytes. Uids are numbers, the event's name is a reference to the object's
 * name and a number, what can be derived or is mostly absent is null, and words repeat, so that DuckDB's dictionaries
 * hold them.
 */
export const OBSERVATION_COLUMNS: readonly StoredColumn[] = [
  column('id', 'UUID', (row) => uuidOfId(row.id)),
  column('cluster', 'VARCHAR', (row) => row.cluster),
  column('cluster_uid', 'VARCHAR', (row) => row.clusterUid),
  column('source', 'VARCHAR', (row) => row.source),
  column('uid', 'UUID', (row) => asUuid(row.uid)),
  column('uid_text', 'VARCHAR', (row) => unlessUuid(row.uid)),
  column('name_number', 'UBIGINT', nameSuffix),
  column('name_text', 'VARCHAR', (row) => (nameSuffix(row) === null ? row.name : null)),
  column('event_namespace', 'VARCHAR', (row) => row.eventNamespace),
  column('resource_version', 'BIGINT', (row) => row.resourceVersion),
  column('namespace', 'VARCHAR', (row) => row.namespace),
  column('first_observed', 'BIGINT', (row) => row.firstObserved),
  column('last_observed', 'BIGINT', (row) => row.lastObserved),
  column('received', 'BIGINT', (row) => row.received),
  column('count', 'BIGINT', (row) => row.count),
  column('count_is_lower_bound', 'BOOLEAN', (row) => row.countIsLowerBound),
  column('count_delta', 'BIGINT', (row) => row.countDelta),
  column('delta_since', 'BIGINT', (row) => (row.deltaSince === row.firstObserved ? null : row.deltaSince)),
  column('count_unplaced', 'BIGINT', (row) => row.countUnplaced),
  column('count_estimated', 'BOOLEAN', (row) => row.countEstimated),
  column('type', 'VARCHAR', (row) => row.type),
  column('reason', 'VARCHAR', (row) => row.reason),
  column('action', 'VARCHAR', (row) => row.action),
  column('note', 'VARCHAR', (row) => row.note),
  column('note_tokens', 'VARCHAR', (row) => (isAscii(row.note) ? null : noteTokens(row.note).join(' '))),
  column('reporting_controller', 'VARCHAR', (row) => row.reportingController),
  column('reporting_instance', 'VARCHAR', (row) => row.reportingInstance),
  column('regarding_kind', 'VARCHAR', (row) => row.regarding.kind),
  column('regarding_namespace', 'VARCHAR', (row) => unlessEqual(row.regarding.namespace, row.namespace)),
  column('regarding_name', 'VARCHAR', (row) => row.regarding.name),
  column('regarding_uid', 'UUID', (row) => asUuid(row.regarding.uid)),
  column('regarding_uid_text', 'VARCHAR', (row) => unlessUuid(row.regarding.uid)),
  column('regarding_api_version', 'VARCHAR', (row) => row.regarding.apiVersion),
  column('regarding_field_path', 'VARCHAR', (row) =>
    unlessEqual(row.regarding.fieldPath, containerPath(row.container)),
  ),
  column('related_kind', 'VARCHAR', (row) => unlessEqual(row.related.kind, '')),
  column('related_namespace', 'VARCHAR', (row) => unlessEqual(row.related.namespace, '')),
  column('related_name', 'VARCHAR', (row) => unlessEqual(row.related.name, '')),
  column('related_uid', 'VARCHAR', (row) => unlessEqual(row.related.uid, '')),
  column('related_api_version', 'VARCHAR', (row) => unlessEqual(row.related.apiVersion, '')),
  column('related_field_path', 'VARCHAR', (row) => unlessEqual(row.related.fieldPath, '')),
  column('container', 'VARCHAR', (row) => row.container),
  column('node', 'VARCHAR', (row) => row.node),
  column('labels', 'VARCHAR', (row) => jsonOfMap(row.labels)),
  column('annotations', 'VARCHAR', (row) => jsonOfMap(row.annotations)),
  column('object_labels', 'VARCHAR', (row) => jsonOfMap(row.objectLabels)),
  column('metadata', 'VARCHAR', (row) => jsonOfMap(row.metadata)),
  column('rest', 'VARCHAR', (row) => (row.rest === null ? null : JSON.stringify(row.rest))),
  column('flags', 'VARCHAR', (row) => jsonOfList(row.flags)),
  column('pattern_ids', 'VARCHAR', (row) => jsonOfList(row.patternIds)),
  column('category', 'VARCHAR', (row) => row.category),
  column('severity', 'VARCHAR', (row) => row.severity),
  column('rule', 'VARCHAR', (row) => row.rule),
  column('owner_kind', 'VARCHAR', (row) => row.owner.kind),
  column('owner_name', 'VARCHAR', (row) => row.owner.name),
  column('topology_evidence', 'VARCHAR', (row) => row.topologyEvidence),
  column('correlation_id', 'VARCHAR', (row) => row.correlationId),
  column('correlation_rule', 'VARCHAR', (row) => row.correlationRule),
  column('template_id', 'VARCHAR', (row) => row.templateId),
]

/**
 * Format of the file. Fixed, not `latest`: a file made here stays readable for the DuckDB that made it. The default,
 * of 2024, lacks the dictionaries that make a row a third smaller.
 */
export const STORAGE_VERSION = 'v1.5.0'

export const TABLES = ['observations', 'records', 'applied'] as const

/** Besides the rows: records, and up to where each buffer's entries are in this file. */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS observations (${OBSERVATION_COLUMNS.map(({ name, type }) => `${name} ${type}`).join(', ')})`,
  `CREATE TABLE IF NOT EXISTS records
     (kind VARCHAR, id VARCHAR, revision BIGINT, from_time BIGINT, to_time BIGINT, body VARCHAR)`,
  'CREATE TABLE IF NOT EXISTS applied (buffer_id VARCHAR, sequence BIGINT)',
  // How the batch ended, for whoever did not live to hear of it: JSON without the sequence.
  'ALTER TABLE applied ADD COLUMN IF NOT EXISTS ends VARCHAR',
]

/**
 * Appends a block of rows given as one JSON text of columns (see {@link encodeRows}); a column that is null in all rows
 * may be absent. DuckDB's own JSON reader takes 10–15 µs a row off the JavaScript threads; setting
 * values one by one through the appender's vectors costs about twice that, and blocks.
 */
export const APPEND_ROWS = `INSERT INTO observations SELECT ${OBSERVATION_COLUMNS.map(appended).join(', ')}
  FROM (SELECT ${OBSERVATION_COLUMNS.map(({ name }) => `unnest(block.${name}) AS ${name}`).join(', ')}
    FROM (SELECT from_json($1::VARCHAR, '${blockStructure()}') AS block))`

/** Rows as the JSON text that {@link APPEND_ROWS} takes. */
export function encodeRows(rows: readonly Observation[]): string {
  const block: Record<string, Cell[]> = {}
  for (const { name, encode } of OBSERVATION_COLUMNS) {
    const cells = rows.map(encode)
    if (cells.some((cell) => cell !== null)) block[name] = cells
  }
  return wellFormed(JSON.stringify(block))
}

function column(name: string, type: StoredColumn['type'], encode: StoredColumn['encode']): StoredColumn {
  return { name, type, encode }
}

function appended({ name, type }: StoredColumn): string {
  return type === 'UBIGINT' ? `('0x' || ${name})::UBIGINT` : name
}

function blockStructure(): string {
  const types = OBSERVATION_COLUMNS.map(({ name, type }) => [name, [type === 'UBIGINT' ? 'VARCHAR' : type]])
  return JSON.stringify(Object.fromEntries(types))
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

function asUuid(uid: string): string | null {
  return uid.length === 36 && UUID.test(uid) ? uid : null
}

function unlessUuid(uid: string): string | null {
  return uid === '' || asUuid(uid) !== null ? null : uid
}

function unlessEqual(value: string, usual: string): string | null {
  return value === usual ? null : value
}

/** The field path of a container, from which `container` is taken. */
export function containerPath(container: string): string {
  return container === '' ? '' : `spec.containers{${container}}`
}

/** Reporters name events `<object>.<hexadecimal time>`: then the digits, else null. */
function nameSuffix({ name, regarding }: Observation): string | null {
  const start = regarding.name.length + 1
  const digits = name.length - start
  if (digits < 1 || digits > 16 || name[start - 1] !== '.' || !name.startsWith(regarding.name)) return null
  const suffix = name.slice(start)
  return /^[1-9a-f][0-9a-f]*$/.test(suffix) ? suffix : null
}

function jsonOfMap(map: Readonly<Record<string, string>>): string | null {
  for (const _ in map) return wellFormed(JSON.stringify(map))
  return null
}

function jsonOfList(list: readonly string[]): string | null {
  return list.length === 0 ? null : wellFormed(JSON.stringify(list))
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text)
}
