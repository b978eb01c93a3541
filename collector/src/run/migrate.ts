import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { openData, openStore, type Surroundings } from '../app.ts'
import { retryDelayMs } from '../buffer/retry.ts'
import type { EpochMicros } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { Observation } from '../event/observation.ts'
import { RECORD_KINDS, type StoreRecord } from '../event/record.ts'
import { EARLIEST, LATEST } from '../query/time.ts'
import { Shutdown } from '../shutdown.ts'
import { StoreUnavailableError, type EventReader, type EventStore, type WriteResult } from '../store/store.ts'
import { compareStores } from './compare-stores.ts'
import type { StoreDifference } from './compare-stores.ts'

/** Kinds of stores that outlive the process. */
export type StoreKind = 'duckdb' | 'elasticsearch'

export interface MigrateOptions {
  readonly from: StoreKind
  readonly to: StoreKind
  readonly signal: AbortSignal
}

export interface MigrationProgress {
  /** Observations of the source so far, in this run. */
  readonly read: number
  readonly records: number
}

/** What `migrate --json` prints. */
export interface MigrationSummary extends MigrationProgress {
  readonly stored: number
  /** There before: from a run that was stopped, or from a collector. */
  readonly alreadyStored: number
  /** Refused for good by the target. */
  readonly rejected: number
  readonly seconds: number
  /** Empty when both stores hold the same. */
  readonly differences: readonly StoreDifference[]
}

const RECORDS_AT_ONCE = 1_000

/** A store that does not answer is tried this often, some minutes in all, before the migration ends. */
const MOST_ATTEMPTS = 12

/**
 * Copies everything from one kind of store into another one and compares both. The source stays as it is. Rows keep their
 * ids, and the target looks for each before it takes it: stopped and begun again, it goes on near where it stopped and
 * writes nothing twice. It needs the data directory for itself, as a collector does.
 */
export async function migrate(
  config: Config,
  { from, to, signal }: MigrateOptions,
  report: (progress: MigrationProgress) => void,
  surroundings: Surroundings,
): Promise<MigrationSummary> {
  const { clock } = surroundings
  const started = clock()
  const shutdown = new Shutdown()
  try {
    const { store: source, directory } = await openData(withKind(config, from), surroundings, shutdown)
    await mkdir(directory, { recursive: true })
    const { store: target } = await openStore(withKind(config, to), directory, surroundings)
    shutdown.onStop('target', () => target.close())
    const copy = new Copy(target, join(directory, `migration-${from}-${to}.json`), surroundings, report)
    await copy.observations(source, signal)
    await copy.records(source, signal)
    const differences = await compareStores(source, target, signal)
    await copy.finish()
    return { ...copy.counted, seconds: Math.round((clock() - started) / 1_000) / 1_000, differences }
  } finally {
    await shutdown.stop()
  }
}

function withKind(config: Config, kind: Config['store']['kind']): Config {
  return { ...config, store: { ...config.store, kind } }
}

/** Writes into the target, and remembers in a file how far it came. */
class Copy {
  readonly #target: EventStore
  readonly #file: string
  readonly #random: () => number
  readonly #report: (progress: MigrationProgress) => void
  /** Of this run: a target that knew it would take a batch of another run for one that it has. */
  readonly #bufferId = `migration ${randomUUID()}`
  #sequence = 0
  #counted = { read: 0, stored: 0, alreadyStored: 0, rejected: 0, records: 0 }

  constructor(
    target: EventStore,
    file: string,
    { random }: Surroundings,
    report: (progress: MigrationProgress) => void,
  ) {
    this.#target = target
    this.#file = file
    this.#random = random
    this.#report = report
  }

  get counted(): Omit<MigrationSummary, 'seconds' | 'differences'> {
    return this.#counted
  }

  async observations(source: EventReader, signal: AbortSignal): Promise<void> {
    const range = { from: await this.#reached(), to: LATEST, filter: { op: 'all' as const } }
    for await (const rows of source.scan(range, signal)) {
      const { stored, alreadyStored, rejected } = await this.#write(rows, [], signal)
      this.#counted.read += rows.length
      this.#counted.stored += stored
      this.#counted.alreadyStored += alreadyStored
      this.#counted.rejected += rejected.length
      await writeFile(this.#file, JSON.stringify({ reached: rows.at(-1)?.lastObserved ?? range.from }))
      this.#report(this.#counted)
    }
  }

  async records(source: EventReader, signal: AbortSignal): Promise<void> {
    for (const kind of RECORD_KINDS) {
      const records = await source.records(kind, { from: EARLIEST, to: LATEST }, signal)
      for (let start = 0; start < records.length; start += RECORDS_AT_ONCE) {
        const some = records.slice(start, start + RECORDS_AT_ONCE)
        await this.#write([], some, signal)
        this.#counted.records += some.length
        this.#report(this.#counted)
      }
    }
  }

  /** Forgets the place: the next migration begins at the beginning, and finds everything there. */
  finish(): Promise<void> {
    return rm(this.#file, { force: true })
  }

  async #write(
    rows: readonly Observation[],
    records: readonly StoreRecord[],
    signal: AbortSignal,
  ): Promise<WriteResult> {
    this.#sequence += 1
    const batch = {
      bufferId: this.#bufferId,
      sequence: this.#sequence,
      rows: rows.map((observation) => ({ observation, undecided: true })),
      records,
    }
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#target.write(batch, signal)
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || attempt >= MOST_ATTEMPTS) throw error
        await delay(retryDelayMs(attempt, this.#random()), undefined, { signal })
      }
    }
  }

  async #reached(): Promise<EpochMicros> {
    const text = await readFile(this.#file, 'utf8').catch(() => '{}')
    const { reached } = JSON.parse(text) as { readonly reached?: EpochMicros }
    return reached ?? EARLIEST
  }
}
