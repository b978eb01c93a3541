import type { Clock, EpochMicros } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { DeadLetterList } from '../event/dead-letter.ts'
import type { Observation } from '../event/observation.ts'
import type { Accounts } from '../event/outcome.ts'
import type { EventReader } from '../store/store.ts'
import type { Output, Terminal } from './terminal.ts'

/** What the command line cannot do itself, because it needs the whole collector. `main.ts` supplies it. */
export interface Actions {
  /** Watches until `terminal.signal` aborts. Answers the exit code. */
  run(config: Config, options: RunOptions, screen: Screen): Promise<number>
  /** Plays recordings through all stages into the data directory. */
  replay(config: Config, options: ReplayOptions, report: ReplayReport): Promise<ReplaySummary>
  /** Writes the raw stream of a cluster as a recording until `terminal.signal` aborts or a bound is reached. */
  record(config: Config, options: RecordOptions, report: (progress: RecordProgress) => void): Promise<RecordSummary>
  /** Copies everything from one kind of store into another one, and compares them. */
  migrate(
    config: Config,
    options: MigrateOptions,
    report: (progress: MigrationProgress) => void,
  ): Promise<MigrationSummary>
  /** Copies what Elasticsearch keeps under older mappings into indices with the current one. */
  reindex(
    config: Config,
    options: { readonly signal: AbortSignal },
    report: (progress: ReindexProgress) => void,
  ): Promise<ReindexSummary>
  /** What the store refused for good; at most `limit` of them. */
  listDeadLetters(config: Config, limit: number): Promise<DeadLetterList>
  /** Sends all of them to the store again. `report` is told how many rows still wait. */
  replayDeadLetters(config: Config, signal: AbortSignal, report: (waiting: number) => void): Promise<ReplayedLetters>
  /** Opens what a data directory holds, when no collector has it. */
  openReader(config: Config): Promise<OpenReader>
  /** Loads rules without using them. Problems are an answer, not an exception. */
  checkRules(options: RuleOptions): Promise<RulesReport>
  /** What rules say about observations, in their order. @throws when the rules are wrong. */
  testRules(options: RuleOptions, observations: readonly Observation[]): Promise<readonly RuleVerdict[]>
}

/** What a long-running command may use of the terminal. */
export interface Screen {
  readonly output: Output
  readonly terminal: Terminal
  readonly isJson: boolean
  readonly paint: (style: string, text: string) => string
}

export interface RunOptions {
  /** Recordings to play instead of watching clusters: files and directories. */
  readonly play: readonly string[]
  /** Somebody named the data directory: without any cluster it is shown as it is. */
  readonly isDataNamed: boolean
  /** A recording begins again that often, in an empty store, µs; null: it is played once. */
  readonly playAgainEvery: EpochMicros | null
  /** Play the shipped recording when no cluster can be reached. */
  readonly playWhenUnreachable: boolean
  readonly signal: AbortSignal
}

export interface ReplayOptions {
  /** Files and directories; `-` is standard input. */
  readonly files: readonly string[]
  /** Name of the cluster in the observations. */
  readonly cluster: string
  readonly signal: AbortSignal
}

export interface ReplayReport {
  /** Now and then. */
  readonly progress: (progress: { readonly received: number; readonly stored: number }) => void
  /** For what could not be used: `events.jsonl:7: not JSON …`. */
  readonly refused: (text: string) => void
}

/** What a replay did: exactly what `replay --json` prints. Times are RFC 3339, null when nothing was stored. */
export interface ReplaySummary {
  readonly received: number
  readonly outcomes: Pick<Accounts, 'stored' | 'alreadyStored' | 'filtered' | 'signalled' | 'dropped' | 'deadLettered'>
  readonly balanced: boolean
  /** Files of directories that hold no events. */
  readonly passedOver: number
  readonly observations: number
  /** Distinct events: chains of versions. */
  readonly logicalEvents: number
  readonly occurrences: number
  readonly firstObserved: string | null
  readonly lastObserved: string | null
  readonly seconds: number
  readonly eventsPerSecond: number
  /** As `patterns --json` has them. */
  readonly patterns: readonly object[]
  /** Reasons that are not in the catalogue, with their observations. */
  readonly unknownReasons: Readonly<Record<string, number>>
}

export interface RecordOptions {
  /** File or directory to write to. */
  readonly out: string
  readonly maxBytes: number | null
  readonly redactNames: boolean
  readonly signal: AbortSignal
}

export interface RecordProgress {
  readonly lines: number
  readonly bytes: number
}

export interface RecordSummary extends RecordProgress {
  readonly files: readonly string[]
  /** Why it ended, in words. */
  readonly ended: string
}

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

/** A day of a cluster on which two stores differ; counts are observations, occurrences and distinct events. */
export interface StoreDifference {
  readonly cluster: string
  readonly day: string
  readonly source: readonly number[]
  readonly target: readonly number[]
}

export interface ReindexProgress {
  /** The day that is being copied. */
  readonly index: string
  /** Documents of it, and how many of them are in the new index. */
  readonly documents: number
  readonly done: number
}

/** What `elasticsearch reindex --json` prints. */
export interface ReindexSummary {
  /** Version of the mapping that all days have now. */
  readonly mappingVersion: number
  readonly indices: number
  /** In these indices, and how many of them this run copied: the others were there from a run that was stopped. */
  readonly documents: number
  readonly copied: number
}

/** What `dead-letters replay --json` prints. */
export interface ReplayedLetters {
  readonly replayed: number
  /** The store has them now. */
  readonly accepted: number
  /** Refused again, with the newer reason. */
  readonly refused: number
  /** Not yet sent, because the replay was stopped: the next start of a collector sends them. */
  readonly waiting: number
}

export interface OpenReader {
  readonly reader: EventReader
  readonly accounts: () => Accounts
  readonly deadLetters: (limit: number) => DeadLetterList
  close(): Promise<void>
}

export interface RuleOptions {
  readonly files: readonly string[]
  readonly shipped: boolean
  readonly clock: Clock
}

export interface RuleMistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly what: string
  readonly fix: string
}

export interface RulesReport {
  /** Rules and filters that would be in force. */
  readonly rules: number
  readonly problems: readonly RuleMistake[]
  readonly warnings: readonly RuleMistake[]
}

export interface RuleVerdict {
  /** Name of the filter that would drop it, or null. */
  readonly filteredBy: string | null
  readonly rule: string
  readonly category: string
  readonly severity: string
  /** Every filter and rule that matches. */
  readonly matching: readonly string[]
}
