import type { Observation } from '../event/observation.ts'
import { resolveField, type ResolvedField } from './fields.ts'

/** A field's value as it is; `undefined` and `null` are absent. */
export type RawValue =
  string | number | boolean | null | undefined | readonly string[] | Readonly<Record<string, string>>

/** Reads one field from observations; made once for each query. */
export type FieldReader = (observation: Observation) => RawValue

/**
 * The reader of a field, map entries with dots included.
 *
 * @throws RangeError for a name that is no field: names are checked where a query is parsed.
 */
export function fieldReader(name: string): FieldReader {
  const { field, key } = knownField(name)
  if (key !== null) return (observation) => ownEntry(observation[field.name as 'labels'], key)
  const dot = field.name.indexOf('.')
  if (dot < 0) return (observation) => observation[field.name as 'reason']
  const parent = field.name.slice(0, dot) as 'regarding'
  const child = field.name.slice(dot + 1) as 'kind'
  return (observation) => observation[parent][child]
}

/** The dictionary's row of a name that a query was allowed to use. */
export function knownField(name: string): ResolvedField {
  const resolved = resolveField(name)
  if (resolved === null) throw new RangeError(`"${name}" is not a field of an observation`)
  return resolved
}

/** The texts of a value that filters compare, at least one: the empty text when it is absent. */
export function textsOf(value: RawValue): readonly string[] {
  if (value === null || value === undefined) return ['']
  if (typeof value !== 'object') return [String(value)]
  const texts = Array.isArray(value) ? (value as readonly string[]) : Object.keys(value)
  return texts.length === 0 ? [''] : texts
}

/** The text of a value that groups are keyed by: the empty text when it is absent. */
export function textOf(value: RawValue): string {
  return textsOf(value)[0] ?? ''
}

/** Entries named like a property of every object (`constructor`, `__proto__`) are entries only when they were given. */
function ownEntry(entries: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(entries, key) ? entries[key] : undefined
}
