import { DAY, HOUR, type EpochMicros } from '../../clock.ts'
import type { StoreRecord } from '../../event/record.ts'
import { expiryBound, ROLL_UP_FIELDS, rollUpRecord } from '../../query/roll-up.ts'
import type { RetentionClass, RetentionPolicy, RetentionReport } from '../store.ts'
import type { Database } from './database.ts'
import { diskBytes } from './disk.ts'
import { groupText } from './field-sql.ts'
import { keyNames, OBJECT } from './measure-sql.ts'
import type { Result, Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'
import { putRecords } from './write-sql.ts'

type Run = (statement: Statement) => Promise<Result>

/** Rows that go, as a condition; written anew for each statement, because each has its own values. */
type Doomed = (bindings: Bindings) => string

/**
 * When the file has grown to this part of the bound, the oldest rows go until it uses {@link TARGET}: DuckDB reuses
 * space and gives back only what lies at the end of the file, so the room between is what comes in until the next
 * look.
 */
const HIGH_WATER = 0.85
const TARGET = 0.75

/** Rounds of removing for bytes; each is measured, for rows differ in size. */
const MAX_ROUNDS = 4

const CHECKPOINT: Statement = { sql: 'CHECKPOINT', parameters: [] }

/**
 * Removes what is too old or too much. A day of rows at a time is rolled up and removed in one transaction, so that a
 * crash leaves no hour counted twice or not at all, and so that writers wait for a day, not for all.
 */
export async function expireRows(
  database: Database,
  policy: RetentionPolicy,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<RetentionReport> {
  const removed: Record<string, number> = Object.fromEntries(policy.classes.map(({ name }) => [name, 0]))
  let rolledUp = 0
  for (const [index, { name, maxAge }] of policy.classes.entries()) {
    const bound = expiryBound(now, maxAge)
    const gone = await removeDays(database, classRows(policy, index, bound), bound, signal)
    removed[name] = (removed[name] ?? 0) + gone.rows
    rolledUp += gone.rolledUp
  }
  const endOfRollUps = now - policy.rollUpMaxAge
  await database.exclusively(async (transact) => {
    await transact(async (run) => void (await run(removeRollUps(endOfRollUps))))
    await database.maintain(CHECKPOINT)
  })
  const forBytes = await removeForBytes(database, policy.maxBytes, signal)
  if (forBytes.rows > 0) removed['maxBytes'] = forBytes.rows
  if ((await diskBytes(database.settings.file)) > policy.maxBytes) await database.exclusively(() => database.compact())
  return { removed, rolledUp: rolledUp + forBytes.rolledUp, bytes: await diskBytes(database.settings.file) }
}

/** Rows whose first class with their severity is the one at `index`, and that are older than `bound`. */
function classRows({ classes, includeRecordings }: RetentionPolicy, index: number, bound: EpochMicros): Doomed {
  const taken = classes.slice(0, index).flatMap(({ severities }) => severities)
  const own = (classes[index] as RetentionClass).severities.filter((severity) => !taken.includes(severity))
  return (bindings) => {
    if (own.length === 0) return 'false'
    const spared = includeRecordings ? '' : ` AND NOT starts_with(source, 'recording ')`
    return `last_observed < ${bindings.bind(bound)} AND severity IN (${bindings.bindAll(own)})${spared}`
  }
}

interface Gone {
  readonly rows: number
  readonly rolledUp: number
}

/** Removes rows below `bound`, a day after the other, oldest first. */
async function removeDays(database: Database, doomed: Doomed, bound: EpochMicros, signal: AbortSignal): Promise<Gone> {
  let [rows, rolledUp] = [0, 0]
  for (;;) {
    signal.throwIfAborted()
    const oldest = await oldestRow(database, doomed, signal)
    if (oldest === null) return { rows, rolledUp }
    const end = Math.min(bound, Math.floor(oldest / DAY) * DAY + DAY)
    const day: Doomed = (bindings) => `${doomed(bindings)} AND last_observed < ${bindings.bind(end)}`
    await database.exclusively((transact) =>
      transact(async (run) => {
        rolledUp += await rollUp(run, day)
        rows += await changed(
          run,
          statement((bindings) => `DELETE FROM observations WHERE ${day(bindings)}`),
        )
      }),
    )
  }
}

async function oldestRow(database: Database, doomed: Doomed, signal: AbortSignal): Promise<EpochMicros | null> {
  const oldest = statement((bindings) => `SELECT min(last_observed) FROM observations WHERE ${doomed(bindings)}`)
  const [result] = await database.read([oldest], signal)
  const time = result?.columns[0]?.[0] ?? null
  return time === null ? null : Number(time)
}

/** Number of new roll-ups; one that is there already stays as it is. */
async function rollUp(run: Run, doomed: Doomed): Promise<number> {
  const records = rollUpsOf(await run(sumHours(doomed)))
  return records.length === 0 ? 0 : changed(run, putRecords(records))
}

function sumHours(doomed: Doomed): Statement {
  return statement((bindings) => {
    const keys = keyNames(ROLL_UP_FIELDS)
    const texts = ROLL_UP_FIELDS.map((field, index) => `${groupText(field, bindings)} AS ${keys[index] ?? ''}`)
    const hour = bindings.bind(HOUR)
    return `SELECT (last_observed // ${hour}) * ${hour} AS hour, sum(count_delta), sum(count_unplaced), count(*),
        count(DISTINCT (${OBJECT})), min(last_observed), max(last_observed), bool_or(count_is_lower_bound), ${texts.join(', ')}
      FROM observations WHERE ${doomed(bindings)} GROUP BY hour, ${keys.join(', ')}`
  })
}

function rollUpsOf({ columns, rowCount }: Result): readonly StoreRecord[] {
  return Array.from({ length: rowCount }, (_, row) => {
    const number = (column: number): number => Number(columns[column]?.[row])
    return rollUpRecord(number(0), {
      key: ROLL_UP_FIELDS.map((_field, index) => String(columns[8 + index]?.[row])),
      occurrences: number(1),
      unplaced: number(2),
      observations: number(3),
      objects: number(4),
      firstObserved: number(5),
      lastObserved: number(6),
      isLowerBound: columns[7]?.[row] === true,
    })
  })
}

function removeRollUps(bound: EpochMicros): Statement {
  return { sql: `DELETE FROM records WHERE kind = 'roll-up' AND to_time <= $1`, parameters: [bound] }
}

/** Removes the oldest hours, of any class, while the file uses too much of the bound. */
async function removeForBytes(database: Database, maxBytes: number, signal: AbortSignal): Promise<Gone> {
  let [rows, rolledUp] = [0, 0]
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const used = await usedBytes(database, signal)
    if (used <= maxBytes * (round === 0 ? HIGH_WATER : TARGET)) break
    const bound = await boundOfOldest(database, 1 - (maxBytes * TARGET) / used, signal)
    if (bound === null) break
    const gone = await removeDays(database, (bindings) => `last_observed < ${bindings.bind(bound)}`, bound, signal)
    rows += gone.rows
    rolledUp += gone.rolledUp
    await database.exclusively(() => database.maintain(CHECKPOINT))
  }
  return { rows, rolledUp }
}

/** Bytes of the blocks that hold something; the rest of the file is free for what comes. */
async function usedBytes(database: Database, signal: AbortSignal): Promise<number> {
  const sql = 'SELECT block_size * used_blocks FROM pragma_database_size()'
  const [result] = await database.read([{ sql, parameters: [] }], signal)
  return Number(result?.columns[0]?.[0] ?? 0)
}

/**
 * The end of the hour that holds the last of the oldest `part` of the rows; where that is the newest hour, which must
 * not go whole, the time of that row: better one hour rolled up from a part of its rows than a full disk.
 */
async function boundOfOldest(database: Database, part: number, signal: AbortSignal): Promise<EpochMicros | null> {
  const find = statement(
    (bindings) => `SELECT quantile_disc(last_observed, ${bindings.bind(part)}), max(last_observed) FROM observations`,
  )
  const [result] = await database.read([find], signal)
  const [at, newest] = (result?.columns ?? []).map(([cell]) => cell ?? null)
  if (at === null || at === undefined || newest === null || newest === undefined) return null
  const end = Math.floor(Number(at) / HOUR) * HOUR + HOUR
  return end <= Number(newest) ? end : Number(at) + 1
}

/** What an INSERT or DELETE says of itself. */
async function changed(run: Run, statement: Statement): Promise<number> {
  const { columns } = await run(statement)
  return Number(columns[0]?.[0] ?? 0)
}
