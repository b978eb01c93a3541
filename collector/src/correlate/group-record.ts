import type { StoreRecord } from '../event/record.ts'
import { SEVERITIES } from '../event/words.ts'
import { addEdge, type CausalEdge, type Change, type Group } from './groups.ts'

/** Body of a record of kind `correlation`. Counts are those the correlator saw; rows are what is exact. */
export interface CorrelationBody {
  readonly cluster: string
  /** Whom it concerns and what was reported most, in one line. */
  readonly title: string
  /** Set when the group was found to belong to another one: then that one tells the rest. */
  readonly mergedInto: string | null
  /** Ids of groups that were merged into this one; rows may carry any of them. */
  readonly absorbed: readonly string[]
  readonly isOpen: boolean
  readonly severity: string
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

/** Reasons in a title. */
const TITLE_REASONS = 3

/** The record of a group as it is now. */
export function correlationRecord(group: Group): StoreRecord {
  const body: CorrelationBody = {
    cluster: group.cluster,
    title: titleOf(group),
    mergedInto: group.mergedInto?.id ?? null,
    absorbed: group.absorbed,
    isOpen: group.isOpen && group.mergedInto === null,
    severity: SEVERITIES[group.severityRank] ?? 'info',
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
    to: group.last,
    body: { ...body },
  }
}

/**
 * Takes what a stored record knows of the time before the rows that were remembered. The larger count is the right one:
 * rows are remembered from a window only, a record may be older than they are.
 *
 * @returns id of the group that it was merged into, or null.
 */
export function takeInRecord(group: Group, { revision, from, body }: StoreRecord): string | null {
  const { members, occurrences, isLowerBound, causes, mergedInto } = body as Partial<CorrelationBody>
  group.revision = Math.max(group.revision, revision)
  group.first = Math.min(group.first, from)
  group.members = Math.max(group.members, members ?? 0)
  group.occurrences = Math.max(group.occurrences, occurrences ?? 0)
  group.isLowerBound ||= isLowerBound ?? false
  for (const edge of causes ?? []) addEdge(group, edge.id, () => edge)
  return mergedInto ?? null
}

function titleOf({ workloads, objects, reasons }: Group): string {
  const names = workloads.size > 0 ? [...workloads.values()] : [...objects.values()]
  const others = names.length > 1 ? ` and ${String(names.length - 1)} more` : ''
  const what = mostFirst(reasons).slice(0, TITLE_REASONS)
  return `${names[0] ?? 'nothing'}${others}: ${what.map(([reason]) => reason).join(', ')}`
}

function mostFirst(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
}
