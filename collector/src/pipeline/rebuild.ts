import type { EpochMicros } from '../clock.ts'
import type { BufferBatch, DurableBuffer } from '../buffer/buffer.ts'
import type { Observation } from '../event/observation.ts'
import type { RecordKind, StoreRecord } from '../event/record.ts'
import type { EventReader } from '../store/store.ts'

/** How far back the stages look after a restart: longer than a group of theirs may be silent. */
const REBUILD_WINDOW: EpochMicros = 3_600_000_000

/** The newest rows and records are enough; more would only make the start slow. Many rows make the window shorter. */
const REBUILD_ROWS = 50_000
const REBUILD_RECORDS = 20_000

/** Patterns are taken back however old they are: a job of the month is not new when it runs again. */
const REBUILD_PATTERNS = 50_000
const ALL_TIME = { from: 0, to: Number.MAX_SAFE_INTEGER }

/** The stages with memory: records of templates and patterns, observations in stored order, records of groups. */
export interface Rememberer {
  remember(observation: Observation): void
  rememberRecord(record: StoreRecord): void
}

/**
 * Gives the stages their memory back from what is stored and what waits in the buffer, silently: they remember, nothing
 * comes out (frame §6.6).
 */
export async function rebuild(
  store: Pick<EventReader, 'scan' | 'statistics' | 'records' | 'aggregate'>,
  buffer: Pick<DurableBuffer, 'next'>,
  stages: Rememberer,
  signal: AbortSignal,
): Promise<void> {
  const { newest } = await store.statistics(signal)
  const range = { from: (newest ?? 0) - REBUILD_WINDOW, to: (newest ?? 0) + 1 }
  const waiting = waitingIn(buffer)
  const rememberRecords = async (kind: RecordKind, stored: { from: EpochMicros; to: EpochMicros; limit: number }) => {
    const records = newest === null ? [] : [...(await store.records(kind, stored, signal))]
    // The quietest first: where there are too many, those are forgotten.
    records.sort((a, b) => a.to - b.to)
    for (const batch of waiting) records.push(...batch.records.filter((record) => record.kind === kind))
    for (const record of records) stages.rememberRecord(record)
  }
  await rememberRecords('template', { ...ALL_TIME, limit: REBUILD_PATTERNS })
  await rememberRecords('pattern', { ...ALL_TIME, limit: REBUILD_PATTERNS })
  if (newest !== null) await rememberStored(store, range, stages, signal)
  for (const batch of waiting) for (const { observation } of batch.rows) stages.remember(observation)
  await rememberRecords('correlation', { ...range, limit: REBUILD_RECORDS })
}

/** What the buffer holds, as much of it as is taken back. */
function waitingIn(buffer: Pick<DurableBuffer, 'next'>): readonly BufferBatch[] {
  const waiting: BufferBatch[] = []
  let rows = 0
  for (let batch = buffer.next(REBUILD_ROWS); batch !== null && rows < REBUILD_ROWS;) {
    waiting.push(batch)
    rows += batch.rows.length
    batch = buffer.next(REBUILD_ROWS, batch.sequence)
  }
  return waiting
}

async function rememberStored(
  store: Pick<EventReader, 'scan' | 'aggregate'>,
  { from, to }: { readonly from: EpochMicros; readonly to: EpochMicros },
  stages: Rememberer,
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
    for (const observation of page) stages.remember(observation)
  }
}
