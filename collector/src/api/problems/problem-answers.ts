import type { EpochMicros } from '../../clock.ts'
import type { Ending, ProblemBody, ProblemState } from '../../event/problem.ts'
import { mapInSlices } from '../../event/slices.ts'
import { severityRank } from '../../event/words.ts'
import { compareProblems, stateOfBody, thingOf } from '../../problem/problem.ts'
import { compileFilter } from '../../query/filter.ts'
import { offsetCursor, type ProblemQuery } from '../../query/problem-request.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, limitNotices } from '../notices.ts'
import { asObservation } from './as-observation.ts'
import { readProblems, type ProblemAt } from './read-problems.ts'

/** Problems of one workload that are of one kind, told as one: by the one that is worst off. */
export interface ProblemRow {
  readonly problem: ProblemAt
  readonly state: ProblemState
  readonly severity: string
  readonly objects: { readonly open: number; readonly all: number }
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  readonly occurrences: number
  readonly isLowerBound: boolean
}

/** GET /problems: what is wrong, the most important first. */
export async function problemsAnswer(reader: EventReader, query: ProblemQuery, now: EpochMicros, signal: AbortSignal) {
  const { rows, at, notices } = await problemRows(reader, query, now, signal)
  const shown = rows.slice(query.offset, query.offset + query.limit)
  const end = query.offset + shown.length
  const gaps = await gapNotices(reader, { from: at, to: at + 1, filter: query.filter }, signal)
  return {
    at: formatTime(at),
    total: rows.length,
    returned: shown.length,
    cursor: end < rows.length ? offsetCursor(query.at, end) : null,
    problems: await mapInSlices(shown, problemJson),
    notices: [...gaps, ...notices, ...limitNotices(shown.length, rows.length, 'problems')],
  }
}

/** Matching problems at a time, in the order in which a person should look at them. */
export async function problemRows(
  reader: EventReader,
  { at, from, filter, all, each }: Pick<ProblemQuery, 'at' | 'from' | 'filter' | 'all' | 'each'>,
  now: EpochMicros,
  signal: AbortSignal,
) {
  const { problems, clusters, notices } = await readProblems(reader, { at, from: all ? from : null }, now, signal)
  const matches = compileFilter(filter)
  const wanted = problems.filter(({ id, body }) => matches(asObservation(id, body)))
  const rows = each ? wanted.map((problem) => toRow([problem])) : rollUp(wanted)
  const shown = all ? rows : rows.filter(({ state }) => state !== 'over')
  // Where everything is told by recordings, now is when the last of them ends.
  const clocks = [...clusters.values()].map((cluster) => cluster.at)
  const time = at ?? (clocks.length === 0 ? now : Math.max(...clocks))
  return { at: time, rows: shown.toSorted((a, b) => compareProblems(rankOf(a), rankOf(b))), problems: wanted, notices }
}

/** One row for each workload and what is wrong with it. */
export function rollUp(problems: readonly ProblemAt[]): readonly ProblemRow[] {
  const groups = Map.groupBy(problems, ({ body }) => {
    const { cluster, object, workload, class: kind } = body
    // What nothing owns is its own workload; the workload of a node's trouble is the node.
    const owner = workload.kind === '' ? [object.kind, object.name] : [workload.kind, workload.name]
    return JSON.stringify([cluster, object.namespace, ...owner, kind])
  })
  return [...groups.values()].map(toRow)
}

function toRow(problems: readonly ProblemAt[]): ProblemRow {
  const ranked = [...problems].sort((a, b) => compareProblems(rankOfOne(a), rankOfOne(b)))
  const [problem = problems[0]] = ranked
  if (problem === undefined) throw new Error('a row has at least one problem')
  const state = stateOfBody(problem.body)
  // What is over says nothing of how bad it is now.
  const counted = state === 'over' ? ranked : ranked.filter(({ body }) => stateOfBody(body) !== 'over')
  const objects = (each: readonly ProblemAt[]) => new Set(each.map(({ body }) => JSON.stringify(body.object))).size
  const isOpen = (each: ProblemAt) => stateOfBody(each.body) !== 'over'
  return {
    problem,
    state: ranked.some(({ body }) => stateOfBody(body) === 'open') ? 'open' : state,
    severity: counted.reduce((worst, { body }) => (severityRank(body.severity) > severityRank(worst) ? body.severity : worst), problem.body.severity), // prettier-ignore
    objects: { open: objects(ranked.filter(isOpen)), all: objects(ranked) },
    firstObserved: Math.min(...counted.map(({ body }) => body.firstObserved)),
    lastObserved: Math.max(...counted.map(({ body }) => body.lastObserved)),
    occurrences: counted.reduce((sum, { body }) => sum + body.occurrences, 0),
    isLowerBound: counted.some(({ body }) => body.isLowerBound),
  }
}

export function rankOf({ problem, state, severity, lastObserved }: ProblemRow) {
  return { state, severity, kind: problem.body.object.kind, lastObserved, id: problem.id }
}

function rankOfOne({ id, body }: ProblemAt) {
  const { severity, object, lastObserved } = body
  return { state: stateOfBody(body), severity, kind: object.kind, lastObserved, id }
}

export function problemJson({ problem, state, severity, objects, ...counts }: ProblemRow) {
  const { id, unseen, body } = problem
  const { cluster, object, workload, node, reason, class: kind, note } = body
  const { kind: objectKind, namespace, name } = object
  const ending = body.transitions.at(-1)?.endedBy ?? null
  return {
    id,
    cluster,
    object: { kind: objectKind, namespace, name },
    workload: { kind: workload.kind, namespace: workload.kind === '' ? '' : namespace, name: workload.name },
    node,
    reason,
    class: kind,
    thing: thingOf(body),
    state,
    unseen: unseen && state !== 'over',
    since: formatTime(sinceOf(body)),
    endedBy: ending === null || state !== 'over' ? null : endingJson(ending),
    severity,
    firstObserved: formatTime(counts.firstObserved),
    lastObserved: formatTime(counts.lastObserved),
    occurrences: counts.occurrences,
    isLowerBound: counts.isLowerBound,
    objects,
    note,
  }
}

/** Since when it is in this state. */
function sinceOf({ transitions, firstObserved }: ProblemBody): EpochMicros {
  const state = transitions.at(-1)?.state
  const before = transitions.findLastIndex((each) => each.state !== state)
  return transitions[before + 1]?.at ?? firstObserved
}

function endingJson({ how, observation, at }: Ending) {
  return { how, observation, at: formatTime(at) }
}
