import { rename } from 'node:fs/promises'
import type { Clock } from '../../clock.ts'
import { MILLISECOND } from '../../clock.ts'
import { StoreCorruptError, StoreUnavailableError } from '../store.ts'
import { compactPath, writeCompacted } from './compact.ts'
import { EngineError, startEngine, type EngineClient, type Read } from './engine-client.ts'
import type { EngineSettings, Result, Statement } from './protocol.ts'
import { SCHEMA } from './schema.ts'

/** Another process holds the file: DuckDB lets one process open it, readers included. */
export class StoreLockedError extends Error {
  override readonly name = 'StoreLockedError'
  readonly code = 'STORE_LOCKED'
  readonly retryable = false
  /** Id of that process, or null when DuckDB did not say. */
  readonly owner: number | null

  constructor(file: string, options: { cause: Error }) {
    const owner = /\(PID (\d+)\)/.exec(options.cause.message)?.[1]
    const who = owner === undefined ? 'another process' : `process ${owner}`
    super(
      `${file} is open in ${who}. Ask that process over its API (--url), stop it, or use another data directory`,
      options,
    )
    this.owner = owner === undefined ? null : Number(owner)
  }
}

export type Run = (statement: Statement) => Promise<Result>

/** Runs statements in one transaction: all of them, or none when one fails. */
export type Transact = (work: (run: Run) => Promise<void>) => Promise<void>

/** One DuckDB file: reads at any time, one writer at a time, and what becomes of it when it is damaged. */
export interface Database {
  readonly settings: EngineSettings
  /** @throws StoreUnavailableError, StoreCorruptError, or the signal's reason. */
  read(statements: readonly Statement[], signal: AbortSignal): Promise<readonly Result[]>
  /** Several reads of the file as it is now, each made from the answers before. Errors as {@link Database.read}. */
  snapshot<T>(signal: AbortSignal, work: (read: Read) => Promise<T>): Promise<T>
  /** Waits until no other writer is at work. `work` may read and may run any number of transactions. */
  exclusively<T>(work: (transact: Transact) => Promise<T>): Promise<T>
  /**
   * A statement of the writer's connection outside any transaction (CHECKPOINT). Only inside {@link
   * Database.exclusively}.
   */
  maintain(statement: Statement): Promise<Result>
  /**
   * Replaces the file by one without free blocks. Only inside {@link Database.exclusively}; reads wait, seconds for
   * each GB.
   */
  compact(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the file, or makes it.
 *
 * @throws StoreCorruptError after the file and its WAL were set aside. Open again for a new one.
 * @throws StoreLockedError when another process holds it.
 * @throws StoreUnavailableError when it cannot be opened now: missing rights, a full disk, a file of a newer DuckDB.
 */
export async function openDatabase(settings: EngineSettings, clock: Clock): Promise<Database> {
  const engine = startEngine()
  try {
    await engine.open(settings, SCHEMA)
  } catch (error) {
    await engine.close({ checkpoint: false })
    throw await refusal(error, 'open', settings.file, clock)
  }
  return databaseOf(engine, settings, clock)
}

function databaseOf(engine: EngineClient, settings: EngineSettings, clock: Clock): Database {
  let lastWriter: Promise<unknown> = Promise.resolve()
  let damaged: Promise<Error> | undefined
  const readers = createReaderGate()

  let reopening: Promise<void> | undefined
  /** After an error that DuckDB calls fatal (a full disk under a checkpoint), its instance answers nothing any more. */
  const reopen = (): Promise<void> => {
    reopening ??= engine.open(settings, SCHEMA).finally(() => (reopening = undefined))
    return reopening
  }

  /** A failed call as the contract's error. Damage found while open closes the file and sets it aside, once. */
  const translate = async (error: unknown, operation: string): Promise<unknown> => {
    if (!(error instanceof EngineError)) return error
    if (error.kind === 'invalidated') await reopen().catch(() => undefined)
    if (error.kind !== 'corrupt') return refusal(error, operation, settings.file, clock)
    damaged ??= engine.close({ checkpoint: false }).then(() => refusal(error, operation, settings.file, clock))
    return damaged
  }
  const guarded = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
    if (damaged !== undefined) throw await damaged
    try {
      return await call()
    } catch (error) {
      throw await translate(error, operation)
    }
  }

  const transact: Transact = (work) => guarded('write', () => inTransaction(engine, work))

  return {
    settings,
    read: (statements, signal) =>
      guarded('read', () => readers.enter(() => engine.snapshot(signal, (read) => read(...statements)))),
    snapshot: (signal, work) => guarded('read', () => readers.enter(() => engine.snapshot(signal, work))),
    exclusively(work) {
      const mine = lastWriter.then(() => work(transact))
      lastWriter = mine.catch(() => undefined)
      return mine
    },
    maintain: (statement) => guarded('maintain', () => engine.write(statement)),
    compact: () =>
      guarded('compact', () =>
        readers.keepOut(async () => {
          await writeCompacted(settings.file, (statement) => engine.write(statement))
          await rename(compactPath(settings.file), settings.file)
          await engine.open(settings, SCHEMA)
        }),
      ),
    async close() {
      await lastWriter
      if (damaged === undefined) await engine.close({ checkpoint: true })
    },
  }
}

async function inTransaction(engine: EngineClient, work: Parameters<Transact>[0]): Promise<void> {
  const run = (sql: string): Promise<Result> => engine.write({ sql, parameters: [] })
  await run('BEGIN TRANSACTION')
  try {
    await work((statement) => engine.write(statement))
    await run('COMMIT')
  } catch (error) {
    // DuckDB ends a failed transaction by itself at COMMIT; what counts is the first error.
    await run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Any number of readers, or one who keeps all out. */
function createReaderGate() {
  const inside = new Set<Promise<unknown>>()
  let barrier: Promise<unknown> = Promise.resolve()
  return {
    async enter<T>(work: () => Promise<T>): Promise<T> {
      await barrier
      const mine = work()
      inside.add(mine)
      try {
        return await mine
      } finally {
        inside.delete(mine)
      }
    },
    async keepOut(work: () => Promise<void>): Promise<void> {
      const alone = barrier.then(() => Promise.allSettled(inside)).then(work)
      barrier = alone.catch(() => undefined)
      await alone
    },
  }
}

async function refusal(error: unknown, operation: string, file: string, clock: Clock): Promise<Error> {
  if (!(error instanceof EngineError)) return error instanceof Error ? error : new Error(String(error))
  if (error.kind === 'corrupt') return new StoreCorruptError(await setAside(file, clock), { cause: error })
  if (error.kind === 'locked') return new StoreLockedError(file, { cause: error })
  const trouble = error.kind === 'memory' || error.kind === 'mistake' ? error.kind : 'away'
  return new StoreUnavailableError(operation, { cause: error, trouble })
}

/** Moves the file and its WAL out of the way, for a look by a person; the new name says when. */
async function setAside(file: string, clock: Clock): Promise<string> {
  const time = new Date(clock() / MILLISECOND).toISOString().replaceAll(':', '-')
  const aside = `${file}.corrupt-${time}`
  await rename(file, aside)
  await rename(`${file}.wal`, `${aside}.wal`).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  })
  return aside
}
