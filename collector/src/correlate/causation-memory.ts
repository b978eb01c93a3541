import type { CausalEdge, EdgeEnd } from '../event/correlation.ts'
import { describeObject } from '../event/object-reference.ts'
import type { PlacedEvent } from '../event/observation.ts'
import { MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import type { Causation } from './causations.ts'
import { rootOf, type Group } from './groups.ts'
import { startOf } from './links.ts'
import { CAUSATION_MEMORIES, type CausationRole, type Subject } from './subject.ts'
import { TimedMap, type Timed } from './timed-map.ts'

/** Keys (of pods, nodes, workloads …) by which one end of the causations of one link is remembered. Some twenty memories hold them. */
const MAX_KEYS = 10_000

/** Events remembered by one key, the newest: more ends of causations in one pod or on one node add no new story. */
const MAX_EVENTS_PER_KEY = 16

/** Containers that ran for so long were well: what ails them afterwards has not come from the change that started them. */
const WELL_AFTER = 5 * MINUTE

/** An event that may be the cause or effect of another one. */
interface CausationEvent {
  /** uid of the Event object: later versions of it take its place. */
  readonly event: string
  readonly causations: readonly Causation[]
  readonly container: string
  readonly start: EpochMicros
  readonly last: EpochMicros
  readonly end: EdgeEnd
  readonly group: Group
}

/** The kubelet says this of each container that runs. */
const STARTED = 'Started'

interface Started extends Timed {
  readonly cluster: string
  readonly since: EpochMicros
}

interface LinkedEvents extends Timed {
  readonly events: CausationEvent[]
}

/** A causation found to hold between the event at hand and an earlier one. */
export interface CausationMatch {
  /** The same causation between the same reasons of the same two objects gives the same id, however often it is told. */
  readonly id: string
  readonly causation: Causation
  readonly group: Group
  /** Whether the event at hand is the effect. */
  readonly isEffect: boolean
  /** When the effect began. */
  readonly effectStart: EpochMicros
  /** Worked out only for what is not known yet. */
  readonly edge: () => CausalEdge
}

const NO_MATCHES: readonly CausationMatch[] = []

/** Remembers events that stand in causations, by what links them, and finds the causations that hold. */
export class CausationMemory {
  /** By end and link, then by what links them: keys that are hashed once and looked up often. */
  readonly #memories = Array.from({ length: CAUSATION_MEMORIES }, () => new TimedMap<LinkedEvents>(MAX_KEYS))

  /** Since when pods run, by identity. */
  readonly #started = new TimedMap<Started>(MAX_KEYS)

  get size(): number {
    return this.#started.size + this.#memories.reduce((sum, { size }) => sum + size, 0)
  }

  /**
   * Causations between the event and remembered ones, in either direction: effects may be reported before their cause. Those
   * that lead to the event come first.
   */
  find(subject: Subject): readonly CausationMatch[] {
    if (subject.roles.length === 0) return NO_MATCHES
    const matches: CausationMatch[] = []
    for (const role of subject.roles) {
      for (const key of role.keys) {
        const events = this.#memories[role.otherMemory]?.get(key)?.events
        if (events !== undefined) for (const other of events) findIn(role, subject, other, matches)
      }
    }
    return this.#wasWell(subject) ? matches.filter(({ causation }) => causation.trust !== 'trigger') : matches
  }

  /** Remembers the event as an end of the causations it fits. */
  remember({ event, identity, key: eventKey, roles }: Subject, group: Group): void {
    if (event.reason === STARTED && this.#started.get(identity) === undefined) {
      this.#started.set(identity, { since: event.firstObserved, last: event.lastObserved, cluster: event.cluster })
    }
    if (roles.length === 0) return
    const { container, lastObserved: last } = event
    const end = edgeEnd(event)
    for (const role of roles) {
      const causationEvent = {
        event: eventKey,
        causations: role.causations,
        container,
        start: startOf(event),
        last,
        end,
        group,
      }
      const linked = this.#memories[role.memory]
      if (linked !== undefined) for (const key of role.keys) put(linked, key, causationEvent)
    }
  }

  forget(oldestOf: (cluster: string) => EpochMicros): void {
    const isOld = ({ last, events: [first] }: LinkedEvents) =>
      first === undefined || last < oldestOf(first.group.cluster)
    for (const linked of this.#memories) linked.forget(isOld)
    this.#started.forget(({ last, cluster }) => last < oldestOf(cluster))
  }

  /** Whether the pod ran for a while before its trouble began. */
  #wasWell({ event, identity, isProblem }: Subject): boolean {
    const started = isProblem ? this.#started.get(identity) : undefined
    return started !== undefined && startOf(event) - started.since >= WELL_AFTER
  }
}

function put(linked: TimedMap<LinkedEvents>, key: string, event: CausationEvent): void {
  const atKey = linked.get(key)
  if (atKey === undefined) {
    linked.set(key, { last: event.last, events: [event] })
    return
  }
  const { events } = atKey
  const known = events.findIndex((other) => other.event === event.event)
  const earlier = events[known]
  if (earlier !== undefined) events.splice(known, 1)
  events.push(earlier === undefined ? event : { ...event, start: Math.min(earlier.start, event.start) })
  if (events.length > MAX_EVENTS_PER_KEY) events.shift()
  atKey.last = Math.max(atKey.last, event.last)
}

function findIn(role: CausationRole, subject: Subject, other: CausationEvent, matches: CausationMatch[]): void {
  const { event } = subject
  const isEffect = role.end === 'effect'
  const from = isEffect ? other.start : startOf(event)
  const to = isEffect ? other.last : event.lastObserved
  const start = isEffect ? startOf(event) : other.start
  if (start > to + role.toSeconds * SECOND || start < from + role.fromSeconds * SECOND) return
  if (other.event === subject.key) return
  const isOtherContainer = other.container !== '' && event.container !== '' && other.container !== event.container
  if (role.link === 'object' && isOtherContainer) return
  for (const causation of role.causations) {
    // A change is done when it is told, and what was done before has had its time.
    if (causation.trust === 'trigger' && start < to + causation.fromSeconds * SECOND) continue
    const isHeld = start >= from + causation.fromSeconds * SECOND && start <= to + causation.toSeconds * SECOND
    if (isHeld && other.causations.includes(causation)) matches.push(match(causation, subject, other, isEffect))
  }
}

function match(causation: Causation, { event }: Subject, other: CausationEvent, isEffect: boolean): CausationMatch {
  const own = edgeEnd(event)
  const [cause, effect] = isEffect ? [other.end, own] : [own, other.end]
  const start = startOf(event)
  const { number, words, trust } = causation
  const id = `${String(number)} ${cause.reason} ${cause.object} ${effect.reason} ${effect.object}`
  const edge = (): CausalEdge => {
    const lag = isEffect ? start - other.start : other.start - start
    return { id, causation: number, words, trust, lagSeconds: Math.round(lag / (SECOND / 10)) / 10, cause, effect }
  }
  return { id, causation, group: rootOf(other.group), isEffect, effectStart: isEffect ? start : other.start, edge }
}

function edgeEnd({ id, reason, regarding }: PlacedEvent): EdgeEnd {
  return { observation: id, reason, object: describeObject(regarding) }
}
