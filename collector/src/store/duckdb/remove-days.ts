import { DAY, HOUR, type EpochMicros } from '../../clock.ts'
import type { StoreRecord } from '../../event/record.ts'
import { ROLL_UP_FIELDS, rollUpRecord } from '../../query/roll-up.ts'
import type { Database, Run } from './database.ts'
import { groupText } from './field-sql.ts'
import { keyNames, OBJECT_COUNT } from './measure-sql.ts'
import type { Result, Statement } from './protocol.ts'
import { statement, type Bindings } from './sql-text.ts'
import { putRecords } from './write-sql.ts'

/** Rows that go, as a condition; written anew for each statement, because each has its own values. */
export type Doomed = (bindings: Bindings) => string

export interface RemovedRows {
  readonly rows: number
  readonly rolledUp: number
}

/**
 * Rolls up and removes rows below `bound`, a day after the other, oldest first. A day is one transaction, so that a crash
 * leaves no hour counted twice or not at all, and so that writers wait for a day, not for all.
 */
export async function removeDays(
  database: Database,
  doomed: Doomed,
  bound: EpochMicros,
  signal: AbortSignal,
): Promise<RemovedRows> {
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
        ${OBJECT_COUNT}, min(last_observed), max(last_observed), bool_or(count_is_lower_bound), ${texts.join(', ')}
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

/** What an INSERT or DELETE says of itself. */
async function changed(run: Run, statement: Statement): Promise<number> {
  const { columns } = await run(statement)
  return Number(columns[0]?.[0] ?? 0)
}
