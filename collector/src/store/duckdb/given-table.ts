import type { Bindings } from './sql-text.ts'
import { wellFormed } from './well-formed.ts'

/** A column of values that a statement brings along. */
export interface GivenColumn {
  readonly type: 'VARCHAR' | 'BIGINT' | 'JSON'
  /** Texts, numbers, or what becomes a JSON text. */
  readonly values: readonly (string | number | object)[]
}

/**
 * Values as a table in SQL, `SELECT …`, handed over as one JSON text: binding thousands of values one by one is slow,
 * and the statement would be another one for each number of rows.
 */
export function givenTable(columns: Readonly<Record<string, GivenColumn>>, bindings: Bindings): string {
  const names = Object.keys(columns)
  const types = Object.fromEntries(names.map((name) => [name, [columns[name]?.type]]))
  const values = Object.fromEntries(names.map((name) => [name, columns[name]?.values]))
  const json = `from_json(${bindings.bind(wellFormed(JSON.stringify(values)))}::VARCHAR, '${JSON.stringify(types)}')`
  return `SELECT ${names.map((name) => `unnest(given.${name}) AS ${name}`).join(', ')} FROM (SELECT ${json} AS given)`
}

/** Keys of groups, with the place of each. Columns as `keyNames` names them, and `place`. */
export function givenKeys(names: readonly string[], keys: readonly (readonly string[])[], bindings: Bindings): string {
  const columns = names.map((name, index): [string, GivenColumn] => [
    name,
    { type: 'VARCHAR', values: keys.map((key) => key[index] ?? '') },
  ])
  const place: GivenColumn = { type: 'BIGINT', values: keys.map((_, index) => index) }
  return givenTable({ ...Object.fromEntries(columns), place }, bindings)
}

/** `a.key0 = b.key0 AND …` */
export function sameKeys(names: readonly string[], left: string, right: string): string {
  return names.map((name) => `${left}.${name} = ${right}.${name}`).join(' AND ')
}
