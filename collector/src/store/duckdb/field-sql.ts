import { knownField } from '../../query/field-value.ts'
import { SEVERITIES } from '../../event/words.ts'
import type { Bindings } from './sql-text.ts'

/**
 * A field in SQL. `text` is never null: the empty text stands for an absent value. Lists and whole maps have several
 * texts: `texts` is a list of VARCHAR, never empty. `number` is the value of integers and times, null when absent.
 */
export type FieldSql =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: string; readonly nullable: boolean }
  | { readonly kind: 'boolean'; readonly boolean: string }
  | { readonly kind: 'list'; readonly column: string; readonly texts: string }
  | { readonly kind: 'entry'; readonly value: string }

/** How columns that are not stored as they are read come back; see `schema.ts`. */
const TEXT_OF: Readonly<Record<string, string>> = {
  id: idText(),
  uid: `coalesce(uid::VARCHAR, uid_text, '')`,
  name: `coalesce(name_text, regarding_name || '.' || format('{:x}', name_number))`,
  clusterUid: `coalesce(cluster_uid, '')`,
  'regarding.namespace': 'coalesce(regarding_namespace, namespace)',
  'regarding.uid': `coalesce(regarding_uid::VARCHAR, regarding_uid_text, '')`,
  'regarding.fieldPath': `coalesce(regarding_field_path, CASE container WHEN '' THEN '' ELSE 'spec.containers{' || container || '}' END)`,
  'related.kind': `coalesce(related_kind, '')`,
  'related.name': `coalesce(related_name, '')`,
  'related.namespace': `coalesce(related_namespace, '')`,
  'related.uid': `coalesce(related_uid, '')`,
  'related.apiVersion': `coalesce(related_api_version, '')`,
  'related.fieldPath': `coalesce(related_field_path, '')`,
}

/** The beginning of the delta; null in the file where it is the event's. */
export const DELTA_SINCE = 'coalesce(delta_since, first_observed)'

/** @throws RangeError for a name that is no field. */
export function fieldSql(name: string, bindings: Bindings): FieldSql {
  const { field, key } = knownField(name)
  const column = columnName(field.name)
  if (key !== null)
    return { kind: 'entry', value: `json_extract_string(${column}, ${bindings.bind(jsonPointer(key))})` }
  switch (field.type) {
    case 'text':
      return { kind: 'text', text: TEXT_OF[field.name] ?? column }
    case 'integer':
    case 'time':
      return {
        kind: 'number',
        number: field.name === 'deltaSince' ? DELTA_SINCE : column,
        nullable: field.name === 'resourceVersion',
      }
    case 'boolean':
      return { kind: 'boolean', boolean: column }
    case 'list':
      return { kind: 'list', column, texts: `coalesce(from_json(${column}, '["VARCHAR"]'), [''])` }
    case 'map':
      return { kind: 'list', column, texts: `coalesce(json_keys(${column}), [''])` }
  }
}

/** The one text of a field, for groups. A list or map gives its first, as `textOf` of the query model does. */
export function groupText(name: string, bindings: Bindings): string {
  const sql = fieldSql(name, bindings)
  switch (sql.kind) {
    case 'text':
      return sql.text
    case 'number':
      return `coalesce(${sql.number}::VARCHAR, '')`
    case 'boolean':
      return `${sql.boolean}::VARCHAR`
    case 'entry':
      return `coalesce(${sql.value}, '')`
    case 'list':
      return `${sql.texts}[1]`
  }
}

/** Rank of the severity, 0 for the mildest. */
export const SEVERITY_RANK = `CASE severity ${SEVERITIES.map((word, rank) => `WHEN '${word}' THEN ${String(rank)}`).join(' ')} ELSE 0 END`

/** A field's stored column: the observation's names in snake case. */
function columnName(field: string): string {
  return field.replace('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** RFC 6901. DuckDB takes a path that begins with a slash as such a pointer, in which every key can be named. */
function jsonPointer(key: string): string {
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Undoes `sortable-id.ts`. */
function idText(): string {
  const bytes = `to_base64(unhex(replace(id::VARCHAR, '-', '')))`
  const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const ranks = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
  return `(translate(left(${bytes}, 21), '${base64}', '${ranks}') || substr(${bytes}, 22, 1))`
}
