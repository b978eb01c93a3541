import { MINUTE, type EpochMicros } from '../../clock.ts'
import { lifeOf, LONG_REASONS, LONGEST_HOLD, USUAL_HOLD } from '../../event/problem-life.ts'
import type { Filter, TimeRange } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/problems.ts'
import { allOf, anyOf } from '../../query/simplify-filter.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, type Notice } from '../notices.ts'
import type { AskedQuery } from './asked-query.ts'
import { ALERTABLE, type Column, type Frame } from './frame.ts'

/** Rows of one answer at most. */
const USUAL_ROWS = 500

/**
 * A clearing event of another pod of the workload counts only when the troubled one was quiet for this long before: of five
 * pods one may hang while the others start.
 */
const WORKLOAD_QUIET = 10 * MINUTE

/** What tells one thing that can be in trouble from another, and who owns it. */
const OBJECT = ['cluster', 'regarding.kind', 'regarding.namespace', 'regarding.name'] as const
const OWNER = ['cluster', 'regarding.namespace', 'owner.kind', 'owner.name'] as const

/** Names in one filter at most; of more, all are read. */
const MOST_NAMES = 10_000

const IS_PROBLEM = anyOf([
  { op: 'in', field: 'severity', values: ['medium', 'high', 'critical'] },
  { op: 'in', field: 'type', values: ['Warning'] },
])

/**
 * Metric `active`: 1 for a group in which a problem is open at the end of the range, else 0. A problem is open from its
 * evidence until an event of the same object or workload clears it, or until it was silent for longer than its reason may be
 * (`event/problem-life.ts`): emitters fall silent while the fault lasts, so a count over a short window would not do. Groups
 * that were in trouble within the longest such time are there with their 0. So the range's start does not matter.
 */
export async function answerActive(
  asked: AskedQuery,
  groupBy: readonly string[],
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const { query, to } = asked
  if (query.format === 'timeseries' || query.format === 'heatmap') {
    const message =
      'active is a state at the end of the range. Use the format Numeric or Table, or the query type Timeline'
    throw new InvalidQueryError([{ parameter: 'format', message }])
  }
  const recent = { from: Math.max(0, to - USUAL_HOLD), to }
  const lookback = { from: Math.max(0, to - LONGEST_HOLD), to }
  const problems = allOf([asked.filter, IS_PROBLEM])
  const isLong: Filter = { op: 'in', field: 'reason', values: LONG_REASONS }
  const aspects = [...new Set([...OBJECT, ...OWNER, 'reason', 'category', ...groupBy])]
  const [known, fresh, old, gaps] = await Promise.all([
    knownGroups(reader, lookback, problems, groupBy, signal),
    readLast(reader, recent, problems, aspects, signal),
    readLast(reader, lookback, allOf([problems, isLong]), aspects, signal),
    gapNotices(reader, asked, signal),
  ])
  const evidence = [...fresh, ...old]
  const cleared = await readCleared(reader, evidence, to, signal)
  const isOpen = judge(cleared, to)
  const states = new Map(known.map((key) => [JSON.stringify(key), { key, value: 0 }]))
  for (const each of evidence) {
    const state = states.get(JSON.stringify(groupBy.map(each.of)))
    if (state !== undefined && isOpen(each)) state.value = 1
  }
  const rows = [...states.values()].sort((a, b) => b.value - a.value)
  const shown = rows.slice(0, query.top ?? USUAL_ROWS)
  const text = `These are ${shown.length} of ${rows.length} groups, open ones first. Group by fewer fields, or use a higher top.`
  const notices: readonly Notice[] = shown.length < rows.length ? [...gaps, { severity: 'warning', text }] : gaps
  const keys = groupBy.map((name, place): Column => ({ kind: 'string', name, values: shown.map(({ key }) => key[place] ?? '') })) // prettier-ignore
  const columns: readonly Column[] = [...keys, { kind: 'number', name: 'active', values: shown.map(({ value }) => value) }] // prettier-ignore
  const meta = { type: 'numeric-long' as const, typeVersion: ALERTABLE, executedQueryString: query.filter.text, notices } // prettier-ignore
  return [{ meta, columns: shown.length === 0 ? [] : columns }]
}

/** Groups that were in trouble at all: those whose problem is over are shown with their 0. */
async function knownGroups(
  reader: EventReader,
  range: TimeRange,
  filter: Filter,
  groupBy: readonly string[],
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  if (groupBy.length === 0) return [[]]
  const question = { ...range, filter, groupBy, window: null, metrics: ['observations'] as const, top: null, zeroFill: false } // prettier-ignore
  return (await reader.aggregate(question, signal)).groups.flatMap(({ key }) => (key === null ? [] : [key]))
}

/** What may have cleared the evidence: only what came after the earliest of it, of the same objects or workloads. */
async function readCleared(
  reader: EventReader,
  evidence: readonly LastSaid[],
  to: EpochMicros,
  signal: AbortSignal,
): Promise<Cleared> {
  const reasons = [...new Set(evidence.flatMap(({ of }) => lifeOf(of('reason'), of('category')).clearedBy))]
  if (reasons.length === 0) return { ofObject: new Map(), ofWorkload: new Map() }
  const from = evidence.reduce((earliest, { last }) => Math.min(earliest, last), to)
  const lastBy = async (fields: readonly string[]) => {
    const filter = allOf([{ op: 'in', field: 'reason', values: reasons }, sameName(fields, evidence)])
    const said = await readLast(reader, { from, to }, filter, [...fields, 'reason'], signal)
    return new Map(said.map(({ of, last }) => [nameOf(fields, of('reason'), of), last]))
  }
  const [ofObject, ofWorkload] = await Promise.all([lastBy(OBJECT), lastBy(OWNER)])
  return { ofObject, ofWorkload }
}

/** When a reason was last said of an object, and of any object of a workload, by {@link nameOf}. */
interface Cleared {
  readonly ofObject: ReadonlyMap<string, EpochMicros>
  readonly ofWorkload: ReadonlyMap<string, EpochMicros>
}

/** The names alone: they leave few others over, and a store finds one field faster than four. */
function sameName(fields: readonly string[], evidence: readonly LastSaid[]): Filter {
  const field = fields.at(-1) ?? ''
  const values = [...new Set(evidence.map(({ of }) => of(field)))]
  return values.length > MOST_NAMES ? { op: 'all' } : { op: 'in', field, values }
}

/** When something was last said of an object, by the values of its fields. */
interface LastSaid {
  readonly of: (field: string) => string
  readonly last: EpochMicros
}

async function readLast(
  reader: EventReader,
  range: TimeRange,
  filter: Filter,
  groupBy: readonly string[],
  signal: AbortSignal,
): Promise<readonly LastSaid[]> {
  const question = { ...range, filter, groupBy, window: null, metrics: ['last'] as const, top: null, zeroFill: false }
  const { groups } = await reader.aggregate(question, signal)
  return groups.map(({ key, points }) => ({
    of: (field) => key?.[groupBy.indexOf(field)] ?? '',
    last: points[0]?.values[0] ?? 0,
  }))
}

function judge({ ofObject, ofWorkload }: Cleared, now: EpochMicros): (evidence: LastSaid) => boolean {
  return ({ of, last }) => {
    const { clearedBy, holds } = lifeOf(of('reason'), of('category'))
    if (last + holds <= now) return false
    return !clearedBy.some((reason) => {
      const own = ofObject.get(nameOf(OBJECT, reason, of)) ?? 0
      const workload = ofWorkload.get(nameOf(OWNER, reason, of)) ?? 0
      return own > last || workload > last + WORKLOAD_QUIET
    })
  }
}

function nameOf(fields: readonly string[], reason: string, of: LastSaid['of']): string {
  return JSON.stringify([reason, ...fields.map(of)])
}
