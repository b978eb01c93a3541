import { compareProblems } from '../event/problem-rank.ts'
import { stateOfBody, type Problem } from '../event/problem.ts'
import { STILL_GOING, type StoreRecord } from '../event/record.ts'
import { SEVERITIES, severityRank, type Severity } from '../event/words.ts'
import type { EpochMicros } from '../clock.ts'
import {
  addClass,
  addEdge,
  lineOf,
  openGroup,
  worsen,
  type CausalEdge,
  type Change,
  type Group,
  type ProblemLine,
} from './groups.ts'

/** Body of a record of kind `correlation`. Counts are those the correlator saw; rows are what is exact. */
export interface CorrelationBody {
  readonly cluster: string
  /** What is wrong, the worst first, and with whom, in one line; of ordinary life what was reported most. */
  readonly title: string
  /** Set when the group was found to belong to another one: then that one tells the rest. */
  readonly mergedInto: string | null
  /** Ids of groups that were merged into this one; rows may carry any of them. */
  readonly absorbed: readonly string[]
  /** Whether one of its problems is open or quiet; ordinary life is open for as long as something may join it. */
  readonly isOpen: boolean
  /** Of its open problems; when all are over, of the worst that it had. */
  readonly severity: Severity
  /** Of the worst problem that it ever had. */
  readonly worstSeverity: Severity
  /** Problems that are open or quiet, the worst first, as many as are named; `openProblems` counts all. */
  readonly problems: readonly ProblemLine[]
  readonly openProblems: number
  /** The worst problem that it ever had; null in ordinary life. */
  readonly worst: ProblemLine | null
  /** What was ever wrong, in one word each, the worst first. */
  readonly classes: readonly { readonly class: string; readonly severity: Severity }[]
  /** Newest event time of a member. */
  readonly lastObserved: EpochMicros
  readonly members: number
  readonly occurrences: number
  readonly isLowerBound: boolean
  readonly objects: readonly string[]
  readonly objectsAreMore: boolean
  readonly workloads: readonly string[]
  readonly reasons: readonly { readonly reason: string; readonly members: number }[]
  /** Why observations belong here, in words, most frequent first. */
  readonly evidence: readonly { readonly words: string; readonly members: number }[]
  /** Known causal links, by the time they were found. */
  readonly causes: readonly CausalEdge[]
  /** Actions (rollouts, scalings, cordons) among the members. */
  readonly changes: readonly Change[]
}

/** Words for what happens in a title. */
const TITLE_WORDS = 3

/** Problems that a record names. */
const MAX_PROBLEMS_SHOWN = 64

/** The record of a group as it is now. */
export function correlationRecord(group: Group): StoreRecord {
  const problems = [...group.problems.values()].sort(inOrder).map(lineOf)
  const isOpen = group.isOpen && group.mergedInto === null
  const worst = group.worst?.severity ?? SEVERITIES[group.severityRank] ?? 'info'
  const body: CorrelationBody = {
    cluster: group.cluster,
    title: titleOf(group, problems),
    mergedInto: group.mergedInto?.id ?? null,
    absorbed: group.absorbed,
    isOpen,
    severity: worstOf(problems) ?? worst,
    worstSeverity: worst,
    problems: problems.slice(0, MAX_PROBLEMS_SHOWN),
    openProblems: problems.length,
    worst: group.worst,
    classes: worstFirst(group.classes).map(([name, severity]) => ({ class: name, severity })),
    lastObserved: group.last,
    members: group.members,
    occurrences: group.occurrences,
    isLowerBound: group.isLowerBound,
    objects: [...group.objects.values()],
    objectsAreMore: group.objectsAreMore,
    workloads: [...group.workloads.values()],
    reasons: mostFirst(group.reasons).map(([reason, members]) => ({ reason, members })),
    evidence: mostFirst(group.evidence).map(([words, members]) => ({ words, members })),
    causes: [...group.edges.values()],
    changes: group.changes,
  }
  return {
    kind: 'correlation',
    id: group.id,
    revision: group.revision,
    from: group.first,
    to: isOpen ? STILL_GOING : group.last,
    body: { ...body },
  }
}

/**
 * Takes what a stored record knows of the time before the rows that were remembered. The larger count is the right one:
 * rows are remembered from a window only, a record may be older than they are.
 *
 * @returns id of the group that it was merged into, or null, and the problems that were open.
 */
export function takeInRecord(
  group: Group,
  { revision, from, body }: StoreRecord,
): { readonly mergedInto: string | null; readonly problems: readonly ProblemLine[] } {
  const { members, occurrences, isLowerBound, causes, mergedInto, worst, classes, isOpen, problems } =
    body as Partial<CorrelationBody>
  group.revision = Math.max(group.revision, revision)
  group.first = Math.min(group.first, from)
  group.members = Math.max(group.members, members ?? 0)
  group.occurrences = Math.max(group.occurrences, occurrences ?? 0)
  group.isLowerBound ||= isLowerBound ?? false
  group.isOpen = isOpen ?? false
  if (worst !== undefined && worst !== null) {
    group.hasProblem = true
    worsen(group, worst)
  }
  for (const known of classes ?? []) addClass(group, known.class, known.severity)
  for (const edge of causes ?? []) addEdge(group, edge.id, () => edge)
  return { mergedInto: mergedInto ?? null, problems: problems ?? [] }
}

/** A group that was open when it was recorded, of which no row is in reach; null when it was not. */
export function restoreGroup({ id, from, body }: StoreRecord): Group | null {
  const {
    cluster,
    isOpen,
    lastObserved = from,
    objects,
    workloads,
    reasons,
    evidence,
    changes,
    absorbed,
  } = body as Partial<CorrelationBody>
  if (isOpen !== true || cluster === undefined) return null
  return {
    ...openGroup(id, { cluster, lastObserved }),
    objects: new Map(objects?.map((name) => [name, name])),
    workloads: new Map(workloads?.map((name) => [name, name])),
    reasons: new Map(reasons?.map(({ reason, members }) => [reason, members])),
    evidence: new Map(evidence?.map(({ words, members }) => [words, members])),
    changes: [...(changes ?? [])],
    absorbed: [...(absorbed ?? [])],
  }
}

function inOrder(a: Problem, b: Problem): number {
  return compareProblems(rankOf(a), rankOf(b))
}

function rankOf({ id, body }: Problem) {
  const { severity, object, lastObserved } = body
  return { state: stateOfBody(body), severity, kind: object.kind, lastObserved, id }
}

function worstOf(problems: readonly ProblemLine[]): Severity | undefined {
  return SEVERITIES[Math.max(...problems.map(({ severity }) => severityRank(severity)))]
}

function titleOf({ workloads, objects, reasons, worst, classes }: Group, problems: readonly ProblemLine[]): string {
  const told = problems[0] ?? worst
  const names = workloads.size > 0 ? [...workloads.values()] : [...objects.values()]
  const others = names.length > 1 ? ` and ${String(names.length - 1)} more` : ''
  const wrong = problems.length > 0 ? problems.map((each) => each.class) : worstFirst(classes).map(([name]) => name)
  const what = wrong.length > 0 ? [...new Set(wrong)] : mostFirst(reasons).map(([reason]) => reason)
  return `${what.slice(0, TITLE_WORDS).join(', ')}: ${told?.workload ?? names[0] ?? 'nothing'}${others}`
}

/** Equally bad ones in the order in which they came. */
function worstFirst(classes: ReadonlyMap<string, Severity>): readonly (readonly [string, Severity])[] {
  return [...classes].sort(([, a], [, b]) => severityRank(b) - severityRank(a))
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
}
