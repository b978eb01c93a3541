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
  /** A start of a pod that came after this one's trouble began. */
  successor: { readonly observation: string; readonly at: EpochMicros } | null
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

export function bodyOf(event: PlacedEvent, trouble: Trouble, first: EpochMicros, last: EpochMicros): ProblemBody {
  const { kind, namespace, name, uid, apiVersion } = event.regarding
  return {
    cluster: event.cluster,
    source: event.source,
    object: { kind, namespace, name, uid, apiVersion },
    workload: event.owner,
    node: nodeOf(event),
    container: event.container,
    class: trouble.class,
    end: trouble.end,
    ...newestOf(event),
    severity: event.severity,
    firstObserved: first,
    lastObserved: last,
    occurrences: 0,
    isLowerBound: false,
    evidence: [],
    transitions: [],
    receivedUntil: 0,
  }
}

/** Takes an observation of this time in as evidence. What came late counts, and tells nothing new. */
export function addEvidence(life: Life, event: PlacedEvent, at: EpochMicros): void {
  const { body } = life
  const isNewest = at >= body.lastObserved
  life.together = event.received > body.receivedUntil ? 1 : Math.min(life.together + 1, MAX_TOGETHER)
  const kept = Math.max(MAX_EVIDENCE - 1, life.together)
  const [first, ...others] = [...body.evidence, event.id]
  life.body = {
    ...body,
    ...(isNewest && newestOf(event)),
    ...(isNewest && howMuchIsTold(event) < howMuchIsTold(body) && { note: body.note, metadata: body.metadata }),
    workload: event.owner.kind === '' ? body.workload : event.owner,
    node: nodeOf(event) || body.node,
    severity: worse(body.severity, event.severity),
    lastObserved: Math.max(body.lastObserved, at),
    occurrences: body.occurrences + event.countDelta + event.countUnplaced,
    isLowerBound: body.isLowerBound || event.countIsLowerBound || event.countEstimated,
    evidence: first === undefined ? [] : [first, ...others.slice(-kept)],
    receivedUntil: Math.max(body.receivedUntil, event.received),
  }
}

/** Nothing tells that it healed, so only that it goes on tells that it did not. */
export function raiseByEvidence(life: Life): void {
  const { persists } = life.trouble
  if (persists !== null && life.body.lastObserved - beganAt(life) >= persists.after) raise(life, persists.severity)
}

export function raise(life: Life, severity: Severity): void {
  life.body = { ...life.body, severity: worse(life.body.severity, severity) }
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
  const [first, ...others] = [...transitions, next]
  const kept = first === undefined ? [] : [first, ...others.slice(-MAX_TRANSITIONS + 1)]
  life.body = { ...life.body, transitions: kept }
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
    successor: null,
    due: null,
  }
}

function newestOf({ reason, type, category, note, reportingController, metadata, objectLabels }: PlacedEvent) {
  return { reason, type, category, note, reportingController, metadata, objectLabels }
}

function nodeOf({ regarding, node }: PlacedEvent): string {
  return regarding.kind === 'Node' ? regarding.name : node
}

function worse(a: Severity, b: Severity): Severity {
  return severityRank(b) > severityRank(a) ? b : a
}
