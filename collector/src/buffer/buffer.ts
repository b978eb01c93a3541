import { randomUUID } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { Alerts } from './alerts.ts'
import type { StreamKey } from '../event/delivery.ts'
import type { Accounts } from '../event/outcome.ts'
import type { Database } from './database.ts'
import { BufferCorruptError, inTransaction, openDatabase, putSetting, setting, writeError } from './database.ts'
import { Entries, type BufferBatch } from './entries.ts'
import type { BufferedRow } from './entry.ts'
import { Checkpoints } from './checkpoints.ts'
import type { Acknowledgement, Applied, Commit } from './commit.ts'
import { Heads, type Head } from './heads.ts'
import { learn, type StoredRow } from './learn.ts'
import { Ledger, OutcomeCounts } from './ledger.ts'
import { LogOnDisk } from './log-on-disk.ts'
import { BufferOutbox } from './outbox.ts'
import { VersionIds, type DeadLetter, type KeptLetter } from './version-ids.ts'

export { BufferBusyError, BufferWriteError } from './database.ts'
export { OutcomeCounts } from './ledger.ts'
export type { Acknowledgement, Applied, Commit } from './commit.ts'
export type { BufferOutbox } from './outbox.ts'
export type { BufferBatch } from './entries.ts'
export type { BufferedRow } from './entry.ts'
export type { Head } from './heads.ts'
export type { DeadLetter, KeptLetter } from './version-ids.ts'

/** Dead letters that wait again in one entry. */
const REPLAYED_AT_ONCE = 1_000

/**
 * The durable queue between the stages and the store, with checkpoints, heads of chains, dead letters and accounts, in
 * one SQLite file: what must be true together commits together. A commit outlives this process at once, and a power cut from
 * {@link DurableBuffer.sync} on, which is therefore asked for before anything of it leaves for the store.
 */
export class DurableBuffer {
  /** Random, made with the file: what the store says that it has belongs to it. */
  readonly id: string
  /** Changes of alerts on their way to receivers. */
  readonly outbox: BufferOutbox
  readonly #database: Database
  readonly #log: LogOnDisk
  readonly #entries: Entries
  readonly #heads: Heads
  readonly #ids: VersionIds
  readonly #checkpoints: Checkpoints
  readonly #ledger: Ledger
  /** What alert rules know, and messages on their way. */
  readonly alerts: Alerts
  readonly #maxBytes: number

  private constructor(file: string, maxBytes: number, chainsPerGeneration?: number) {
    const database = openDatabase(file)
    this.#database = database
    this.#log = new LogOnDisk(`${file}-wal`)
    this.#maxBytes = maxBytes
    const id = setting(database, 'buffer id') ?? randomUUID()
    putSetting(database, 'buffer id', id)
    this.id = id
    this.#entries = new Entries(database, maxBytes)
    this.#heads = new Heads(database, chainsPerGeneration)
    this.#ids = new VersionIds(database)
    this.#checkpoints = new Checkpoints(database)
    this.#ledger = new Ledger(database)
    this.alerts = new Alerts(database)
    this.outbox = new BufferOutbox(database, (work) => this.#write(work))
  }

  /**
   * Opens or makes the buffer. An unreadable file is set aside as `FILE.corrupt-SUFFIX` and a new buffer begins.
   *
   * @throws BufferBusyError another process owns the file.
   * @throws BufferWriteError it cannot be made here.
   */
  static open(
    file: string,
    maxBytes: number,
    suffix: string,
    chainsPerGeneration?: number,
  ): { buffer: DurableBuffer; setAside: string | null } {
    try {
      return { buffer: new DurableBuffer(file, maxBytes, chainsPerGeneration), setAside: null }
    } catch (error) {
      if (!(error instanceof BufferCorruptError)) throw error
      const aside = `${file}.corrupt-${suffix}`
      for (const part of ['', '-wal']) if (existsSync(file + part)) renameSync(file + part, aside + part)
      return { buffer: new DurableBuffer(file, maxBytes, chainsPerGeneration), setAside: aside }
    }
  }

  /** Rows accepted and not yet in the store. */
  get pendingRows(): number {
    return this.#entries.pendingRows
  }

  /** Whether the store has everything: rows, and records that came without any. */
  get isEmpty(): boolean {
    return this.#entries.pendingBytes === 0
  }

  /** Everything up to this sequence is in the store. */
  get acknowledgedSequence(): number {
    return this.#entries.acknowledged
  }

  /** Pending bytes as a share of the bound: 1 is full. */
  get fullness(): number {
    return this.#entries.pendingBytes / this.#maxBytes
  }

  /** Bytes of all entries, pending and kept. */
  get bytes(): number {
    return this.#entries.bytes
  }

  /** A chain without head that began after this was never seen; one that began before may be in the store (`heads.ts`). */
  get horizon(): number {
    return this.#heads.horizon
  }

  accounts(): Accounts {
    return this.#ledger.accounts(this.#entries.pendingRows)
  }

  head(chain: string): Head | undefined {
    return this.#heads.find(chain)
  }

  /** Whether this version waits here as an older version of its chain, or was refused by the store for good. */
  isKnownOlder(id: string): boolean {
    return this.#ids.has(id)
  }

  checkpoint(stream: StreamKey): string | null {
    return this.#checkpoints.find(stream)
  }

  /** Rows that the store refused for good, by id; at most `limit`. */
  deadLetters(limit: number): readonly KeptLetter[] {
    return this.#ids.deadLetters(limit)
  }

  get deadLetterCount(): number {
    return this.#ids.deadLetterCount
  }

  /**
   * Takes a commit, all of it or nothing. It outlives this process, and the machine after {@link DurableBuffer.sync}.
   *
   * @throws BufferWriteError the disk is full or fails; the same commit may be tried again.
   */
  commit({ rows, records, heads, olderIds, outcomes, alerts, checkpoints }: Commit): void {
    this.#write(() => {
      const hasEntry = rows.length > 0 || records.length > 0
      const sequence = hasEntry ? this.#entries.append({ rows, records }) : this.#entries.sequence
      for (const [chain, head] of heads) this.#heads.put(chain, { ...head, sequence })
      for (const id of olderIds) this.#ids.addOlder(id, sequence)
      for (const { stream, resourceVersion } of checkpoints) this.#checkpoints.put(stream, resourceVersion)
      this.alerts.put(alerts?.rows ?? [])
      this.outbox.add(alerts?.messages ?? [])
      this.#ledger.write(outcomes)
      this.#heads.rotate(this.#entries.acknowledged)
    })
    if ((alerts?.messages ?? []).length > 0) this.outbox.wake()
  }

  /** The oldest entries after `after` with at most `maxRows` rows, but at least one entry; null when none is left. */
  next(maxRows: number, after = this.#entries.acknowledged): BufferBatch | null {
    return this.#entries.next(after, maxRows)
  }

  /** Everything up to the batch's sequence has ended as told. */
  acknowledge({ sequence, rows }: BufferBatch, ends: Acknowledgement): void {
    this.#end(sequence, ends, rows)
  }

  /**
   * All dead letters wait again and count as buffered, because what refused them may have been mended. The store looks for
   * each before it takes it; what it refuses again is a dead letter again. Returns how many they are.
   *
   * @throws BufferWriteError some may wait already; calling again goes on with the others.
   */
  replayDeadLetters(): number {
    let replayed = 0
    for (;;) {
      const letters = this.#ids.deadLetters(REPLAYED_AT_ONCE)
      if (letters.length === 0) return replayed
      const outcomes = new OutcomeCounts()
      for (const { cause } of letters) outcomes.end({ kind: 'deadLettered', cause }, -1)
      this.#write(() => {
        const sequence = this.#entries.append({
          rows: letters.map(({ row }) => ({ ...row, undecided: true })),
          records: [],
        })
        for (const { id } of letters) this.#ids.revive(id, sequence)
        this.#ledger.write(outcomes)
      })
      replayed += letters.length
    }
  }

  /** What a crash left between the store's commit and our acknowledgement ends as it ended there, and is not sent again. */
  acknowledgeApplied({ sequence, alreadyStored, rejected }: Applied): void {
    if (sequence <= this.#entries.acknowledged) return
    const stored = this.#entries.pendingRowsUpTo(sequence) - alreadyStored - rejected.length
    const upTo = Math.min(sequence, this.#entries.sequence)
    this.#end(upTo, { stored, alreadyStored, rejected }, this.#entries.rowsUpTo(upTo))
  }

  /** Chains that began up to `time` may be in the store without a head here: the store is older than this buffer. */
  raiseHorizon(time: number): void {
    this.#write(() => this.#heads.raiseHorizon(time))
  }

  /** The store has these rows, and heads of all their chains: such chains need not lie before the horizon. */
  learnStored(rows: readonly StoredRow[]): void {
    this.#write(() => learn(this.#heads, this.#ids, rows, this.#entries.acknowledged))
  }

  /**
   * The store was set aside and is empty. Entries kept since their acknowledgement wait again, heads are what those
   * entries say, and checkpoints are gone, so that every stream lists anew (frame §6.7).
   */
  storeLost(): void {
    this.#write(() => {
      const again = new OutcomeCounts()
      again.end({ kind: 'stored' }, -this.#entries.takeBackKept())
      this.#ledger.write(again)
      this.#checkpoints.clear()
      this.#ids.clearOlder()
      this.#heads.clear()
      for (const sequence of this.#entries.pendingSequences())
        learn(this.#heads, this.#ids, this.#entries.body(sequence).rows, sequence)
    })
  }

  /**
   * Resolves when every commit so far also outlives a power cut. Before that a cut takes the newest commits whole, with their
   * checkpoints, so that what they held is listed again.
   *
   * @throws BufferWriteError the disk fails.
   */
  async sync(): Promise<void> {
    try {
      await this.#log.sync()
    } catch (cause) {
      throw writeError(cause)
    }
  }

  close(): void {
    this.#log.close()
    this.#database.close()
  }

  /** @param rows among which the rejected ones are. */
  #end(sequence: number, { stored, alreadyStored, rejected }: Acknowledgement, rows: Iterable<BufferedRow>): void {
    const outcomes = new OutcomeCounts()
    outcomes.end({ kind: 'stored' }, stored)
    outcomes.end({ kind: 'alreadyStored' }, alreadyStored)
    for (const { cause } of rejected) outcomes.end({ kind: 'deadLettered', cause })
    this.#write(() => {
      this.#bury(rejected, rows)
      this.#ledger.write(outcomes)
      this.#entries.acknowledge(sequence)
      this.#ids.dropOlder(sequence)
    })
  }

  #bury(rejected: readonly DeadLetter[], rows: Iterable<BufferedRow>): void {
    if (rejected.length === 0) return
    const letters = new Map(rejected.map((letter) => [letter.id, letter]))
    for (const row of rows) {
      const letter = letters.get(row.observation.id)
      if (letter !== undefined) this.#ids.addDead(letter, row)
    }
  }

  #write<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, work)
    } catch (cause) {
      this.#entries.recount()
      throw writeError(cause)
    }
  }
}
