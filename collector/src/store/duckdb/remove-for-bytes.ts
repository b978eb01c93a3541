import { HOUR, type EpochMicros } from '../../clock.ts'
import { recordsBefore, sumRemoved, type RemovedRecords } from '../record-age.ts'
import type { RetentionPolicy } from '../store.ts'
import type { Database } from './database.ts'
import { diskBytes } from './disk.ts'
import type { Statement } from './protocol.ts'
import { removeDays, type RemovedRows } from './remove-days.ts'
import { CHECKPOINT, RECORD_TIME, removeRecords } from './remove-records.ts'
import { statement } from './sql-text.ts'

/**
 * When the file has grown to this part of the bound, the oldest rows and records go until it uses {@link TARGET}: DuckDB
 * reuses space and gives back only what lies at the end of the file, so the room between is what comes in until the next
 * look.
 */
const HIGH_WATER = 0.85
const TARGET = 0.75

/** Rounds of removing for bytes; each is measured, for rows differ in size. */
const MAX_ROUNDS = 4

/** Characters that count for a record besides its body: its id and times. */
const RECORD_HEAD = 60

/** Removes the oldest hours, of any class and kind, while what the file holds takes too much of the bound. */
export async function removeForBytes(
  database: Database,
  policy: RetentionPolicy,
  signal: AbortSignal,
): Promise<RemovedRows & { readonly records: RemovedRecords }> {
  let gone: Awaited<ReturnType<typeof removeForBytes>> = { rows: 0, rolledUp: 0, records: {} }
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const held = await readHeld(database, signal)
    if (held.total <= policy.maxBytes * (round === 0 ? HIGH_WATER : TARGET)) break
    const bound = await boundForBytes(database, held, policy, signal)
    if (bound === null) break
    const { rows, rolledUp } = await removeDays(
      database,
      (bindings) => `last_observed < ${bindings.bind(bound)}`,
      bound,
      signal,
    )
    const records = await removeRecords(database, recordsBefore(bound), { rewrite: true })
    gone = { rows: gone.rows + rows, rolledUp: gone.rolledUp + rolledUp, records: sumRemoved(gone.records, records) }
    await database.exclusively(() => database.maintain(CHECKPOINT))
  }
  return gone
}

/** Whether only a new file can keep the bound: what was removed still takes its room. */
export async function isFull(database: Database, { maxBytes }: RetentionPolicy, signal: AbortSignal): Promise<boolean> {
  if ((await diskBytes(database.settings.file)) > maxBytes) return true
  return (await usedBytes(database, signal)) > maxBytes * HIGH_WATER
}

/** Bytes of the blocks that hold something; the rest of the file is free for what comes. */
async function usedBytes(database: Database, signal: AbortSignal): Promise<number> {
  const sql = 'SELECT block_size * used_blocks FROM pragma_database_size()'
  const [result] = await database.read([{ sql, parameters: [] }], signal)
  return Number(result?.columns[0]?.[0] ?? 0)
}

/** Bytes of what is there still; what was removed may take its room until all around it is gone as well. */
interface Held {
  readonly total: number
  readonly perRow: number
  readonly records: number
}

async function readHeld(database: Database, signal: AbortSignal): Promise<Held> {
  const [rows, records] = await Promise.all(
    (['observations', 'records'] as const).map((table) => readTable(database, table, signal)),
  )
  const used = await usedBytes(database, signal)
  if (rows === undefined || records === undefined) return { total: used, perRow: 0, records: 0 }
  const gone = rows.bytes * rows.partGone + records.bytes * records.partGone
  return {
    total: used - gone,
    perRow: rows.rows === 0 ? 0 : (rows.bytes * (1 - rows.partGone)) / rows.rows,
    records: records.bytes * (1 - records.partGone),
  }
}

/** What a table takes after a checkpoint, how many rows it has, and what part of its places belong to removed ones. */
async function readTable(database: Database, table: 'observations' | 'records', signal: AbortSignal) {
  const sql = `WITH segment AS MATERIALIZED (FROM pragma_storage_info('${table}')),
      block AS (SELECT block_id AS id FROM segment WHERE block_id >= 0 UNION SELECT unnest(additional_block_ids) FROM segment)
    SELECT (SELECT count(*) FROM block) * (SELECT block_size FROM pragma_database_size()), (SELECT count(*) FROM ${table}),
      (SELECT coalesce(sum(count), 0) FROM segment WHERE column_id = 0 AND segment_type <> 'VALIDITY')`
  const [result] = await database.read([{ sql, parameters: [] }], signal)
  const [bytes = 0, rows = 0, places = 0] = (result?.columns ?? []).map(([cell]) => Number(cell))
  return { bytes, rows, partGone: places === 0 ? 0 : 1 - rows / places }
}

/**
 * The end of the hour up to which enough goes; where that is the newest hour of rows, which must not go whole, a time inside:
 * better one hour rolled up from a part of its rows than a full disk. Null when there is nothing.
 */
async function boundForBytes(
  database: Database,
  held: Held,
  policy: RetentionPolicy,
  signal: AbortSignal,
): Promise<EpochMicros | null> {
  const [rows, records] = await database.read([ROWS_BY_HOUR, RECORDS_BY_HOUR], signal)
  const [rowHours = [], counts = []] = rows?.columns ?? []
  const [recordHours = [], sizes = []] = records?.columns ?? []
  const characters = sizes.reduce<number>((sum, size) => sum + Number(size), 0)
  const bytes = new Map<number, number>()
  const add = (hour: number, more: number) => bytes.set(hour, (bytes.get(hour) ?? 0) + more)
  for (const [place, hour] of rowHours.entries()) add(Number(hour), Number(counts[place]) * held.perRow)
  for (const [place, hour] of recordHours.entries()) {
    if (hour !== null) add(Number(hour), (Number(sizes[place]) / characters) * held.records)
  }
  const newest = Math.max(-Infinity, ...rowHours.map(Number))
  let left = held.total - policy.maxBytes * TARGET
  for (const [hour, size] of [...bytes].sort(([a], [b]) => a - b)) {
    if (left <= size && hour === newest) return timeWithin(database, hour * HOUR, left / size, signal)
    left -= size
    if (left <= 0) return (hour + 1) * HOUR
  }
  return bytes.size === 0 ? null : (Math.max(...bytes.keys()) + 1) * HOUR
}

const ROWS_BY_HOUR: Statement = {
  sql: 'SELECT last_observed // $1 AS hour, count(*) FROM observations GROUP BY hour',
  parameters: [HOUR],
}

/** Roll-ups, which stay, have no hour. */
const RECORDS_BY_HOUR: Statement = {
  sql: `SELECT CASE kind WHEN 'roll-up' THEN NULL ELSE ${RECORD_TIME} // $1 END AS hour, sum(length(body) + $2)
    FROM records GROUP BY hour`,
  parameters: [HOUR, RECORD_HEAD],
}

/** The time before which the oldest `part` of the rows of an hour lies. */
async function timeWithin(
  database: Database,
  hour: EpochMicros,
  part: number,
  signal: AbortSignal,
): Promise<EpochMicros> {
  const find = statement(
    (bindings) => `SELECT quantile_disc(last_observed, ${bindings.bind(part)}) FROM observations
      WHERE last_observed >= ${bindings.bind(hour)}`,
  )
  const [result] = await database.read([find], signal)
  return Number(result?.columns[0]?.[0]) + 1
}
