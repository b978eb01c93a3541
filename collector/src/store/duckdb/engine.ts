import {
  DuckDBInstance,
  JSDuckDBValueConverter,
  type DuckDBConnection,
  type DuckDBPreparedStatement,
  type DuckDBValueConverter,
  type JS,
} from '@duckdb/node-api'
import type { EngineSettings, Result, ResultCell, Statement } from './protocol.ts'
import { STORAGE_VERSION } from './schema.ts'

/** Readers at work at once; further ones wait. Two cores gain nothing from more, and each holds memory. */
const READERS = 4

/**
 * WAL bytes before DuckDB writes a checkpoint by itself. A checkpoint rewrites the last, unfilled row group of every
 * column, so DuckDB's 16 MiB means writing each row about five times; a WAL of this size is replayed in about a
 * second.
 */
const CHECKPOINT_WAL = '96MiB'

/** Sorting and grouping beyond the memory limit spills to disk, but never more than this. */
const MAX_SPILL = '1GiB'

/** How often a query is interrupted until it ends. */
const INTERRUPT_EVERY_MS = 50

/** Prepared statements kept on the writer: appending, records, begin, commit. */
const KEPT_STATEMENTS = 8

export interface Engine {
  /** Opens a snapshot, as soon as a reader is free. Reads may be sent before that. */
  snapshot(id: number): Promise<void>
  read(snapshot: number, statements: readonly Statement[]): Promise<readonly Result[]>
  /** Ends the snapshot. Every one that was opened must be released, also after an error. */
  release(snapshot: number): Promise<void>
  /** Runs one statement on the writer's connection, after those sent before. */
  write(statement: Statement): Promise<Result>
  /** Stops the snapshot's running and waiting reads; a released one is left alone. */
  interrupt(snapshot: number): void
  /**
   * Waits for what is under way and lets go of the file; further calls fail. `checkpoint` leaves no WAL behind;
   * without it, for a damaged file, nothing is written.
   */
  close(options: { readonly checkpoint: boolean }): Promise<void>
}

/** @throws Error with DuckDB's message; `failure.ts` sorts it. */
export async function openEngine(settings: EngineSettings, schema: readonly string[]): Promise<Engine> {
  const instance = await DuckDBInstance.create(settings.file, {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    memory_limit: `${String(Math.ceil(settings.memoryLimitBytes / 1024))}KiB`,
    threads: String(settings.threads),
    storage_compatibility_version: STORAGE_VERSION,
    checkpoint_threshold: CHECKPOINT_WAL,
    max_temp_directory_size: MAX_SPILL,
  })
  try {
    const writer = await instance.connect()
    await writer.run("SET GLOBAL TimeZone = 'UTC'")
    for (const sql of schema) await writer.run(sql)
    const readers = await Promise.all(Array.from({ length: READERS }, () => instance.connect()))
    return engineOf(instance, writer, readers)
  } catch (error) {
    instance.closeSync()
    throw error
  }
}

function engineOf(instance: DuckDBInstance, writer: DuckDBConnection, readers: readonly DuckDBConnection[]): Engine {
  const snapshots = createSnapshots(createPool(readers))
  const prepare = keepStatements(writer)
  let lastWrite: Promise<unknown> = Promise.resolve()
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const next = lastWrite.then(work)
    lastWrite = next.catch(() => undefined)
    return next
  }

  return {
    ...snapshots,
    write: (statement) => inOrder(async () => runPrepared(await prepare(statement.sql), statement)),
    async close({ checkpoint }) {
      await snapshots.end()
      await inOrder(async () => {
        // Without room for it everything stays in the WAL, from which the next open reads it.
        if (checkpoint) await writer.run('CHECKPOINT').catch(() => undefined)
        writer.closeSync()
        for (const reader of readers) reader.closeSync()
        instance.closeSync()
      })
    },
  }
}

interface Snapshot {
  readonly connection: Promise<DuckDBConnection>
  /** The same connection, once it is there. */
  taken: DuckDBConnection | null
  /** Repeats the interruption: one that comes while DuckDB still plans a query is forgotten when it begins to run. */
  interrupting: NodeJS.Timeout | null
  /** What it reads at the moment; never fails. */
  reading: Promise<unknown>
}

async function begin(pool: Pool): Promise<DuckDBConnection> {
  const connection = await pool.take()
  try {
    await connection.run('BEGIN TRANSACTION READ ONLY')
    return connection
  } catch (error) {
    pool.give(connection)
    throw error
  }
}

function stopInterrupting({ interrupting }: Snapshot): void {
  if (interrupting !== null) clearInterval(interrupting)
}

interface Snapshots extends Pick<Engine, 'snapshot' | 'read' | 'release' | 'interrupt'> {
  /**
   * Refuses further work and waits until every snapshot is released: DuckDB's handles must not be closed under a
   * call.
   */
  end(): Promise<void>
}

function createSnapshots(pool: Pool): Snapshots {
  const open = new Map<number, Snapshot>()
  const ended = Promise.withResolvers<void>()
  let isEnding = false

  return {
    async snapshot(id) {
      if (isEnding) throw new Error('the store is being closed')
      const snapshot: Snapshot = {
        connection: begin(pool),
        taken: null,
        interrupting: null,
        reading: Promise.resolve(),
      }
      open.set(id, snapshot)
      snapshot.taken = await snapshot.connection
    },
    async read(id, statements) {
      const snapshot = open.get(id)
      if (snapshot === undefined) throw new Error(`snapshot ${String(id)} is not open`)
      const connection = await snapshot.connection
      const reading = readAll(connection, statements, () => {
        if (isEnding) throw new Error('the store is being closed')
        if (snapshot.interrupting !== null) throw new Error('INTERRUPT Error: interrupted before it ran')
      })
      snapshot.reading = Promise.allSettled([snapshot.reading, reading])
      return reading
    },
    async release(id) {
      const snapshot = open.get(id)
      if (snapshot === undefined) return
      try {
        const connection = await snapshot.connection
        await snapshot.reading
        stopInterrupting(snapshot)
        await connection.run('ROLLBACK').finally(() => {
          pool.give(connection)
        })
      } finally {
        stopInterrupting(snapshot)
        open.delete(id)
        if (isEnding && open.size === 0) ended.resolve()
      }
    },
    end() {
      isEnding = true
      if (open.size === 0) ended.resolve()
      return ended.promise
    },
    interrupt(id) {
      const snapshot = open.get(id)
      if (snapshot?.interrupting !== null) return
      snapshot.taken?.interrupt()
      snapshot.interrupting = setInterval(() => snapshot.taken?.interrupt(), INTERRUPT_EVERY_MS)
    },
  }
}

async function readAll(
  connection: DuckDBConnection,
  statements: readonly Statement[],
  check: () => void,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (const { sql, parameters } of statements) {
    check()
    const reader = await connection.runAndReadAll(sql, [...parameters])
    check()
    results.push({ columns: reader.convertColumns(plain), rowCount: reader.currentRowCount })
  }
  return results
}

async function runPrepared(prepared: DuckDBPreparedStatement, { parameters }: Statement): Promise<Result> {
  prepared.bind([...parameters])
  const reader = await prepared.runAndReadAll()
  prepared.clearBindings()
  return { columns: reader.convertColumns(plain), rowCount: reader.currentRowCount }
}

/** Integers as numbers: whatever the schema holds and sums to stays below 2^53. */
const plain: DuckDBValueConverter<ResultCell> = (value, type, converter) => {
  if (typeof value === 'string' || value === null) return value
  const converted = JSDuckDBValueConverter(value, type, converter as DuckDBValueConverter<JS>)
  return typeof converted === 'bigint' ? Number(converted) : (converted as ResultCell)
}

function keepStatements(connection: DuckDBConnection): (sql: string) => Promise<DuckDBPreparedStatement> {
  const kept = new Map<string, DuckDBPreparedStatement>()
  return async (sql) => {
    const found = kept.get(sql) ?? (await connection.prepare(sql))
    kept.delete(sql)
    kept.set(sql, found)
    for (const [oldest, statement] of kept) {
      if (kept.size <= KEPT_STATEMENTS) break
      statement.destroySync()
      kept.delete(oldest)
    }
    return found
  }
}

interface Pool {
  take(): Promise<DuckDBConnection>
  give(connection: DuckDBConnection): void
}

function createPool(connections: readonly DuckDBConnection[]): Pool {
  const free = [...connections]
  const waiting: ((connection: DuckDBConnection) => void)[] = []
  return {
    take: () => {
      const connection = free.pop()
      return connection === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(connection)
    },
    give: (connection) => {
      const next = waiting.shift()
      if (next === undefined) free.push(connection)
      else next(connection)
    },
  }
}
