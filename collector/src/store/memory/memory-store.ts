import type { EpochMicros } from '../../clock.ts'
import { compareObservations, type Observation } from '../../event/observation.ts'
import { isRecorded } from '../../event/raw-event.ts'
import type { RecordKind, RecordOf } from '../../event/record.ts'
import { aggregateRows } from '../../query/aggregate-rows.ts'
import { volumeOf } from '../../query/event-volume.ts'
import { compileFilter } from '../../query/filter.ts'
import { regardingKey } from '../../query/measure.ts'
import type {
  AggregateQuery,
  AggregateResult,
  EventPage,
  EventVolumeCell,
  EventVolumeQuery,
  EventQuery,
  FieldValue,
  Filter,
  LatestQuery,
  PatternQuery,
  PatternSummary,
  TimeRange,
} from '../../query/model.ts'
import { expiryBound, rollUp } from '../../query/roll-up.ts'
import { summarizePatterns } from '../../query/summarize-patterns.ts'
import { recordsOfAge } from '../record-age.ts'
import {
  chainKey,
  NOTHING_APPLIED,
  resultOfApplied,
  type AppliedBatch,
  type Chain,
  type ChainHead,
  type EventReader,
  type EventStore,
  type PendingBatch,
  type RecordRange,
  type RetentionPolicy,
  type RetentionReport,
  type StoreStatistics,
  type WriteResult,
} from '../store.ts'
import { listValues } from './list-values.ts'
import { newestVersions, pageOf } from './page.ts'
import { RecordTable } from './record-table.ts'

/** Rows handed out at once by a scan. */
const SCAN_BATCH = 1_000

type ValuesQuery = Parameters<EventReader['values']>[0]

/** A new, empty store. */
export function createMemoryStore(): EventStore {
  return new MemoryStore()
}

/**
 * The store contract in its plainest form: rows in an array, every answer computed from all of them. It is what other
 * stores are compared with, and the store of short-lived collectors that keep nothing. Memory grows with the rows; about
 * a million are sensible. Nothing survives `close`.
 */
class MemoryStore implements EventStore {
  #rows: Observation[] = []
  readonly #applied = new Map<string, AppliedBatch>()
  readonly #records = new RecordTable()

  async write(batch: PendingBatch, signal: AbortSignal): Promise<WriteResult> {
    signal.throwIfAborted()
    const { bufferId, sequence, rows, records } = batch
    const applied = await this.applied(bufferId)
    if (sequence <= applied.sequence) return resultOfApplied(batch, applied)
    const known = rows.some((row) => row.undecided) ? new Set(this.#rows.map(({ id }) => id)) : new Set<string>()
    let alreadyStored = 0
    for (const { observation, undecided } of rows) {
      if (undecided && known.has(observation.id)) {
        alreadyStored++
        continue
      }
      known.add(observation.id)
      this.#rows.push(observation)
    }
    for (const record of records) this.#records.put(record)
    this.#applied.set(bufferId, { sequence, alreadyStored, rejected: [] })
    return { stored: rows.length - alreadyStored, alreadyStored, rejected: [] }
  }

  async applied(bufferId: string): Promise<AppliedBatch> {
    return this.#applied.get(bufferId) ?? NOTHING_APPLIED
  }

  async findStored(
    versions: readonly { readonly id: string; readonly lastObserved: EpochMicros }[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    signal.throwIfAborted()
    const wanted = new Set(versions.map(({ id }) => id))
    return new Set(this.#rows.flatMap(({ id }) => (wanted.has(id) ? [id] : [])))
  }

  async findChains(chains: readonly Chain[], signal: AbortSignal): Promise<ReadonlyMap<string, ChainHead>> {
    signal.throwIfAborted()
    const wanted = new Set(chains.map(chainKey))
    const heads = new Map<string, ChainHead>()
    for (const row of this.#rows) {
      const key = chainKey(row)
      if (!wanted.has(key)) continue
      heads.set(key, extendHead(heads.get(key), row))
    }
    return heads
  }

  async events(query: EventQuery, signal: AbortSignal): Promise<EventPage> {
    return pageOf(query, this.#matching(query, signal))
  }

  async aggregate(query: AggregateQuery, signal: AbortSignal): Promise<AggregateResult> {
    return aggregateRows(query, this.#matching(query, signal))
  }

  async eventVolume(query: EventVolumeQuery, signal: AbortSignal): Promise<readonly EventVolumeCell[]> {
    const newest = newestVersions(this.#matching(query, signal))
    return volumeOf(
      query.window,
      newest.map(({ severity, lastObserved }) => ({ severity, time: lastObserved, events: 1 })),
    )
  }

  async latest(query: LatestQuery, signal: AbortSignal): Promise<readonly Observation[]> {
    const newestFirst = this.#matching(query, signal).reverse()
    const byObject = new Map<string, Observation>()
    for (const row of newestFirst) {
      if (!byObject.has(regardingKey(row))) byObject.set(regardingKey(row), row)
    }
    return [...byObject.values()].slice(0, query.limit)
  }

  async patterns(query: PatternQuery, signal: AbortSignal): Promise<readonly PatternSummary[]> {
    return summarizePatterns(query, this.#matching(query, signal))
  }

  async values(query: ValuesQuery, signal: AbortSignal): Promise<readonly FieldValue[]> {
    return listValues(query, this.#matching(query, signal))
  }

  async *scan(
    query: TimeRange & { readonly filter: Filter },
    signal: AbortSignal,
  ): AsyncIterable<readonly Observation[]> {
    const rows = this.#matching(query, signal)
    for (let start = 0; start < rows.length; start += SCAN_BATCH) {
      signal.throwIfAborted()
      yield rows.slice(start, start + SCAN_BATCH)
    }
  }

  async records<Kind extends RecordKind>(
    kind: Kind,
    range: RecordRange,
    signal: AbortSignal,
  ): Promise<readonly RecordOf<Kind>[]> {
    signal.throwIfAborted()
    return this.#records.find(kind, range)
  }

  async statistics(signal: AbortSignal): Promise<StoreStatistics> {
    signal.throwIfAborted()
    const times = this.#rows.map(({ lastObserved }) => lastObserved)
    return {
      observations: times.length,
      begins: this.#rows.reduce<number | null>(
        (begins, { deltaSince }) => Math.min(begins ?? deltaSince, deltaSince),
        null,
      ),
      oldest: times.reduce<number | null>((oldest, time) => Math.min(oldest ?? time, time), null),
      newest: times.reduce<number | null>((newest, time) => Math.max(newest ?? time, time), null),
      bytes: 0,
      backend: 'memory',
    }
  }

  async expire(policy: RetentionPolicy, now: EpochMicros, signal: AbortSignal): Promise<RetentionReport> {
    signal.throwIfAborted()
    const removed = Object.fromEntries(policy.classes.map(({ name }) => [name, 0]))
    const [kept, gone]: [Observation[], Observation[]] = [[], []]
    for (const row of this.#rows) {
      const expired = expiredClass(row, policy, now)
      if (expired === null) kept.push(row)
      else {
        gone.push(row)
        removed[expired] = (removed[expired] ?? 0) + 1
      }
    }
    const rolledUp = rollUp(gone.sort(compareObservations)).filter((record) => this.#records.put(record)).length
    this.#rows = kept
    const removedRecords = this.#records.remove(await recordsOfAge(policy, now, this, signal))
    return { removed, removedRecords, rolledUp, bytes: 0 }
  }

  async close(): Promise<void> {
    this.#rows = []
  }

  /** Rows of the range that match, oldest first. */
  #matching({ from, to, filter }: TimeRange & { readonly filter: Filter }, signal: AbortSignal): Observation[] {
    signal.throwIfAborted()
    const matches = compileFilter(filter)
    return this.#rows
      .filter((row) => row.lastObserved >= from && row.lastObserved < to && matches(row))
      .sort(compareObservations)
  }
}

function extendHead(head: ChainHead | undefined, row: Observation): ChainHead {
  const { count: highestCount, resourceVersion, lastObserved, countEstimated } = row
  if (head === undefined) return { highestCount, resourceVersion, lastObserved, countEstimated }
  const order = (resourceVersion ?? -1) - (head.resourceVersion ?? -1) || lastObserved - head.lastObserved
  const newest = order > 0 ? row : head
  return {
    highestCount: Math.max(head.highestCount, highestCount),
    resourceVersion: newest.resourceVersion,
    lastObserved: newest.lastObserved,
    countEstimated: head.countEstimated || countEstimated,
  }
}

/** Name of the class by which a row goes, or null when it stays. */
function expiredClass(row: Observation, policy: RetentionPolicy, now: EpochMicros): string | null {
  if (!policy.includeRecordings && isRecorded(row)) return null
  const own = policy.classes.find(({ severities }) => severities.includes(row.severity))
  return own !== undefined && row.lastObserved < expiryBound(now, own.maxAge) ? own.name : null
}
