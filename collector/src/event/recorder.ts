import type { EpochMicros } from '../clock.ts'
import type { Observation } from './observation.ts'
import type { StoreRecord } from './record.ts'

/** Time that passed in one cluster, whether or not anything happened. */
export interface Passage {
  readonly cluster: string
  /** While watched: all that happened before was told. Else: nothing after it was. */
  readonly until: EpochMicros
  readonly isWatched: boolean
}

/** A stage with memory: it tells what changed as records, and takes rows and records back after a restart. */
export interface Recorder {
  /** A stored observation, in stored order, and the id of the problem that it is evidence of, or null. */
  remember(observation: Observation, problem: string | null): void
  /** A stored record, of whatever kind: others than its own are passed over. */
  rememberRecord(record: StoreRecord): void
  /** Records of what changed since the last call, each once. What only went on may wait, unless `all` is asked for. */
  changedRecords(all: boolean): readonly StoreRecord[]
  /** What ends by silence ends; for each cluster by its own time. */
  advance(passage: Passage): void
}
