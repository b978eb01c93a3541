import type { AlertRule } from '../alert/alert.ts'
import type { AlertFiles } from '../api/alerts/alert-language.ts'
import type { CaseResult, checkAlertRules } from '../run/alert-rules.ts'
import type { ReindexProgress, ReindexSummary } from '../app.ts'
import type { Config } from '../config/config.ts'
import type { DeadLetterList } from '../event/dead-letter.ts'
import type { Observation } from '../event/observation.ts'
import type { CheckOptions, RuleOptions, RulesReport, RuleVerdict } from '../run/check-rules.ts'
import type { ReplayedLetters } from '../run/dead-letters.ts'
import type { RunOptions } from '../run/input.ts'
import type { MigrateOptions, MigrationProgress, MigrationSummary } from '../run/migrate.ts'
import type { OpenReader } from '../run/read.ts'
import type { RecordingOptions, RecordingProgress, RecordingSummary } from '../run/record.ts'
import type { ReplayOptions, ReplayReport } from '../run/replay.ts'
import type { ReplaySummary } from '../run/replay-summary.ts'
import type { RemoteCollector } from '../run/replay-to.ts'
import type { Screen } from './terminal.ts'

/** What the command line cannot do itself, because it needs the whole collector. `main.ts` supplies it. */
export interface Actions {
  /** Watches until `terminal.signal` aborts. Answers the exit code. */
  run(config: Config, options: RunOptions, screen: Screen): Promise<number>
  /** Plays recordings through all stages into the data directory. */
  replay(config: Config, options: ReplayOptions, report: ReplayReport): Promise<ReplaySummary>
  /** Plays recordings into a running collector, through its API. */
  replayTo(
    collector: RemoteCollector,
    config: Config,
    options: ReplayOptions,
    report: ReplayReport,
  ): Promise<ReplaySummary>
  /** Writes the raw stream of a cluster as a recording until `terminal.signal` aborts or a bound is reached. */
  record(
    config: Config,
    options: RecordingOptions,
    report: (progress: RecordingProgress) => void,
  ): Promise<RecordingSummary>
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
  /** Sends a made-up alert and its end to one receiver of the configuration. @throws Error it does not take them. */
  testReceiver(
    config: Config,
    name: string,
    options: { readonly signal: AbortSignal; readonly print: (text: string) => Promise<void> },
  ): Promise<void>
  /** Opens what a data directory holds, when no collector has it. */
  openReader(config: Config): Promise<OpenReader>
  /** Loads rules without using them. Problems are an answer, not an exception. */
  checkRules(options: CheckOptions): Promise<RulesReport>
  /** What rules say about observations, in their order. @throws when the rules are wrong. */
  testRules(options: RuleOptions, observations: readonly Observation[]): Promise<readonly RuleVerdict[]>
  readonly alerts: AlertActions
}

/** What commands on alert rules do. */
export interface AlertActions {
  /** Loads rules without using them. Mistakes are an answer, not an exception. */
  check(files: AlertFiles): ReturnType<typeof checkAlertRules>
  /** Plays cases. @throws CasesError the text holds none. */
  cases(rules: readonly AlertRule[], text: string): Promise<readonly CaseResult[]>
  /** A file that Grafana provisions. */
  toGrafana(rules: readonly AlertRule[]): Promise<string>
}
