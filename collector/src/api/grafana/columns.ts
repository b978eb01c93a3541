import type { EpochMicros } from '../../clock.ts'
import { TABLE_TIME, type Column } from './frame.ts'

/** Columns of a table, each read from its rows. */
export function strings<Row>(name: string, rows: readonly Row[], read: (row: Row) => string): Column {
  return { kind: 'string', name, values: rows.map(read) }
}

export function numbers<Row>(
  name: string,
  rows: readonly Row[],
  read: (row: Row) => number,
): Column & { kind: 'number' } {
  return { kind: 'number', name, values: rows.map(read) }
}

export function times<Row>(name: string, rows: readonly Row[], read: (row: Row) => EpochMicros): Column {
  return { kind: 'time', name, config: TABLE_TIME, values: rows.map(read) }
}
