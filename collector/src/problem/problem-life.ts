import { hash } from 'node:crypto'
import type { EpochMicros } from '../clock.ts'
import type { PlacedEvent } from '../event/observation.ts'
import type { Ending, ProblemBody, ProblemState, Transition } from '../event/problem.ts'
import { STILL_GOING, type RecordOf } from '../event/record.ts'
import type { Trouble } from '../event/trouble.ts'
import { severityRank, type Severity } from '../event/words.ts'
import { keysOfProblem, type Keys } from './keys.ts'
import { howMuchIsTold } from './thing.ts'

/** Newest pieces of evidence kept beside the first: enough to open, and to tell what was counted already. */
const MAX_EVIDENCE = 16

/** At most so many, where they were received at one time: a restart tells them by their ids alone. */
const MAX_TOGETHER = 1_000

/** Transitions kept of one life: of more, those after the first and before the newest go. */
const MAX_TRANSITIONS = 120

/** One kind of trouble of one object while it is remembered. Changed in place, by the fold alone. */
export interface Life {
  readonly id: string
  /** Key of the object and the kind of trouble. */
  readonly key: string
  keys: Keys
  readonly trouble: Trouble
  body: ProblemBody
  revision: number
  /** How many of its newest pieces of evidence were received no earlier than the newest of them. */
  together: number
  /** When it is next to be looked at, by the cluster's clock; null while nothing is planned. */
  due: EpochMicros | null
}

export function stateOf({ body }: Pick<Life, 'body'>): ProblemState {
  return body.transitions.at(-1)?.state ?? 'open'
}

/** When it ended; null while it has not. */
export function endedAt({ body }: Pick<Life, 'body'>): EpochMicros | null {
  const last = body.transitions.at(-1)
  return last?.state === 'over' ? last.at : null
}

export function isOpen(life: Pick<Life, 'body'>): boolean {
  return stateOf(life) !== 'over'
}

/** The id of a problem that began with this evidence: the same after a replay. */
export function problemIdOf(key: string, observationId: string): string {
  return `p-${hash('sha256', `${key}\0${observationId}`).slice(0, 16)}`
}

/** A problem that begins with this evidence of the time `at`: since `first`, and known from `known` on. */
export function bodyOf(
  event: PlacedEvent,
  { class: what, end, persists }: Trouble,
  { first, at, known }: { readonly first: EpochMicros; readonly at: EpochMicros; readonly known: EpochMicros },
): ProblemBody {
  const { kind, namespace, name, uid, apiVersion } = event.regarding
  const isLasting = persists !== null && at - first >= persists.after
  const severity = isLasting ? worse(event.severity, persists.severity) : event.severity
  const occurrences = event.countDelta + event.countUnplaced
  const isLowerBound = event.countIsLowerBound || event.countEstimated
  return {
    cluster: event.cluster,
    source: event.source,
    object: { kind, namespace, name, uid, apiVersion },
    workload: event.owner,
    node: nodeOf(event),
    container: event.container,
    class: what,
    end,
    reason: event.reason,
    type: event.type,
    category: event.category,
    note: event.note,
    reportingController: event.reportingController,
    metadata: event.metadata,
    objectLabels: event.objectLabels,
    severity,
    firstObserved: first,
    lastObserved: at,
    occurrences,
    isLowerBound,
    evidence: [event.id],
    transitions: [
      { at: first, known, state: 'open', severity, endedBy: null, lastObserved: at, occurrences, isLowerBound },
    ],
    receivedUntil: event.received,
  }
}

/** Takes an observation of this time in as evidence. What came late counts, and tells nothing new. */
export function addEvidence(life: Life, event: PlacedEvent, at: EpochMicros): void {
  const { body } = life
  const isNewest = at >= body.lastObserved
  const newest = isNewest ? event : body
  const telling = isNewest && howMuchIsTold(event) >= howMuchIsTold(body) ? event : body
  life.together = event.received > body.receivedUntil ? 1 : Math.min(life.together + 1, MAX_TOGETHER)
  life.body = {
    ...body,
    reason: newest.reason,
    type: newest.type,
    category: newest.category,
    reportingController: newest.reportingController,
    objectLabels: newest.objectLabels,
    note: telling.note,
    metadata: telling.metadata,
    workload: event.owner.kind === '' ? body.workload : event.owner,
    node: nodeOf(event) || body.node,
    severity: worse(body.severity, event.severity),
    lastObserved: Math.max(body.lastObserved, at),
    occurrences: body.occurrences + event.countDelta + event.countUnplaced,
    isLowerBound: body.isLowerBound || event.countIsLowerBound || event.countEstimated,
    evidence: firstAndNewest([...body.evidence, event.id], Math.max(MAX_EVIDENCE, life.together + 1)),
    receivedUntil: Math.max(body.receivedUntil, event.received),
  }
}

/** Nothing tells that it healed, so only that it goes on tells that it did not. */
export function raiseByEvidence(life: Life): void {
  const { persists } = life.trouble
  if (persists !== null && life.body.lastObserved - beganAt(life) >= persists.after) raise(life, persists.severity)
}

export function raise(life: Life, severity: Severity): void {
  const worst = worse(life.body.severity, severity)
  if (worst !== life.body.severity) life.body = { ...life.body, severity: worst }
}

/** The last time it was heard of. */
export function heardAt({ body }: Pick<Life, 'body'>): EpochMicros {
  return body.lastObserved
}

/** When it began, or began again after it had been over. */
export function beganAt({ body: { firstObserved, transitions } }: Pick<Life, 'body'>): EpochMicros {
  const end = transitions.findLastIndex(({ state }) => state === 'over')
  return end === -1 ? firstObserved : (transitions[end + 1]?.at ?? firstObserved)
}

/** Whether the life that was taken back from its record holds this stored observation already. */
export function knows({ body }: Life, { id, received }: Pick<PlacedEvent, 'id' | 'received'>): boolean {
  return received < body.receivedUntil || body.evidence.includes(id)
}

export function change(
  life: Life,
  state: ProblemState,
  { at, known, endedBy = null }: Pick<Transition, 'at' | 'known'> & { readonly endedBy?: Ending | null },
): void {
  const { severity, lastObserved, occurrences, isLowerBound, transitions } = life.body
  const next: Transition = { at, known, state, severity, endedBy, lastObserved, occurrences, isLowerBound }
  life.body = { ...life.body, transitions: firstAndNewest([...transitions, next], MAX_TRANSITIONS) }
}

export function toRecord({ id, revision, body }: Life): RecordOf<'problem'> {
  const end = endedAt({ body })
  // A point in time is found by its beginning alone, so an end never lies at it.
  const to = end === null ? STILL_GOING : Math.max(end, body.firstObserved + 1)
  return { kind: 'problem', id, revision, from: body.firstObserved, to, body }
}

/** The life that a record tells of, with what is known of its kind of trouble now. */
export function restore({ id, revision, body }: RecordOf<'problem'>, trouble: Trouble): Life {
  const keys = keysOfProblem(body)
  // What it was recorded as stays, whatever the catalogue says now.
  const kind = { ...trouble, class: body.class }
  const key = `${keys.identity}|${kind.class}`
  return {
    id,
    key,
    keys,
    trouble: kind,
    body,
    revision,
    together: body.evidence.length,
    due: null,
  }
}

/** At most so many: of more, what is in the middle goes. */
function firstAndNewest<Item>(items: readonly Item[], most: number): readonly Item[] {
  return items.length <= most ? items : [...items.slice(0, 1), ...items.slice(1 - most)]
}

function nodeOf({ regarding, node }: PlacedEvent): string {
  return regarding.kind === 'Node' ? regarding.name : node
}

function worse(a: Severity, b: Severity): Severity {
  return severityRank(b) > severityRank(a) ? b : a
}
