import type { CausalEdge, Change, ProblemLine } from '../event/correlation.ts'
import { describeObject } from '../event/object-reference.ts'
import type { PlacedEvent } from '../event/observation.ts'
import { stateOfBody, type Problem } from '../event/problem.ts'
import { severityRank, type Severity } from '../event/words.ts'
import { hash } from 'node:crypto'
import type { EpochMicros } from '../clock.ts'
import { startOf } from './links.ts'

/** What happened together. Changed in place; {@link rootOf} tells which group stands for it after merges. */
export interface Group {
  readonly id: string
  readonly cluster: string
  readonly opened: EpochMicros
  /** Newest event time; also what the memory is sorted by. */
  last: EpochMicros
  first: EpochMicros
  mergedInto: Group | null
  absorbed: string[]
  /** Those that are open or quiet, by id. */
  problems: Map<string, Problem>
  /** The worst that it ever had. */
  worst: ProblemLine | null
  /** How bad each class of problem was that it ever had. */
  classes: Map<string, Severity>
  hasProblem: boolean
  /** Newest event time of a problem; 0 without one. */
  lastProblem: EpochMicros
  /** As its newest record says. */
  isOpen: boolean
  /** Whether more than counts and times has changed since its newest record. */
  hasNews: boolean
  /** When that was written, by the clock of its cluster; 0 before the first. */
  recorded: EpochMicros
  /** Out of memory: nothing joins it any more. */
  isForgotten: boolean
  members: number
  occurrences: number
  isLowerBound: boolean
  /** Of the worst member, as it was stored. */
  severityRank: number
  /** Keys of objects to their names, the first {@link MAX_OBJECTS_SHOWN}; `objectsAreMore` when there were others. */
  objects: Map<string, string>
  objectsAreMore: boolean
  workloads: Map<string, string>
  /** Observations by reason. */
  reasons: Map<string, number>
  /** Observations by how they came in, in words. */
  evidence: Map<string, number>
  edges: Map<string, CausalEdge>
  changes: Change[]
  revision: number
}

/** Distinct objects, workloads, reasons and ways in that a group names; what is beyond is only counted. */
export const MAX_OBJECTS_SHOWN = 64
const MAX_NAMES = 24
/** Ways in are few, but for one for each workload. */
const MAX_EVIDENCE = 64
/** Causal edges of a group: more would not be read, and a cause of 200 effects is clear. */
const MAX_EDGES = 200
const MAX_CHANGES = 12
/** Ids of merged groups that a record lists. The groups' own records say where they went in any case. */
const MAX_ABSORBED = 100

/** An event as a group takes it in: its keys, and whether it is evidence of a problem. */
interface Member {
  readonly event: PlacedEvent
  readonly identity: string
  readonly workload: string | null
  readonly isProblem: boolean
}

/** Reasons of events that report an action, not a fault. */
const CHANGE_REASONS = new Set([
  'ScalingReplicaSet',
  'SuccessfulRescale',
  'DeploymentRollback',
  'NodeNotSchedulable',
  'NodeSchedulable',
  'ScaleDown',
  'ScaledUpGroup',
  'DisruptionTerminating',
  'EvictedByVPA',
  'Rebooted',
])

export function openGroup(id: string, { cluster, lastObserved }: Pick<PlacedEvent, 'cluster' | 'lastObserved'>): Group {
  return {
    id,
    cluster,
    opened: lastObserved,
    last: lastObserved,
    first: lastObserved,
    mergedInto: null,
    absorbed: [],
    problems: new Map(),
    worst: null,
    classes: new Map(),
    hasProblem: false,
    lastProblem: 0,
    isOpen: true,
    hasNews: true,
    recorded: 0,
    isForgotten: false,
    members: 0,
    occurrences: 0,
    isLowerBound: false,
    severityRank: 0,
    objects: new Map(),
    objectsAreMore: false,
    workloads: new Map(),
    reasons: new Map(),
    evidence: new Map(),
    edges: new Map(),
    changes: [],
    revision: 0,
  }
}

/** Id of a group whose first observation is `observationId`: the same after a replay. */
export function groupIdOf(observationId: string): string {
  return `c-${hash('sha256', observationId).slice(0, 16)}`
}

/** The group that stands for `group` after merges. Shortens the way for the next time. */
export function rootOf(group: Group): Group {
  let root = group
  while (root.mergedInto !== null) root = root.mergedInto
  for (let at = group; at.mergedInto !== null;) {
    const next = at.mergedInto
    at.mergedInto = root
    at = next
  }
  return root
}

/** @param evidence every way in which it came in, in words. */
export function addMember(
  group: Group,
  { event, identity, workload, isProblem }: Member,
  evidence: readonly string[],
): void {
  const { regarding, owner, lastObserved } = event
  group.members += 1
  group.occurrences += event.countDelta + event.countUnplaced
  group.isLowerBound ||= event.countIsLowerBound || event.countEstimated
  group.last = Math.max(group.last, lastObserved)
  // A problem founds a group with its onset; all else is there since it came to it.
  group.first = Math.min(group.first, isProblem && !group.hasProblem ? startOf(event) : lastObserved)
  if (isProblem) {
    group.hasProblem = true
    group.lastProblem = Math.max(group.lastProblem, lastObserved)
  }
  group.severityRank = Math.max(group.severityRank, severityRank(event.severity))
  if (!group.objects.has(identity)) addObject(group, identity, describeObject(regarding))
  if (workload !== null && !group.workloads.has(workload) && group.workloads.size < MAX_NAMES) {
    group.hasNews = true
    group.workloads.set(
      workload,
      describeObject({ kind: owner.kind, namespace: regarding.namespace, name: owner.name }),
    )
  }
  group.hasNews ||= !group.reasons.has(event.reason)
  count(group.reasons, event.reason, 1)
  for (const words of evidence.length === 1 ? evidence : new Set(evidence))
    count(group.evidence, words, 1, MAX_EVIDENCE)
  if (CHANGE_REASONS.has(event.reason) && group.changes.length < MAX_CHANGES) group.changes.push(aChange(event))
}

/** The first time tells the lag; repetitions would only tell how long it has been going on. */
export function addEdge(group: Group, id: string, edge: () => CausalEdge): void {
  if (group.edges.size >= MAX_EDGES || group.edges.has(id)) return
  group.hasNews = true
  group.edges.set(id, edge())
}

/** The group has this problem, and stays open while it is. */
export function addProblem(group: Group, problem: Problem): void {
  group.hasProblem = true
  group.hasNews = true
  const { severity } = problem.body
  if (isWorse(severity, group.worst)) group.worst = lineOf(problem)
  addClass(group, problem.body.class, severity)
  if (stateOfBody(problem.body) === 'over') group.problems.delete(problem.id)
  else group.problems.set(problem.id, problem)
}

export function worsen(group: Group, line: ProblemLine): void {
  if (isWorse(line.severity, group.worst)) group.worst = line
}

export function addClass({ classes }: Group, name: string, severity: Severity): void {
  const known = classes.get(name)
  if (known === undefined && classes.size >= MAX_NAMES) return
  if (known === undefined || severityRank(severity) > severityRank(known)) classes.set(name, severity)
}

function isWorse(severity: Severity, worst: ProblemLine | null): boolean {
  return worst === null || severityRank(severity) > severityRank(worst.severity)
}

export function lineOf({ id, body }: Problem): ProblemLine {
  const { object, workload } = body
  const top = workload.kind === '' ? object : { ...workload, namespace: object.namespace }
  return {
    id,
    class: body.class,
    object: describeObject(object),
    workload: describeObject(top),
    severity: body.severity,
    state: stateOfBody(body),
  }
}

/** Puts `group` into `root`. Rows keep the id they were stored with; the record of `group` says where it went. */
export function merge(root: Group, group: Group): void {
  group.mergedInto = root
  group.hasNews = true
  root.hasNews = true
  for (const problem of group.problems.values()) addProblem(root, problem)
  if (group.worst !== null) worsen(root, group.worst)
  for (const [name, severity] of group.classes) addClass(root, name, severity)
  root.hasProblem ||= group.hasProblem
  root.lastProblem = Math.max(root.lastProblem, group.lastProblem)
  root.isLowerBound ||= group.isLowerBound
  root.members += group.members
  root.occurrences += group.occurrences
  root.severityRank = Math.max(root.severityRank, group.severityRank)
  root.last = Math.max(root.last, group.last)
  root.first = Math.min(root.first, group.first)
  for (const [key, name] of group.objects) addObject(root, key, name)
  root.objectsAreMore ||= group.objectsAreMore
  for (const [key, name] of group.workloads) addName(root.workloads, key, name)
  for (const [reason, members] of group.reasons) count(root.reasons, reason, members)
  for (const [words, members] of group.evidence) count(root.evidence, words, members, MAX_EVIDENCE)
  for (const [id, edge] of group.edges) addEdge(root, id, () => edge)
  root.changes = [...root.changes, ...group.changes].slice(0, MAX_CHANGES)
  root.absorbed = [...root.absorbed, group.id, ...group.absorbed].slice(0, MAX_ABSORBED)
  empty(group)
}

/** A merged group only has to know where it went. */
function empty(group: Group): void {
  group.problems = new Map()
  group.worst = null
  group.classes = new Map()
  group.objects = new Map()
  group.workloads = new Map()
  group.reasons = new Map()
  group.evidence = new Map()
  group.edges = new Map()
  group.changes = []
  group.absorbed = []
}

function addObject(group: Group, key: string, name: string): void {
  if (group.objects.has(key)) return
  group.hasNews ||= !group.objectsAreMore
  if (group.objects.size < MAX_OBJECTS_SHOWN) group.objects.set(key, name)
  else group.objectsAreMore = true
}

function addName(names: Map<string, string>, key: string, name: string): void {
  if (names.size < MAX_NAMES || names.has(key)) names.set(key, name)
}

function count(counts: Map<string, number>, key: string, members: number, most = MAX_NAMES): void {
  const known = counts.get(key)
  if (known !== undefined || counts.size < most) counts.set(key, (known ?? 0) + members)
}

function aChange({ id, reason, regarding, lastObserved }: PlacedEvent): Change {
  return { observation: id, reason, object: describeObject(regarding), observed: lastObserved }
}
