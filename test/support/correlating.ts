import { goneBy, troubleOf } from '../../collector/src/classify/classify.ts'
import { createCorrelator, type CorrelatorOptions } from '../../collector/src/correlate/correlate.ts'
import type { Membership, Observation, PlacedEvent } from '../../collector/src/event/observation.ts'
import type { StoreRecord } from '../../collector/src/event/record.ts'
import type { Passage } from '../../collector/src/event/recorder.ts'
import { usualCorrelatorOptions } from './as-configured.ts'
import { createProblems } from '../../collector/src/problem/problem.ts'

/** The correlator with the stage that it hears of problems from, as the line puts them together. */
export class Correlating {
  readonly problems = createProblems({ troubleOf, goneBy })
  readonly correlator
  readonly #watched = new Set<string>()

  constructor(options: Pick<CorrelatorOptions, 'topology'> & Partial<CorrelatorOptions>) {
    this.correlator = createCorrelator({ ...usualCorrelatorOptions(), ...options })
  }

  correlate(event: PlacedEvent): Membership {
    this.#watch(event)
    const problem = this.problems.judge(event)
    this.correlator.follow(this.problems.takeChanged())
    return this.correlator.correlate(event, problem)
  }

  advance(passage: Passage): void {
    this.problems.advance(passage)
    this.correlator.follow(this.problems.takeChanged())
    this.correlator.advance(passage)
  }

  /** After a restart: what was stored, in any order. */
  remember(rows: readonly Observation[], records: readonly StoreRecord[]): void {
    for (const record of records) this.problems.rememberRecord(record)
    this.correlator.follow(this.problems.takeChanged())
    for (const row of rows) {
      this.#watch(row)
      const problem = this.problems.remember(row)
      this.correlator.follow(this.problems.takeChanged())
      this.correlator.remember(row, problem)
    }
    for (const record of records) this.correlator.rememberRecord(record)
  }

  /** Records of groups alone. */
  changedRecords(): readonly StoreRecord[] {
    return this.correlator.changedRecords(true)
  }

  /** Records of groups and problems, as the line stores them. */
  allRecords(): readonly StoreRecord[] {
    return [...this.problems.changedRecords(true), ...this.changedRecords()]
  }

  open(): readonly StoreRecord[] {
    return this.correlator.open()
  }

  /** A cluster is watched from before its first event on. */
  #watch({ cluster, firstObserved }: PlacedEvent): void {
    if (this.#watched.has(cluster)) return
    this.#watched.add(cluster)
    this.problems.advance({ cluster, until: firstObserved - 1, isWatched: true })
  }
}
