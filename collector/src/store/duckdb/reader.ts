import type { Observation } from '../../event/observation.ts'
import { sliceOf, volumeOf } from '../../query/event-volume.ts'
import type { FieldValue, Filter, TimeRange } from '../../query/model.ts'
import type { EventReader } from '../store.ts'
import type { RowKey } from '../../query/cursor.ts'
import { readAggregate } from './aggregate.ts'
import type { Database } from './database.ts'
import { readEventPage } from './event-page.ts'
import { DELTA_SINCE, fieldSql, groupText } from './field-sql.ts'
import { matchSql, rowsFor } from './filter-sql.ts'
import { readLatest } from './latest.ts'
import { occurrencesOfRow } from './measure-sql.ts'
import { readPatterns } from './patterns.ts'
import type { Result, Statement } from './protocol.ts'
import { readRecords } from './read-records.ts'
import { readRows } from './read-rows.ts'
import { countNewest, findCandidates } from './rows-sql.ts'
import { statement } from './sql-text.ts'
import { timeSlices } from './time-slices.ts'
import type { Read } from './engine-client.ts'
import { diskBytes } from './disk.ts'

/** Rows of one step of a scan: a few MB on the way to the caller. */
const SCAN_ROWS = 2_000

type ValuesQuery = Parameters<EventReader['values']>[0]

/** The reading half over one DuckDB file. Every answer is of one snapshot, but for scans. */
export function createReader(database: Database): EventReader {
  return {
    events: (query, signal) => database.snapshot(signal, (read) => readEventPage(query, read)),
    aggregate: (query, signal) => database.snapshot(signal, (read) => readAggregate(query, read)),
    async eventVolume({ window, ...query }, signal) {
      const slice = sliceOf(window)
      const [counted] = await database.read([countNewest({ ...query, slice })], signal)
      const [severities = [], slices = [], counts = []] = counted?.columns ?? []
      const rows = severities.map((severity, row) => ({
        severity: String(severity),
        time: Number(slices[row]) * slice,
        events: Number(counts[row]),
      }))
      return volumeOf(window, rows)
    },

    latest: (query, signal) => database.snapshot(signal, (read) => readLatest(query, read)),
    patterns: (query, signal) => database.snapshot(signal, (read) => readPatterns(query, read)),

    async values(query, signal) {
      const [values] = await database.read([listValues(query)], signal)
      return fieldValuesOf(values)
    },

    scan: (query, signal) => scan(database, query, signal),

    records: (kind, range, signal) => database.snapshot(signal, (read) => readRecords(kind, range, read)),

    async statistics(signal) {
      const sql = `SELECT count(*), min(last_observed), max(last_observed), min(${DELTA_SINCE}) FROM observations`
      const [result] = await database.read([{ sql, parameters: [] }], signal)
      const [rows, oldest, newest, begins] = (result?.columns ?? []).map(([cell]) => cell)
      return {
        observations: Number(rows),
        begins: begins === null ? null : Number(begins),
        oldest: oldest === null ? null : Number(oldest),
        newest: newest === null ? null : Number(newest),
        bytes: await diskBytes(database.settings.file),
        backend: 'duckdb',
      }
    },
  }
}

/**
 * Steps by key, each in a snapshot of its own: one held open as long as a slow reader takes would keep DuckDB from
 * reusing space. Rows that come in behind the place reached are not seen.
 */
async function* scan(database: Database, query: TimeRange & { readonly filter: Filter }, signal: AbortSignal) {
  for (let after: RowKey | null = null; ;) {
    const rows: readonly Observation[] = await database.snapshot(signal, (read) => readNext(query, after, read))
    if (rows.length > 0) yield rows
    after = rows.at(-1) ?? null
    if (after === null) return
  }
}

/** The next rows behind a key; none at the end. */
async function readNext(
  query: TimeRange & { readonly filter: Filter },
  after: RowKey | null,
  read: Read,
): Promise<readonly Observation[]> {
  const range = { from: Math.max(query.from, after?.lastObserved ?? 0), to: query.to }
  for await (const slice of timeSlices(range, 'oldest', read)) {
    const [found] = await read(
      findCandidates({ ...query, ...slice, order: 'oldest' }, { after, newest: null }, SCAN_ROWS),
    )
    const places = (found?.columns[0] ?? []).map(Number)
    if (places.length > 0) return readRows(places, read)
  }
  return []
}

function listValues(query: ValuesQuery): Statement {
  return statement((bindings) => {
    const sql = fieldSql(query.field, bindings)
    const value = sql.kind === 'list' ? `unnest(list_distinct(${sql.texts}))` : groupText(query.field, bindings)
    return `SELECT value, sum(occurrences) AS occurrences FROM (
        SELECT ${value} AS value, ${occurrencesOfRow(query.from, bindings)} AS occurrences
        FROM ${rowsFor(query.filter)} WHERE ${matchSql(query, bindings)})
      WHERE value <> '' AND starts_with(value, ${bindings.bind(query.prefix)})
      GROUP BY value ORDER BY occurrences DESC, value LIMIT ${bindings.bind(query.limit)}`
  })
}

function fieldValuesOf(values: Result | undefined): readonly FieldValue[] {
  const [texts = [], sums = []] = values?.columns ?? []
  return texts.map((value, row) => ({ value: String(value), occurrences: Number(sums[row]) }))
}
