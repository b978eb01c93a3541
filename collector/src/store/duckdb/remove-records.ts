import { RECORD_KINDS, type RecordKind } from '../../event/record.ts'
import type { DoomedRecords, RemovedRecords } from '../record-age.ts'
import type { Database } from './database.ts'
import type { Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'

export const CHECKPOINT: Statement = { sql: 'CHECKPOINT', parameters: [] }

/** `recordTime` in SQL. */
export const RECORD_TIME = 'least(to_time, greatest(from_time, revision))'

/**
 * Removes records and says how many of each kind. With `rewrite` the others are written anew: DuckDB gives back the room of
 * a row only when all some hundred thousand around it are gone.
 */
export async function removeRecords(
  database: Database,
  doomed: DoomedRecords,
  { rewrite = false }: { readonly rewrite?: boolean } = {},
): Promise<RemovedRecords> {
  let removed: RemovedRecords = {}
  await database.exclusively((transact) =>
    transact(async (run) => {
      const { columns } = await run(countDoomed(doomed))
      const [kinds = [], counts = []] = columns
      removed = Object.fromEntries(kinds.map((kind, row) => [kind as RecordKind, Number(counts[row])]))
      if (kinds.length === 0) return
      await run(statement((bindings) => `DELETE FROM records WHERE ${doomedSql(doomed, bindings)}`))
      if (!rewrite) return
      const [last] = (await run({ sql: 'SELECT max(rowid) FROM records', parameters: [] })).columns
      await run({ sql: 'INSERT INTO records FROM records', parameters: [] })
      await run({ sql: 'DELETE FROM records WHERE rowid <= $1', parameters: [Number(last?.[0] ?? -1)] })
    }),
  )
  return removed
}

function countDoomed(doomed: DoomedRecords): Statement {
  return statement(
    (bindings) => `SELECT kind, count(*) FROM records WHERE ${doomedSql(doomed, bindings)} GROUP BY kind`,
  )
}

function doomedSql({ bounds, spared }: DoomedRecords, bindings: Bindings): string {
  const old = RECORD_KINDS.map(
    (kind) => `kind = ${bindings.bind(kind)} AND ${RECORD_TIME} <= ${bindings.bind(bounds[kind])}`,
  )
  const kept = spared.map(({ from, to }) => {
    return ` AND NOT (${RECORD_TIME} >= ${bindings.bind(from)} AND ${RECORD_TIME} < ${bindings.bind(to)})`
  })
  return `(${old.join(' OR ')})${kept.join('')}`
}
