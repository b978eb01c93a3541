import { SECOND, type EpochMicros } from '../clock.ts'
import type { Chain } from './chains.ts'
import { rootOf, type CausalEdge, type EdgeEnd, type Group } from './groups.ts'
import { describeObject, type PlacedEvent } from './links.ts'
import type { ChainRole, Subject } from './subject.ts'
import { TimedMap, type Timed } from './timed-map.ts'

/** Places where ends of chains are remembered (a pod, a node, a workload …). */
const MAX_PLACES = 50_000

/** Events remembered in one place, the newest: more ends of chains in one pod or on one node add no new story. */
const MAX_EVENTS_PER_PLACE = 16

/** An event that may be the cause or effect of another one. */
interface ChainEvent {
  /** uid of the Event object: later versions of it take its place. */
  readonly event: string
  readonly chains: readonly Chain[]
  readonly container: string
  readonly start: EpochMicros
  readonly last: EpochMicros
  readonly end: EdgeEnd
  readonly group: Group
}

interface Place extends Timed {
  readonly events: ChainEvent[]
}

/** A chain found to hold between the event at hand and an earlier one. */
export interface ChainMatch {
  readonly chain: Chain
  readonly group: Group
  readonly edge: CausalEdge
  /** Whether the event at hand is the effect. */
  readonly isEffect: boolean
}

const NO_MATCHES: readonly ChainMatch[] = []

/** Remembers events that stand in chains, by what links them, and finds the chains that hold. */
export class ChainMemory {
  readonly #places = new TimedMap<Place>(MAX_PLACES)

  get size(): number {
    return this.#places.size
  }

  /**
   * Chains between the event and remembered ones, in either direction: effects may be reported before their cause. Those
   * that lead to the event come first.
   */
  find(subject: Subject): readonly ChainMatch[] {
    if (subject.roles.length === 0) return NO_MATCHES
    const matches: ChainMatch[] = []
    for (const role of subject.roles) {
      const otherEnd = role.end === 'cause' ? 'effect' : 'cause'
      for (const key of role.keys) {
        const place = this.#places.get(placeKey(otherEnd, role, key))
        for (const other of place?.events ?? []) findIn(role, subject, other, matches)
      }
    }
    return matches
  }

  /** Remembers the event as an end of the chains it fits. */
  remember({ event, key: eventKey, roles }: Subject, group: Group): void {
    for (const role of roles) {
      const { container, lastObserved: last } = event
      const end = edgeEnd(event)
      const chainEvent = { event: eventKey, chains: role.chains, container, start: startOf(event), last, end, group }
      for (const key of role.keys) this.#put(placeKey(role.end, role, key), chainEvent)
    }
  }

  forgetBefore(time: EpochMicros): void {
    this.#places.forget(({ last }) => last < time)
  }

  #put(key: string, event: ChainEvent): void {
    const place = this.#places.get(key)
    if (place === undefined) {
      this.#places.set(key, { last: event.last, events: [event] })
      return
    }
    const { events } = place
    const known = events.findIndex((other) => other.event === event.event)
    const earlier = events[known]
    if (earlier !== undefined) events.splice(known, 1)
    events.push(earlier === undefined ? event : { ...event, start: Math.min(earlier.start, event.start) })
    if (events.length > MAX_EVENTS_PER_PLACE) events.shift()
    place.last = Math.max(place.last, event.last)
  }
}

function findIn(role: ChainRole, subject: Subject, other: ChainEvent, matches: ChainMatch[]): void {
  const { event } = subject
  if (other.event === subject.key) return
  const isOtherContainer = other.container !== '' && event.container !== '' && other.container !== event.container
  if (role.link === 'object' && isOtherContainer) return
  const start = startOf(event)
  for (const chain of role.chains) {
    if (!other.chains.includes(chain)) continue
    const isHeld =
      role.end === 'effect'
        ? holds(chain, other.start, other.last, start)
        : holds(chain, start, event.lastObserved, other.start)
    if (isHeld) matches.push(match(chain, subject, other, role.end === 'effect'))
  }
}

/**
 * When the trouble that an event tells of began: the first time when it is seen for the first time, else the time of
 * the newest occurrence, because the earlier ones were judged when they came.
 */
function startOf({ firstObserved, lastObserved, deltaSince }: PlacedEvent): EpochMicros {
  return deltaSince <= firstObserved ? firstObserved : lastObserved
}

function holds(chain: Chain, causeStart: EpochMicros, causeLast: EpochMicros, effectStart: EpochMicros): boolean {
  return effectStart >= causeStart + chain.fromSeconds * SECOND && effectStart <= causeLast + chain.toSeconds * SECOND
}

function match(chain: Chain, { event, key }: Subject, other: ChainEvent, isEffect: boolean): ChainMatch {
  const own = edgeEnd(event)
  const [cause, effect] = isEffect ? [other.end, own] : [own, other.end]
  const [from, to] = isEffect ? [other.event, key] : [key, other.event]
  const lag = isEffect ? startOf(event) - other.start : other.start - startOf(event)
  const { number, words, trust } = chain
  const lagSeconds = Math.round(lag / (SECOND / 10)) / 10
  const id = JSON.stringify([number, from, to])
  return {
    chain,
    group: rootOf(other.group),
    edge: { id, chain: number, words, trust, lagSeconds, cause, effect },
    isEffect,
  }
}

function edgeEnd({ id, reason, regarding }: PlacedEvent): EdgeEnd {
  return { observation: id, reason, object: describeObject(regarding) }
}

/** Ends and links are words of ours, so they need no quoting. */
function placeKey(end: 'cause' | 'effect', { link }: ChainRole, key: string): string {
  return `${end} ${link} ${key}`
}
