import { DAY, HOUR, MINUTE, type EpochMicros } from '../clock.ts'
import type { DurableBuffer } from '../buffer/buffer.ts'
import type { Observation } from '../event/observation.ts'
import { STILL_GOING, type RecordKind, type StoreRecord } from '../event/record.ts'
import type { Filter } from '../query/model.ts'
import { allOf } from '../query/simplify-filter.ts'
import type { EventReader } from '../store/store.ts'
import { hasItsShape } from '../store/record-shapes.ts'
import { recordersOf, type Stages } from './pipeline.ts'

/** How far back the stages look after a restart: longer than a group of theirs may be silent. */
const REBUILD_WINDOW: EpochMicros = HOUR

/** When a cluster was watched matters for as long as a problem may be silent, and so does one that may come back. */
const PROBLEM_WINDOW: EpochMicros = 3 * DAY

/** The newest rows and records are enough; more would only make the start slow. Many rows make the window shorter. */
const REBUILD_ROWS = 50_000
const REBUILD_RECORDS = 20_000

/** Patterns are taken back however old they are: a job of the month is not new when it runs again. */
const REBUILD_PATTERNS = 50_000

/** Records that say what became of rows come before those: what they hold is not counted again. */
const BEFORE_ROWS: readonly RecordKind[] = ['template', 'pattern', 'watched', 'problem']
const AFTER_ROWS: readonly RecordKind[] = ['correlation']

/**
 * Gives the stages their memory back from what is stored and what waits in the buffer, silently: they remember, nothing
 * comes out (frame §6.6).
 */
export async function rebuild(
  store: Pick<EventReader, 'scan' | 'statistics' | 'records' | 'aggregate'>,
  buffer: Pick<DurableBuffer, 'next'>,
  stages: Pick<Stages, 'topology' | 'problems' | 'correlator' | 'detector'>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<void> {
  const newest = await newestPlausible(store, now, signal)
  const range = { from: (newest ?? 0) - REBUILD_WINDOW, to: (newest ?? 0) + 1 }
  const pending = await pendingOf(buffer)
  const rememberRecords = async (kinds: readonly RecordKind[]) => {
    for (const kind of kinds) {
      const reach = { ...reachOf(kind, range.to), order: 'newest' } as const
      const stored = [...(await store.records(kind, reach, signal))]
      // What is not over must not be missed, however much has begun since.
      if (kind === 'problem') stored.push(...(await store.records(kind, { ...reach, from: STILL_GOING - 1 }, signal)))
      // The quietest first: where there are too many, those are forgotten.
      stored.sort((a, b) => a.to - b.to || a.from - b.from)
      const waiting = pending.records.filter((each) => each.kind === kind && hasItsShape(each))
      for (const record of newestRevisions([...stored, ...waiting])) {
        for (const recorder of recordersOf(stages)) recorder.rememberRecord(record)
      }
    }
  }
  const remember = (observation: Observation) => {
    stages.topology.place(observation) // it learns from events, and comes first
    const problem = stages.problems.remember(observation)
    stages.correlator.follow(stages.problems.takeChanged())
    stages.correlator.remember(observation, problem)
    stages.detector.remember(observation, problem)
  }
  await rememberRecords(BEFORE_ROWS)
  stages.correlator.follow(stages.problems.takeChanged())
  const sought = stages.problems.podsSought()
  if (sought !== null && sought.since < range.from) {
    const older = { from: sought.since, to: range.from, filter: podsOf(sought.owners) }
    await rememberStored(store, older, (row) => stages.problems.see(row), signal)
  }
  if (newest !== null) await rememberStored(store, { ...range, filter: ALL }, remember, signal)
  for (const row of pending.rows) remember(row)
  await rememberRecords(AFTER_ROWS)
}

/** Which records of a kind are taken back. */
function reachOf(kind: RecordKind, now: EpochMicros) {
  const isPattern = kind === 'template' || kind === 'pattern'
  const window = isPattern ? Infinity : kind === 'watched' || kind === 'problem' ? PROBLEM_WINDOW : REBUILD_WINDOW
  return { from: Math.max(0, now - window), to: STILL_GOING, limit: isPattern ? REBUILD_PATTERNS : REBUILD_RECORDS }
}

/** Clocks of nodes differ by this much where somebody looks after them. */
const CLOCK_SKEW = 5 * MINUTE

/**
 * The time of the newest row that is not ahead of now; where all are, of the newest. One event of a clock that is far ahead
 * would else be all that the stages remember.
 */
export async function newestPlausible(
  store: Pick<EventReader, 'statistics' | 'aggregate'>,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<EpochMicros | null> {
  const { newest } = await store.statistics(signal)
  const limit = now + CLOCK_SKEW
  if (newest === null || newest <= limit) return newest
  const { groups } = await store.aggregate({ ...COUNT_ALL, from: 0, to: limit, metrics: ['last'] }, signal)
  return groups[0]?.points[0]?.values[0] ?? newest
}

const ALL: Filter = { op: 'all' }

/** Owners named in one filter at most; of more, the pods of all are read. */
const MOST_OWNERS = 1_000

function podsOf(owners: readonly string[]): Filter {
  const ofPods: Filter = { op: 'in', field: 'regarding.kind', values: ['Pod'] }
  return owners.length > MOST_OWNERS ? ofPods : allOf([ofPods, { op: 'in', field: 'owner.name', values: owners }])
}

const COUNT_ALL = {
  filter: ALL,
  groupBy: [],
  window: null,
  metrics: ['observations' as const],
  top: null,
  zeroFill: false,
}

/** What the store does not have yet. */
async function pendingOf(
  buffer: Pick<DurableBuffer, 'next'>,
): Promise<{ readonly rows: readonly Observation[]; readonly records: readonly StoreRecord[] }> {
  const rows: Observation[] = []
  const records: StoreRecord[] = []
  for (let batch = buffer.next(REBUILD_ROWS); batch !== null && rows.length < REBUILD_ROWS;) {
    for (const { observation } of batch.rows) rows.push(observation)
    records.push(...batch.records)
    await new Promise(setImmediate)
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

/** The newest rows, as many as are enough. */
async function rememberStored(
  store: Pick<EventReader, 'scan' | 'aggregate'>,
  { from, to, filter }: { readonly from: EpochMicros; readonly to: EpochMicros; readonly filter: Filter },
  remember: (observation: Observation) => void,
  signal: AbortSignal,
): Promise<void> {
  const { groups } = await store.aggregate({ ...COUNT_ALL, filter, from, to }, signal)
  const rows = groups[0]?.points[0]?.values[0] ?? 0
  const newest = rows <= REBUILD_ROWS ? from : Math.floor(to - (to - from) * (REBUILD_ROWS / rows))
  for await (const page of store.scan({ from: newest, to, filter }, signal)) {
    for (const observation of page) remember(observation)
  }
}
