import type { StatementSync } from 'node:sqlite'
import type { StoreRecord } from '../event/record.ts'
import { putSetting, setting, type Database } from './database.ts'
import { decodeEntry, encodeEntry, type BufferedRow, type EntryBody } from './entry.ts'

/** Share of the bound that acknowledged entries may take; they are kept for a store that turns out to be unreadable. */
const KEPT_SHARE_OF_BYTES = 0.25

/** Entries whose decoded rows stay in memory until sent, so that the usual path never reads them back. */
const DECODED_ENTRIES = 64

/**
 * Entries of one batch at most. Each is read, unpacked and parsed by itself, so that thousands of small ones, as a long outage
 * leaves them, would block the loop for seconds.
 */
const MAX_BATCH_ENTRIES = 250

/** What the sender takes: one or more entries in order. */
export interface BufferBatch {
  /** Of the last entry. */
  readonly sequence: number
  readonly rows: readonly BufferedRow[]
  readonly records: readonly StoreRecord[]
}

/**
 * The queue: entries in order of their sequence, which is never used again. Those up to `acknowledged` are in the
 * store and only kept (frame §6.7); they count towards the bound and go first. Methods that write run in a transaction;
 * counters follow by `recount` when one was rolled back.
 */
export class Entries {
  readonly #database: Database
  readonly #maxBytes: number
  readonly #append: StatementSync
  readonly #body: StatementSync
  readonly #after: StatementSync
  readonly #drop: StatementSync
  readonly #decoded = new Map<number, EntryBody>()
  #sequence = 0
  #acknowledged = 0
  #pendingRows = 0
  #pendingBytes = 0
  #keptBytes = 0

  constructor(database: Database, maxBytes: number) {
    this.#database = database
    this.#maxBytes = maxBytes
    this.#append = database.prepare('INSERT INTO entry VALUES (?, ?, ?, ?)')
    this.#body = database.prepare('SELECT body FROM entry WHERE sequence = ?')
    this.#after = database.prepare('SELECT sequence, row_count FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ?')
    this.#drop = database.prepare('DELETE FROM entry WHERE sequence = ? RETURNING byte_count')
    this.recount()
  }

  get sequence(): number {
    return this.#sequence
  }
  get acknowledged(): number {
    return this.#acknowledged
  }
  get pendingRows(): number {
    return this.#pendingRows
  }
  get pendingBytes(): number {
    return this.#pendingBytes
  }
  get bytes(): number {
    return this.#pendingBytes + this.#keptBytes
  }

  append(body: EntryBody): number {
    const bytes = encodeEntry(body)
    const sequence = this.#sequence + 1
    this.#append.run(sequence, body.rows.length, bytes.byteLength, bytes)
    this.#sequence = sequence
    this.#pendingRows += body.rows.length
    this.#pendingBytes += bytes.byteLength
    if (this.#decoded.size < DECODED_ENTRIES) this.#decoded.set(sequence, body)
    this.#makeRoom()
    return sequence
  }

  /** The oldest entries after `after` with together at most `maxRows` rows, but at least one; null when none is left. Never many. */
  next(after: number, maxRows: number): BufferBatch | null {
    const rows: BufferedRow[] = []
    const records: StoreRecord[] = []
    let last = after
    for (const { sequence, rowCount } of this.#pending(after, MAX_BATCH_ENTRIES)) {
      if (last > after && rows.length + rowCount > maxRows) break
      const body = this.body(sequence)
      for (const row of body.rows) rows.push(row)
      for (const record of body.records) records.push(record)
      last = sequence
    }
    return last === after ? null : { sequence: last, rows, records }
  }

  body(sequence: number): EntryBody {
    return this.#decoded.get(sequence) ?? decodeEntry(this.#body.get(sequence)?.['body'] as Uint8Array)
  }

  /** How many rows are pending up to `sequence`. */
  pendingRowsUpTo(sequence: number): number {
    return this.#sums(this.#acknowledged, sequence).rows
  }

  /** The rows that are pending up to `sequence`, one entry in memory at a time. */
  *rowsUpTo(last: number): Iterable<BufferedRow> {
    for (const { sequence } of this.#pending(this.#acknowledged)) {
      if (sequence > last) return
      yield* this.body(sequence).rows
    }
  }

  acknowledge(upTo: number): void {
    if (upTo <= this.#acknowledged) return
    const { rows, bytes } = this.#sums(this.#acknowledged, upTo)
    this.#acknowledged = upTo
    this.#pendingRows -= rows
    this.#pendingBytes -= bytes
    this.#keptBytes += bytes
    putSetting(this.#database, 'acknowledged', String(upTo))
    for (const sequence of this.#decoded.keys()) if (sequence <= upTo) this.#decoded.delete(sequence)
    this.#makeRoom()
  }

  /** Kept entries are pending again. Returns how many rows that are. */
  takeBackKept(): number {
    const { rows } = this.#sums(0, this.#acknowledged)
    putSetting(this.#database, 'acknowledged', '0')
    this.recount()
    return rows
  }

  *pendingSequences(): Iterable<number> {
    for (const { sequence } of this.#pending(this.#acknowledged)) yield sequence
  }

  /** Reads the counters from disk: at start and after a transaction that failed. */
  recount(): void {
    this.#acknowledged = Number(setting(this.#database, 'acknowledged') ?? 0)
    const last = this.#database.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'entry'`).get()
    this.#sequence = last === undefined ? 0 : Number(last['seq'])
    const pending = this.#sums(this.#acknowledged, this.#sequence)
    this.#pendingRows = pending.rows
    this.#pendingBytes = pending.bytes
    this.#keptBytes = this.#sums(0, this.#acknowledged).bytes
    for (const sequence of this.#decoded.keys()) if (sequence > this.#sequence) this.#decoded.delete(sequence)
  }

  #pending(after: number, limit = -1): { sequence: number; rowCount: number }[] {
    return this.#after
      .all(after, limit)
      .map((row) => ({ sequence: Number(row['sequence']), rowCount: Number(row['row_count']) }))
  }

  #sums(after: number, upTo: number): { rows: number; bytes: number } {
    const sums = this.#database
      .prepare(
        `SELECT coalesce(sum(row_count), 0) AS rows, coalesce(sum(byte_count), 0) AS bytes
         FROM entry WHERE sequence > ? AND sequence <= ?`,
      )
      .get(after, upTo)
    return { rows: Number(sums?.['rows']), bytes: Number(sums?.['bytes']) }
  }

  #makeRoom(): void {
    const room = Math.min(this.#maxBytes * KEPT_SHARE_OF_BYTES, this.#maxBytes - this.#pendingBytes)
    const oldest = this.#database.prepare('SELECT min(sequence) AS sequence FROM entry')
    while (this.#keptBytes > Math.max(0, room)) {
      const dropped = this.#drop.get(Number(oldest.get()?.['sequence']))
      this.#keptBytes -= Number(dropped?.['byte_count'])
    }
  }
}
