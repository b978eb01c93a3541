import type { OpenData } from '../app.ts'
import { endpointNamed } from '../api/endpoints.ts'
import { DEFAULT_RULE } from '../classify/classify.ts'
import type { EpochMicros } from '../clock.ts'
import { isBalanced, type Accounts } from '../event/outcome.ts'
import type { AggregateQuery, Filter } from '../query/model.ts'
import { formatTime } from '../query/time.ts'
import type { EventReader } from '../store/store.ts'
import { deadLettersIn } from './dead-letters.ts'

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

const ALL_TIME = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** Unknown reasons are named up to here; the catalogue misses them in order of frequency. */
const MOST_UNKNOWN_REASONS = 100

/** What a replay counted by itself. */
interface Counted {
  /** Of this run alone. */
  readonly accounts: Accounts
  /** Files of directories that hold no events. */
  readonly passedOver: number
  readonly seconds: number
  readonly now: EpochMicros
}

/** What a replay did: outcomes of this run alone, and what the data directory holds now. */
export async function summarize(
  { store, buffer }: Pick<OpenData, 'store' | 'buffer'>,
  { accounts, passedOver, seconds, now }: Counted,
  signal: AbortSignal,
): Promise<ReplaySummary> {
  const [[observations, events, occurrences, first, last] = [], unknownReasons, patterns] = await Promise.all([
    countAllOf(store, signal),
    unknown(store, signal),
    endpointNamed('patterns').answer(
      { reader: store, accounts: () => accounts, deadLetters: (limit) => deadLettersIn(buffer, limit), now },
      { path: {}, parameters: {} },
      signal,
    ),
  ])
  const totals = {
    observations: observations ?? 0,
    logicalEvents: events ?? 0,
    occurrences: occurrences ?? 0,
    firstObserved: formatted(first),
    lastObserved: formatted(last),
    patterns: (patterns as { readonly patterns: readonly object[] }).patterns,
    unknownReasons,
  }
  return summaryOf(totals, { accounts, passedOver, seconds })
}

/** What is there after a replay. */
export type Totals = Pick<
  ReplaySummary,
  'observations' | 'logicalEvents' | 'occurrences' | 'firstObserved' | 'lastObserved' | 'patterns' | 'unknownReasons'
>

/** A replay as it is told, wherever it went. */
export function summaryOf(
  { observations, logicalEvents, occurrences, firstObserved, lastObserved, patterns, unknownReasons }: Totals,
  { accounts, passedOver, seconds }: Omit<Counted, 'now'>,
): ReplaySummary {
  const { received, stored, alreadyStored, filtered, signalled, dropped, deadLettered } = accounts
  return {
    received,
    outcomes: { stored, alreadyStored, filtered, signalled, dropped, deadLettered },
    balanced: isBalanced(accounts),
    passedOver,
    observations,
    logicalEvents,
    occurrences,
    firstObserved,
    lastObserved,
    seconds: Math.round(seconds * 1_000) / 1_000,
    eventsPerSecond: Math.round(received / Math.max(seconds, 0.001)),
    patterns,
    unknownReasons,
  }
}

function formatted(time: EpochMicros | null | undefined): string | null {
  return time === null || time === undefined ? null : formatTime(time)
}

/** What was counted between two readings. */
export function difference(now: Accounts, before: Accounts): Accounts {
  const byCause = (outcome: 'filtered' | 'signalled' | 'dropped' | 'deadLettered') =>
    Object.fromEntries(
      Object.entries(now[outcome])
        .map(([cause, count]) => [cause, count - (before[outcome][cause] ?? 0)] as const)
        .filter(([, count]) => count !== 0),
    )
  return {
    received: now.received - before.received,
    stored: now.stored - before.stored,
    alreadyStored: now.alreadyStored - before.alreadyStored,
    filtered: byCause('filtered'),
    signalled: byCause('signalled'),
    dropped: byCause('dropped'),
    deadLettered: byCause('deadLettered'),
    buffered: now.buffered - before.buffered,
  }
}

async function countAllOf(store: EventReader, signal: AbortSignal): Promise<readonly (number | null)[]> {
  const metrics = ['observations', 'events', 'occurrences', 'first', 'last'] as const
  const { groups } = await store.aggregate({ ...countAll, metrics }, signal)
  return groups[0]?.points[0]?.values ?? []
}

async function unknown(store: EventReader, signal: AbortSignal): Promise<Readonly<Record<string, number>>> {
  const filter: Filter = { op: 'in', field: 'rule', values: [DEFAULT_RULE] }
  const top = { groups: MOST_UNKNOWN_REASONS, orderBy: 'observations' as const }
  const query = { ...countAll, filter, groupBy: ['reason'], metrics: ['observations'] as const, top }
  const { groups } = await store.aggregate(query, signal)
  return Object.fromEntries(groups.map(({ key, points }) => [key?.[0] ?? '(others)', points[0]?.values[0] ?? 0]))
}

const countAll: AggregateQuery = {
  ...ALL_TIME,
  filter: { op: 'all' },
  groupBy: [],
  window: null,
  metrics: [],
  top: null,
  zeroFill: false,
  isExact: true,
}
