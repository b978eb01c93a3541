import { DAY, HOUR, MINUTE, type EpochMicros } from '../../clock.ts'
import { goneBy, troubleOf } from '../../classify/classify.ts'
import { identityOf } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import type { ProblemBody } from '../../event/problem.ts'
import { STILL_GOING, type RecordOf } from '../../event/record.ts'
import { isProblem, TROUBLED_TYPES } from '../../event/words.ts'
import { asOf, createProblems, stateOfBody, type ProblemAsOf } from '../../problem/problem.ts'
import type { Filter } from '../../query/model.ts'
import { allOf, anyOf } from '../../query/simplify-filter.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import type { Notice } from '../notices.ts'
import { clustersAt, type ClusterAt } from './clusters.ts'

/** What ended may have become known this much later: an API server keeps for an hour what was not read. */
const LATE = 2 * HOUR

/** Objects that had the trouble of a row within this time are counted with it, when nobody asks for more. */
const RECENT = DAY

/** Records read at most, the newest. */
const MOST_PROBLEMS = 20_000

/** Rows counted at most to bring the counts of problems to the time asked about. */
const MOST_ROWS = 100_000

/** Names in one filter at most; of more, all rows of trouble are read. */
const MOST_NAMES = 1_000

/** Counts are recorded with each change of state, else once a minute: rows of this time may not be in them. */
const TAIL = 2 * MINUTE

const IS_PROBLEM: Filter = anyOf([
  { op: 'in', field: 'severity', values: ['medium', 'high', 'critical'] },
  { op: 'in', field: 'type', values: TROUBLED_TYPES },
])

/** A problem at the time that is asked about. */
export interface ProblemAt {
  readonly id: string
  readonly body: ProblemBody
  /** Its cluster is not watched at that time: what becomes of it is not known. */
  readonly unseen: boolean
}

export interface ProblemsAt {
  readonly problems: readonly ProblemAt[]
  readonly clusters: ReadonlyMap<string, ClusterAt>
  readonly notices: readonly Notice[]
}

/**
 * Problems as they were known at `at`: from their records, with the time that passed since, and the rows that are not in
 * them yet. `from`: those that ended before are left out; null for a day before.
 */
export async function readProblems(
  reader: EventReader,
  { at, from }: { readonly at: EpochMicros | null; readonly from: EpochMicros | null },
  now: EpochMicros,
  signal: AbortSignal,
): Promise<ProblemsAt> {
  const clusters = await clustersAt(reader, at, now, signal)
  const clocks = [...clusters.values()].map((cluster) => cluster.at)
  const since = from ?? Math.max(0, (at ?? Math.min(now, ...clocks)) - RECENT)
  const records = await recordsOf(reader, at, since, signal)
  const { problems, corrections } = knownAt(records, clusters, at ?? now, at === null)
  const counted = await countRows(reader, problems, signal)
  const passed = letTimePass(counted, clusters)
  const told = corrections === 0 ? [] : [correctionNotice(corrections, at ?? now)]
  const full = records.length < MOST_PROBLEMS ? [] : [{ severity: 'warning', text: `Only the newest ${MOST_PROBLEMS} problems were looked through. Ask for a time or a cluster.` } as const] // prettier-ignore
  const wanted = passed.filter(({ body }) => (overAt(body) ?? STILL_GOING) > since)
  return { problems: wanted, clusters, notices: [...unseenNotices(clusters), ...told, ...full] }
}

/** Problems that began in this much time are looked at together. */
const PIECE = DAY

/**
 * Problems that were there in [from, to), as they were known at its end and with the time that passed until then, in pieces
 * by when they began. Their changes are told; counts and notes are those of their records.
 */
export async function* problemHistory(
  reader: EventReader,
  { from, to }: { readonly from: EpochMicros; readonly to: EpochMicros },
  clusters: ReadonlyMap<string, ClusterAt>,
  isNow: boolean,
  signal: AbortSignal,
): AsyncIterable<readonly ProblemAt[]> {
  for (let start = from; start < to; start += PIECE) {
    const range = { from: start === from ? Math.max(0, from - LATE) : start, to: Math.min(start + PIECE, to) }
    const records = await reader.records('problem', range, signal)
    const begun = records.filter((record) => start === from || record.from >= start)
    yield letTimePass(knownAt(begun, clusters, to, isNow).problems, clusters)
  }
}

/** What is not over is found at any later time: it comes first, however much has begun since. */
async function recordsOf(
  reader: EventReader,
  at: EpochMicros | null,
  since: EpochMicros,
  signal: AbortSignal,
): Promise<readonly RecordOf<'problem'>[]> {
  const most = { order: 'newest', limit: MOST_PROBLEMS } as const
  if (at !== null) return reader.records('problem', { from: Math.max(0, since - LATE), to: at + 1, ...most }, signal)
  const open = await reader.records('problem', { from: STILL_GOING - 1, to: STILL_GOING, ...most }, signal)
  const all = await reader.records('problem', { from: since, to: STILL_GOING, ...most }, signal)
  return [...new Map([...all, ...open].map((record) => [record.id, record])).values()]
}

interface Known extends ProblemAt {
  readonly revision: number
  readonly isBehind: boolean
  readonly isTold: boolean
  readonly at: EpochMicros
}

function knownAt(
  records: readonly RecordOf<'problem'>[],
  clusters: ReadonlyMap<string, ClusterAt>,
  asked: EpochMicros,
  isNow: boolean,
): { readonly problems: readonly Known[]; readonly corrections: number } {
  const problems: Known[] = []
  let corrections = 0
  for (const { id, revision, body } of records) {
    const cluster = clusters.get(body.cluster)
    const at = cluster?.at ?? asked
    // Of now all is known, also what a clock that is ahead has told.
    const known: ProblemAsOf | null = asOf(body, isNow ? STILL_GOING : at)
    if (known === null) continue
    if (known.corrected !== null) corrections += 1
    const { body: then, isBehind, isTold } = known
    problems.push({ id, revision, body: then, isBehind, isTold, at, unseen: cluster?.isWatched !== true })
  }
  return { problems, corrections }
}

/** Adds the rows between a problem's last known count and the time asked about. */
async function countRows(
  reader: EventReader,
  problems: readonly Known[],
  signal: AbortSignal,
): Promise<readonly Known[]> {
  const behind = problems.filter(({ isBehind, body, at }) => isBehind || at - body.lastObserved <= TAIL)
  if (behind.length === 0) return problems
  const from = Math.min(...behind.map(({ body }) => body.lastObserved))
  const to = Math.max(...behind.map(({ at }) => at)) + 1
  const names = [...new Set(behind.map(({ body }) => body.object.name))]
  const named: Filter = names.length > MOST_NAMES ? { op: 'all' } : { op: 'in', field: 'regarding.name', values: names }
  const counted = new Map(behind.map((problem) => [problem.id, { ...problem }]))
  const byKey = Map.groupBy(counted.values(), ({ body }) => keyOf(body))
  let rows = 0
  for await (const page of reader.scan({ from, to, filter: allOf([IS_PROBLEM, named]) }, signal)) {
    for (const row of page) countRow(row, byKey)
    rows += page.length
    if (rows > MOST_ROWS) break
  }
  return problems.map((problem) => counted.get(problem.id) ?? problem)
}

type Counting = { -readonly [Key in keyof Known]: Known[Key] }

function countRow(row: Observation, problems: ReadonlyMap<string, readonly Counting[]>): void {
  if (!isProblem(row)) return
  const lives = problems.get(`${identityOf(row.cluster, row.regarding)}|${troubleOf(row).class}`) ?? []
  // Of several lives of one trouble a row is of the one that began last before it.
  const begun = lives.filter(({ body }) => body.firstObserved <= row.lastObserved)
  const problem = begun.toSorted((a, b) => b.body.firstObserved - a.body.firstObserved)[0]
  if (problem === undefined || row.lastObserved > problem.at) return
  const { body } = problem
  const isCounted = row.received < body.receivedUntil && !problem.isBehind
  if (isCounted || row.lastObserved <= body.lastObserved || body.evidence.at(-1) === row.id) return
  problem.body = {
    ...body,
    note: row.note,
    lastObserved: row.lastObserved,
    occurrences: body.occurrences + row.countDelta + row.countUnplaced,
    isLowerBound: body.isLowerBound || row.countIsLowerBound || row.countEstimated,
  }
}

function keyOf({ cluster, object, class: kind }: ProblemBody): string {
  return `${identityOf(cluster, object)}|${kind}`
}

/** What silence alone has ended or made quiet since the records were written. */
function letTimePass(problems: readonly Known[], clusters: ReadonlyMap<string, ClusterAt>): readonly ProblemAt[] {
  const open = problems.filter(({ body, isTold }) => !isTold && stateOfBody(body) !== 'over')
  const fold = createProblems({ troubleOf, goneBy })
  for (const { intervals, clock, isWatched } of clusters.values()) {
    for (const interval of intervals) {
      const isLast = interval === intervals.at(-1)
      fold.rememberRecord(until(interval, clock, isLast && isWatched))
    }
  }
  for (const { id, revision, body } of open) {
    fold.rememberRecord({ kind: 'problem', id, revision, from: body.firstObserved, to: STILL_GOING, body })
  }
  for (const { cluster, clock, isWatched } of clusters.values()) {
    if (isWatched) fold.advance({ cluster, until: clock, isWatched })
  }
  const passed = new Map<string, ProblemBody>()
  for (const record of fold.changedRecords(true)) if (record.kind === 'problem') passed.set(record.id, record.body)
  return problems.map(({ id, body, unseen }) => ({ id, body: passed.get(id) ?? body, unseen }))
}

/** The interval as it was known then: the last one goes on to the clock while the cluster is watched. */
function until(record: RecordOf<'watched'>, clock: EpochMicros, goesOn: boolean): RecordOf<'watched'> {
  const { body } = record
  return { ...record, body: { ...body, until: goesOn ? clock : Math.min(body.until, clock) } }
}

function overAt({ transitions }: ProblemBody): EpochMicros | null {
  const last = transitions.at(-1)
  return last?.state === 'over' ? last.at : null
}

function correctionNotice(corrections: number, at: EpochMicros): Notice {
  const text = `What was known at ${formatTime(at)} is shown. Rows that came later corrected ${corrections} of these problems.`
  return { severity: 'info', text }
}

/** Of clusters of which nothing more was written, as after a collector was killed; others are told of with the gaps. */
function unseenNotices(clusters: ReadonlyMap<string, ClusterAt>): readonly Notice[] {
  return [...clusters.values()].flatMap(({ cluster, unseenSince, isClosed }) => {
    if (unseenSince === null || isClosed) return []
    const text = `Cluster ${cluster} is not watched since ${formatTime(unseenSince)}: what became of its problems since then is not known.`
    return [{ severity: 'warning' as const, text }]
  })
}
