import { DatabaseSync } from 'node:sqlite'
import { OUTBOX_SCHEMA } from './outbox-schema.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entry (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, row_count INTEGER NOT NULL, byte_count INTEGER NOT NULL,
    body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS head_old (
    chain TEXT PRIMARY KEY, id TEXT NOT NULL, resource_version INTEGER, highest_count INTEGER NOT NULL,
    first_observed INTEGER NOT NULL, last_observed INTEGER NOT NULL, estimated INTEGER NOT NULL,
    sequence INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS head_new (
    chain TEXT PRIMARY KEY, id TEXT NOT NULL, resource_version INTEGER, highest_count INTEGER NOT NULL,
    first_observed INTEGER NOT NULL, last_observed INTEGER NOT NULL, estimated INTEGER NOT NULL,
    sequence INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS older_pending (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS older_pending_sequence ON older_pending (sequence);
  CREATE TABLE IF NOT EXISTS dead_letter (
    id TEXT PRIMARY KEY, cause TEXT NOT NULL, detail TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS account (
    kind TEXT NOT NULL, cause TEXT NOT NULL, total INTEGER NOT NULL, PRIMARY KEY (kind, cause)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS checkpoint (
    cluster_uid TEXT NOT NULL, path TEXT NOT NULL, selector TEXT NOT NULL, resource_version TEXT NOT NULL,
    PRIMARY KEY (cluster_uid, path, selector)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alert_state (
    rule TEXT NOT NULL, cluster TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (rule, cluster)) WITHOUT ROWID;
`

export type Database = DatabaseSync

/**
 * Opens the buffer's database for this process alone.
 *
 * @throws BufferBusyError another process owns it.
 * @throws BufferCorruptError the file is not a readable database; the caller sets it aside.
 */
export function openDatabase(file: string): Database {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(file)
    // Before anything is written: a commit is some 400 kB, which large pages write in fewer calls.
    database.exec('PRAGMA page_size = 16384;')
    // EXCLUSIVE before WAL: no shared-memory file, and a second process finds the file taken.
    // NORMAL: a commit is whole or not there; `LogOnDisk` brings it to the disk.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
    database.exec('PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 1000;')
    database.exec(`BEGIN IMMEDIATE; ${SCHEMA} ${OUTBOX_SCHEMA} COMMIT;`)
    return database
  } catch (cause) {
    database?.close()
    throw openError(file, cause)
  }
}

/** Runs `work` in one transaction: all of it outlives this process afterwards, or nothing. */
export function inTransaction<T>(database: Database, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk has already rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

/** A named value of the buffer itself. */
export function setting(database: Database, key: string): string | undefined {
  const row = database.prepare('SELECT value FROM setting WHERE key = ?').get(key)
  return row === undefined ? undefined : String(row['value'])
}

export function putSetting(database: Database, key: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO setting VALUES (?, ?)').run(key, value)
}

/** Another process owns the data directory. */
export class BufferBusyError extends Error {
  override readonly name = 'BufferBusyError'
  readonly code = 'BUFFER_BUSY'
}

/** The buffer's file cannot be read. */
export class BufferCorruptError extends Error {
  override readonly name = 'BufferCorruptError'
  readonly code = 'BUFFER_CORRUPT'
}

/** The buffer cannot write now: the disk is full or fails. Nothing of the transaction is on disk. */
export class BufferWriteError extends Error {
  override readonly name = 'BufferWriteError'
  readonly code = 'BUFFER_WRITE'
}

/** What SQLite or the disk said, as the error of a write that may be tried again. */
export function writeError(cause: unknown): BufferWriteError {
  const text = `write the buffer: ${message(cause)}. Nothing accepted is lost; check the disk's free space`
  return new BufferWriteError(text, { cause })
}

function openError(file: string, cause: unknown): Error {
  switch (primaryCode(cause)) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return new BufferBusyError(
        `${file} is in use by another process: stop that collector, or choose another directory with --data`,
        { cause },
      )
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return new BufferCorruptError(`${file} is not a readable buffer`, { cause })
    default:
      return new BufferWriteError(
        `open ${file}: ${message(cause)}. Check that the directory exists, is writable and has free space`,
        { cause },
      )
  }
}

const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6
const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/** SQLite's result code without its extension byte; 0 when the error is not SQLite's. */
export function primaryCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : 0
  return typeof code === 'number' ? code & 0xff : 0
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
