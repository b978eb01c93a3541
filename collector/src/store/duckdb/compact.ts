import { rm } from 'node:fs/promises'
import type { Result, Statement } from './protocol.ts'
import { STORAGE_VERSION, TABLES } from './schema.ts'

/** Where the smaller file is made; one left by a crash is worthless and removed. */
export function compactPath(file: string): string {
  return `${file}.compact`
}

/**
 * Writes everything that the file holds into a new one beside it, which then has no free blocks. DuckDB gives back
 * only free blocks at the end of a file. Nothing else may write meanwhile; while both files are there, the disk holds
 * both.
 */
export async function writeCompacted(file: string, run: (statement: Statement) => Promise<Result>): Promise<void> {
  const path = compactPath(file)
  await rm(path, { force: true })
  const execute = (sql: string): Promise<Result> => run({ sql, parameters: [] })
  // So that no WAL is left which would be taken for the new file's.
  await execute('CHECKPOINT')
  await execute(`ATTACH '${path.replaceAll("'", "''")}' AS compacted (STORAGE_VERSION '${STORAGE_VERSION}')`)
  try {
    for (const table of TABLES) await execute(`CREATE TABLE compacted.${table} AS FROM ${table}`)
  } finally {
    await execute('DETACH compacted')
  }
}
