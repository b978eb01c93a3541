import type { StatementSync } from 'node:sqlite'
import type { EpochMicros } from '../clock.ts'
import { putSetting, setting, type Database } from './database.ts'

/** Chains one generation holds before the older one is forgotten: two generations, so 500,000 chains at most. */
const CHAINS_PER_GENERATION = 250_000

/** One chain in so many is not forgotten: those that began last, of which a few may lie far ahead of all others. */
const SHARE_NOT_FORGOTTEN = 250

/** What is known of a chain (frame §6.4): its newest version and its highest count. */
export interface Head {
  /** Id of the newest version. */
  readonly id: string
  readonly resourceVersion: number | null
  readonly highestCount: number
  readonly firstObserved: EpochMicros
  /** lastObserved of the newest version. */
  readonly lastObserved: EpochMicros
  readonly estimated: boolean
  /** Sequence of the buffer entry that holds the newest version. */
  readonly sequence: number
}

interface HeadRow {
  id: string
  resource_version: number | null
  highest_count: number
  first_observed: number
  last_observed: number
  estimated: number
  sequence: number
}

/**
 * Heads on disk, in two generations: writes go to the new one; when it is full the old one is forgotten and they
 * change places. So forgetting costs no index, and a chain that is still written is never forgotten.
 *
 * Keys begin with the chain's first time (see `gate/`), so new chains go to the right edge of the tree: with random keys
 * each commit would write a page for nearly every row, and spend most of its time there.
 *
 * `horizon` makes a miss mean something: every chain forgotten so far began at or before it. A chain that began later
 * and has no head was never seen, and the store need not be asked.
 */
export class Heads {
  readonly #database: Database
  #find: StatementSync
  #put: StatementSync
  #newChains: number
  #horizon: EpochMicros
  readonly #generation: number

  constructor(database: Database, generation = CHAINS_PER_GENERATION) {
    this.#database = database
    this.#generation = generation
    this.#find = this.#prepareFind()
    this.#put = this.#preparePut()
    this.#newChains = this.#countNew()
    this.#horizon = Number(setting(database, 'horizon') ?? 0)
  }

  get horizon(): EpochMicros {
    return this.#horizon
  }

  /** Chains that began at or before `horizon` may be in the store although they have no head. */
  raiseHorizon(horizon: EpochMicros): void {
    if (horizon <= this.#horizon) return
    this.#horizon = horizon
    this.#saveHorizon()
  }

  find(chain: string): Head | undefined {
    const row = this.#find.get(chain, chain) as HeadRow | undefined
    if (row === undefined) return undefined
    return {
      id: row.id,
      resourceVersion: row.resource_version,
      highestCount: row.highest_count,
      firstObserved: row.first_observed,
      lastObserved: row.last_observed,
      estimated: row.estimated === 1,
      sequence: row.sequence,
    }
  }

  /** Inside the batch's transaction. */
  put(chain: string, head: Head): void {
    this.#put.run(
      chain,
      head.id,
      head.resourceVersion,
      head.highestCount,
      head.firstObserved,
      head.lastObserved,
      head.estimated ? 1 : 0,
      head.sequence,
    )
    this.#newChains += 1
  }

  /**
   * Forgets the old generation when the new one is full and everything in the old one is in the store. The chains of it that
   * began last stay: with one event of a clock that is ahead the horizon would else be ahead, too, and the store be asked about
   * every event until then.
   */
  rotate(acknowledged: number): void {
    if (this.#newChains < this.#generation) return
    // `put` counts updates as well; only here the true number matters.
    this.#newChains = this.#countNew()
    if (this.#newChains < this.#generation) return
    const kept = Math.ceil(this.#generation / SHARE_NOT_FORGOTTEN)
    const old = this.#database
      .prepare(
        `SELECT (SELECT max(first_observed) FROM (SELECT first_observed FROM head_old ORDER BY first_observed DESC LIMIT -1 OFFSET ?))
           AS horizon, max(sequence) AS sequence FROM head_old`,
      )
      .get(kept) as { horizon: number | null; sequence: number | null }
    if ((old.sequence ?? 0) > acknowledged) return
    this.#database
      .prepare('INSERT OR IGNORE INTO head_new SELECT * FROM head_old ORDER BY first_observed DESC LIMIT ?')
      .run(kept)
    this.#database.exec(
      'DELETE FROM head_old; ALTER TABLE head_old RENAME TO head_swap; ALTER TABLE head_new RENAME TO head_old; ALTER TABLE head_swap RENAME TO head_new;',
    )
    this.#horizon = Math.max(this.#horizon, old.horizon ?? 0)
    this.#saveHorizon()
    this.#newChains = 0
    this.#find = this.#prepareFind()
    this.#put = this.#preparePut()
  }

  /** Forgets every chain. The caller says what the store may hold by {@link raiseHorizon}. */
  clear(): void {
    this.#database.exec('DELETE FROM head_old; DELETE FROM head_new;')
    this.#newChains = 0
    this.#horizon = 0
    this.#saveHorizon()
  }

  /** One call for both generations: SQLite stops at the first row, and looks in the order written. */
  #prepareFind(): StatementSync {
    const columns = 'id, resource_version, highest_count, first_observed, last_observed, estimated, sequence'
    return this.#database.prepare(
      `SELECT ${columns} FROM head_new WHERE chain = ? UNION ALL SELECT ${columns} FROM head_old WHERE chain = ? LIMIT 1`,
    )
  }

  #preparePut(): StatementSync {
    return this.#database.prepare('INSERT OR REPLACE INTO head_new VALUES (?, ?, ?, ?, ?, ?, ?, ?)')
  }

  #countNew(): number {
    return Number(this.#database.prepare('SELECT count(*) AS chains FROM head_new').get()?.['chains'])
  }

  #saveHorizon(): void {
    putSetting(this.#database, 'horizon', String(this.#horizon))
  }
}
