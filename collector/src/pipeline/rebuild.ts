import { DAY, HOUR, type EpochMicros } from '../clock.ts'
import type { DurableBuffer } from '../buffer/buffer.ts'
import type { Observation } from '../event/observation.ts'
import { STILL_GOING, type RecordKind, type StoreRecord } from '../event/record.ts'
import type { EventReader } from '../store/store.ts'
import { judge, recordersOf, type Stages } from './pipeline.ts'

/** How far back the stages look after a restart: longer than a group of theirs may be silent. */
const REBUILD_WINDOW: EpochMicros = HOUR

/** When a cluster was watched matters for as long as a problem may be silent. */
const WATCHED_WINDOW: EpochMicros = 3 * DAY

/** The newest rows and records are enough; more would only make the start slow. Many rows make the window shorter. */
const REBUILD_ROWS = 50_000
const REBUILD_RECORDS = 20_000

/** Records that say what became of rows come before those: what they hold is not counted again. */
const BEFORE_ROWS: readonly RecordKind[] = ['watched', 'problem']
const AFTER_ROWS: readonly RecordKind[] = ['correlation', 'pattern']

/**
 * Gives the stages their memory back from what is stored and what waits in the buffer, silently: they remember, nothing
 * comes out (frame §6.6).
 */
export async function rebuild(
  store: Pick<EventReader, 'scan' | 'statistics' | 'records' | 'aggregate'>,
  buffer: Pick<DurableBuffer, 'next'>,
  stages: Pick<Stages, 'topology' | 'problems' | 'correlator' | 'detector'>,
  signal: AbortSignal,
): Promise<void> {
  const { newest } = await store.statistics(signal)
  const range = { from: (newest ?? 0) - REBUILD_WINDOW, to: (newest ?? 0) + 1 }
  const pending = pendingOf(buffer)
  const rememberRecords = async (kinds: readonly RecordKind[]) => {
    for (const kind of kinds) {
      const from = kind === 'watched' ? range.to - WATCHED_WINDOW : range.from
      const stored = await store.records(
        kind,
        { from, to: STILL_GOING, order: 'newest', limit: REBUILD_RECORDS },
        signal,
      )
      for (const record of newestRevisions([
        ...stored.toReversed(),
        ...pending.records.filter((each) => each.kind === kind),
      ])) {
        for (const recorder of recordersOf(stages)) recorder.rememberRecord(record)
      }
    }
  }
  const remember = (observation: Observation) => {
    stages.topology.place(observation) // it learns from events, and comes first
    const problem = judge(observation, stages)
    stages.correlator.remember(observation, problem)
    stages.detector.remember(observation, problem)
  }
  await rememberRecords(BEFORE_ROWS)
  stages.correlator.follow(stages.problems.takeChanged())
  if (newest !== null) await rememberStored(store, range, remember, signal)
  for (const row of pending.rows) remember(row)
  await rememberRecords(AFTER_ROWS)
}

/** What the store does not have yet. */
function pendingOf(buffer: Pick<DurableBuffer, 'next'>): {
  readonly rows: readonly Observation[]
  readonly records: readonly StoreRecord[]
} {
  const rows: Observation[] = []
  const records: StoreRecord[] = []
  for (let batch = buffer.next(REBUILD_ROWS); batch !== null && rows.length < REBUILD_ROWS;) {
    for (const { observation } of batch.rows) rows.push(observation)
    records.push(...batch.records)
    batch = buffer.next(REBUILD_ROWS, batch.sequence)
  }
  return { rows, records }
}

function newestRevisions(records: readonly StoreRecord[]): Iterable<StoreRecord> {
  const newest = new Map<string, StoreRecord>()
  for (const record of records) {
    if ((newest.get(record.id)?.revision ?? -1) <= record.revision) newest.set(record.id, record)
  }
  return newest.values()
}

async function rememberStored(
  store: Pick<EventReader, 'scan' | 'aggregate'>,
  { from, to }: { readonly from: EpochMicros; readonly to: EpochMicros },
  remember: (observation: Observation) => void,
  signal: AbortSignal,
): Promise<void> {
  const filter = { op: 'all' as const }
  const count = {
    from,
    to,
    filter,
    groupBy: [],
    window: null,
    metrics: ['observations' as const],
    top: null,
    zeroFill: false,
  }
  const { groups } = await store.aggregate(count, signal)
  const rows = groups[0]?.points[0]?.values[0] ?? 0
  const newest = rows <= REBUILD_ROWS ? from : Math.floor(to - (to - from) * (REBUILD_ROWS / rows))
  for await (const page of store.scan({ from: newest, to, filter }, signal)) {
    for (const observation of page) remember(observation)
  }
}
