import type { EpochMicros } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import type { RecordKind, RecordOf, StoreRecord } from '../event/record.ts'
import type {
  AggregateQuery,
  AggregateResult,
  EventPage,
  EventVolumeCell,
  EventVolumeQuery,
  EventQuery,
  FieldValue,
  LatestQuery,
  PatternQuery,
  PatternSummary,
} from '../query/model.ts'

/** A row on its way to the store. */
export interface PendingRow {
  readonly observation: Observation
  /** The gate could not ask the store about it: the store must look for its id before appending. */
  readonly undecided: boolean
}

/** What the buffer hands over: one or more of its entries, in order. */
export interface PendingBatch {
  /** Random id made with the buffer file. Another buffer starts its sequence anew. */
  readonly bufferId: string
  /** Sequence of the last buffer entry in this batch; never reused. */
  readonly sequence: number
  readonly rows: readonly PendingRow[]
  readonly records: readonly StoreRecord[]
}

export interface WriteResult {
  readonly stored: number
  readonly alreadyStored: number
  /** Rows the store will never accept, with the reason in bounded words and the details for a person. */
  readonly rejected: readonly { readonly id: string; readonly cause: string; readonly detail: string }[]
}

/** What a store has of a buffer: everything up to `sequence`, whose batch ended like this. */
export interface AppliedBatch extends Omit<WriteResult, 'stored'> {
  readonly sequence: number
}

/** A store that knows nothing of a buffer. */
export const NOTHING_APPLIED: AppliedBatch = { sequence: 0, alreadyStored: 0, rejected: [] }

/** The answer to a batch that was applied before: as it ended, or, of an older one, as stored. */
export function resultOfApplied({ sequence, rows }: PendingBatch, applied: AppliedBatch): WriteResult {
  if (sequence < applied.sequence) return { stored: rows.length, alreadyStored: 0, rejected: [] }
  const { alreadyStored, rejected } = applied
  return { stored: rows.length - alreadyStored - rejected.length, alreadyStored, rejected }
}

/** A chain of versions of one event, over re-creations after its TTL (frame §6.4). */
export interface Chain {
  readonly cluster: string
  readonly eventNamespace: string
  readonly name: string
  readonly firstObserved: EpochMicros
}

/** What is known of a chain: the base that the next delta is measured from. */
export interface ChainHead {
  /** Highest count of any version of the chain. */
  readonly highestCount: number
  /** Highest resourceVersion of any stored version; null when none has one. */
  readonly resourceVersion: number | null
  /** lastObserved of the newest version: highest resourceVersion (absent is lowest), then highest lastObserved. */
  readonly lastObserved: EpochMicros
  /** Whether any of its deltas is an estimate. */
  readonly countEstimated: boolean
}

/** Key of a chain for maps: JSON, so that parts never run into one another. */
export function chainKey(chain: Chain): string {
  return JSON.stringify([chain.cluster, chain.eventNamespace, chain.name, chain.firstObserved])
}

/** The half of a store that the delivery line sees. */
export interface EventWriter {
  /**
   * Stores a batch, all or nothing known: when it throws, nothing is known to be stored and the same call may be repeated.
   * A batch whose sequence is not above what was applied of its buffer is a no-op, see {@link resultOfApplied}.
   * Decided rows are appended without a look; an undecided row whose id is stored, or stands earlier in the batch, is not.
   *
   * @throws StoreUnavailableError try again later.
   */
  write(batch: PendingBatch, signal: AbortSignal): Promise<WriteResult>

  /** The last batch of `bufferId` that is durably in the store; {@link NOTHING_APPLIED} for an unknown buffer. */
  applied(bufferId: string): Promise<AppliedBatch>

  /** Which of these versions are stored. `lastObserved` bounds where to look. */
  findStored(
    versions: readonly { readonly id: string; readonly lastObserved: EpochMicros }[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>>

  /** What is stored of each chain; chains without a row are absent. Keys by {@link chainKey}. */
  findChains(chains: readonly Chain[], signal: AbortSignal): Promise<ReadonlyMap<string, ChainHead>>
}

/** Which records of a kind: those that overlap [from, to). A record is [from, to) too, or the point `from` where both are equal. */
export interface RecordRange {
  readonly from: EpochMicros
  readonly to: EpochMicros
  readonly id?: string
  /** By `from`, then id, or exactly the other way round; `oldest` when absent. A limit keeps the first in this order. */
  readonly order?: 'oldest' | 'newest'
  readonly limit?: number
}

/** The half of a store that the query layer sees. All answers obey the order and the text rules of the frame. */
export interface EventReader {
  events(query: EventQuery, signal: AbortSignal): Promise<EventPage>
  aggregate(query: AggregateQuery, signal: AbortSignal): Promise<AggregateResult>
  /**
   * The rows of view `events` by window and severity, in this order, those without rows left out: together they are its `total`.
   * Null when the events are too many to be told one by one.
   */
  eventVolume(query: EventVolumeQuery, signal: AbortSignal): Promise<readonly EventVolumeCell[] | null>
  /** The newest observation of each of some objects. */
  latest(query: LatestQuery, signal: AbortSignal): Promise<readonly Observation[]>
  /** Patterns over any range, from stored rows (experience.md §5 words; thresholds in the query). */
  patterns(query: PatternQuery, signal: AbortSignal): Promise<readonly PatternSummary[]>
  /**
   * Values of a groupable or list field with occurrences, most frequent first (ties by code point), for completion.
   * `prefix` is literal and case-sensitive; the empty value is left out. Of a map (`labels`) its keys. `order` is ignored.
   */
  values(
    query: Omit<EventQuery, 'cursor' | 'view'> & { readonly field: string; readonly prefix: string },
    signal: AbortSignal,
  ): Promise<readonly FieldValue[]>
  /** Observations of [from, to) in key order, for export and for rebuilding the stages. */
  scan(query: Pick<EventQuery, 'from' | 'to' | 'filter'>, signal: AbortSignal): AsyncIterable<readonly Observation[]>
  /** Newest revision of each record of a kind that overlaps the range. */
  records<Kind extends RecordKind>(
    kind: Kind,
    range: RecordRange,
    signal: AbortSignal,
  ): Promise<readonly RecordOf<Kind>[]>
  statistics(signal: AbortSignal): Promise<StoreStatistics>
}

export interface StoreStatistics {
  readonly observations: number
  /** When the first of the stored occurrences may have been: the lowest deltaSince. */
  readonly begins: EpochMicros | null
  /** Lowest and highest lastObserved. */
  readonly oldest: EpochMicros | null
  readonly newest: EpochMicros | null
  /** On disk, files beside the main one included; 0 for memory. */
  readonly bytes: number
  readonly backend: string
}

/** One class of rows and how long it stays. The first class whose severities hold the row's decides. */
export interface RetentionClass {
  readonly name: string
  readonly severities: readonly string[]
  readonly maxAge: EpochMicros
}

export interface RetentionPolicy {
  readonly classes: readonly RetentionClass[]
  /** Bytes on disk that must not be passed; oldest rows and records go first. */
  readonly maxBytes: number
  /** How long records stay, counted from `recordTime`. */
  readonly recordMaxAge: Readonly<Record<RecordKind, EpochMicros>>
  /** Recordings are spared by age unless this is set (frame §6.3). */
  readonly includeRecordings: boolean
}

export interface RetentionReport {
  readonly removed: Readonly<Record<string, number>>
  /** Records removed, by kind, for their age or for bytes; kinds of which none went are absent. */
  readonly removedRecords: Readonly<Partial<Record<RecordKind, number>>>
  readonly rolledUp: number
  readonly bytes: number
}

export interface EventStore extends EventWriter, EventReader {
  /**
   * Rolls up by the hour what is about to go (`query/roll-up.ts`), then removes it.
   *
   * By age go the rows of a class with lastObserved before the start of the hour that holds now − maxAge: whole hours, so
   * that each is rolled up once. A row of no class stays. Records go when `recordTime` is `recordMaxAge` of their kind before
   * now, but for those of a time in which rows of a recording stay. `removed` has an entry per class, zeros included, and
   * `maxBytes` when rows went for bytes; `rolledUp` counts new roll-up records.
   *
   * For bytes the oldest go, rows and records alike, each row with all others of its hour or day. Roll-ups stay.
   */
  expire(policy: RetentionPolicy, now: EpochMicros, signal: AbortSignal): Promise<RetentionReport>
  close(): Promise<void>
}

/** Why a store did not do what it was asked: it is away; it needs more memory for it than it may take; or the mistake is ours. */
export type StoreTrouble = 'away' | 'memory' | 'mistake'

/** The store could not be reached or refused for now. Try again later. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError'
  readonly code = 'STORE_UNAVAILABLE'
  readonly retryable = true
  readonly trouble: StoreTrouble

  constructor(operation: string, { cause, trouble = 'away' }: { cause: unknown; trouble?: StoreTrouble }) {
    super(`${operation}: store unavailable`, { cause })
    this.trouble = trouble
  }
}

/** The store's file cannot be read. It was set aside under the name given; the caller starts a new one (frame §6.7). */
export class StoreCorruptError extends Error {
  override readonly name = 'StoreCorruptError'
  readonly code = 'STORE_CORRUPT'
  readonly retryable = false
  readonly file: string

  constructor(file: string, options: { cause: unknown }) {
    super(`${file} is not a readable DuckDB file`, options)
    this.file = file
  }
}
