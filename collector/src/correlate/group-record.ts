import type { CorrelationBody, ProblemLine } from '../event/correlation.ts'
import { compareProblems } from '../event/problem-rank.ts'
import { stateOfBody, type Problem } from '../event/problem.ts'
import { STILL_GOING, type RecordOf } from '../event/record.ts'
import { SEVERITIES, severityRank, type Severity } from '../event/words.ts'
import { addClass, addEdge, lineOf, openGroup, worsen, type Group } from './groups.ts'

/** Words for what happens in a title. */
const TITLE_WORDS = 3

/** Problems that a record names. */
const MAX_PROBLEMS_SHOWN = 64

/** The record of a group as it is now. */
export function correlationRecord(group: Group): RecordOf<'correlation'> {
  const problems = worstProblems(group)
  const shown = problems.slice(0, MAX_PROBLEMS_SHOWN).map(lineOf)
  const isOpen = group.isOpen && group.mergedInto === null
  const worst = group.worst?.severity ?? SEVERITIES[group.severityRank] ?? 'info'
  const body: CorrelationBody = {
    cluster: group.cluster,
    title: titleOf(group, shown[0], problems),
    mergedInto: group.mergedInto?.id ?? null,
    absorbed: group.absorbed,
    isOpen,
    severity: worstOf(problems) ?? worst,
    worstSeverity: worst,
    problems: shown,
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
    body,
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
  { revision, from, body }: RecordOf<'correlation'>,
): { readonly mergedInto: string | null; readonly problems: readonly ProblemLine[] } {
  const { members, occurrences, isLowerBound, causes, mergedInto, worst, classes, isOpen, problems } = body
  group.revision = Math.max(group.revision, revision)
  group.first = Math.min(group.first, from)
  group.members = Math.max(group.members, members)
  group.occurrences = Math.max(group.occurrences, occurrences)
  group.isLowerBound ||= isLowerBound
  group.isOpen = isOpen
  if (worst !== null) {
    group.hasProblem = true
    worsen(group, worst)
  }
  for (const known of classes) addClass(group, known.class, known.severity)
  for (const edge of causes) addEdge(group, edge.id, () => edge)
  return { mergedInto, problems }
}

/** A group that was open when it was recorded, of which no row is in reach; null when it was not. */
export function restoreGroup({ id, body }: RecordOf<'correlation'>): Group | null {
  const { cluster, isOpen, lastObserved, objects, workloads, reasons, evidence, changes, absorbed } = body
  if (!isOpen) return null
  return {
    ...openGroup(id, { cluster, lastObserved }),
    objects: new Map(objects.map((name) => [name, name])),
    workloads: new Map(workloads.map((name) => [name, name])),
    reasons: new Map(reasons.map(({ reason, members }) => [reason, members])),
    evidence: new Map(evidence.map(({ words, members }) => [words, members])),
    changes: [...changes],
    absorbed: [...absorbed],
  }
}

function worstProblems({ problems }: Group): readonly Problem[] {
  if (problems.size < 2) return [...problems.values()]
  const ranked = [...problems.values()].map((problem) => ({ problem, ...rankOf(problem) }))
  return ranked.sort(compareProblems).map(({ problem }) => problem)
}

function rankOf({ id, body }: Problem) {
  const { severity, object, lastObserved } = body
  return { state: stateOfBody(body), severity, kind: object.kind, lastObserved, id }
}

function worstOf(problems: readonly Problem[]): Severity | undefined {
  return SEVERITIES[problems.reduce((worst, { body }) => Math.max(worst, severityRank(body.severity)), -1)]
}

function titleOf(
  { workloads, objects, reasons, worst, classes }: Group,
  first: ProblemLine | undefined,
  problems: readonly Problem[],
): string {
  const told = first ?? worst
  const names = workloads.size > 0 ? [...workloads.values()] : [...objects.values()]
  const others = names.length > 1 ? ` and ${String(names.length - 1)} more` : ''
  const wrong = problems.length > 0 ? problems.map(({ body }) => body.class) : worstFirst(classes).map(([name]) => name)
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
