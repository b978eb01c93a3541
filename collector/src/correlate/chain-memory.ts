import { SECOND, type EpochMicros } from '../clock.ts'
import { CHAINS, type Chain, type ChainEnd } from './chains.ts'
import { rootOf, type CausalEdge, type EdgeEnd, type Group } from './groups.ts'
import { chainKeys, describeObject, type PlacedEvent, type TopologyLinks } from './links.ts'
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

const CAUSES_BY_REASON = byReason(({ cause }) => cause)
const EFFECTS_BY_REASON = byReason(({ effect }) => effect)
const NO_MATCHES: readonly ChainMatch[] = []

/** Remembers events that stand in chains, by what links them, and finds the chains that hold. */
export class ChainMemory {
  readonly #places = new TimedMap<Place>(MAX_PLACES)
  readonly #topology: TopologyLinks

  constructor(topology: TopologyLinks) {
    this.#topology = topology
  }

  /** Chains between `event` and remembered ones, in either direction: effects may be reported before their cause. */
  find(event: PlacedEvent): readonly ChainMatch[] {
    const causes = CAUSES_BY_REASON.get(event.reason)
    const effects = EFFECTS_BY_REASON.get(event.reason)
    if (causes === undefined && effects === undefined) return NO_MATCHES
    const matches: ChainMatch[] = []
    for (const chain of effects ?? []) {
      if (!fits(chain.effect, event)) continue
      for (const other of this.#others('cause', chain, event)) {
        const lag = startOf(event) - other.start
        if (holds(chain, other.start, other.last, startOf(event))) matches.push(match(chain, event, other, lag, true))
      }
    }
    for (const chain of causes ?? []) {
      if (!fits(chain.cause, event)) continue
      for (const other of this.#others('effect', chain, event)) {
        const lag = other.start - startOf(event)
        const isHeld = holds(chain, startOf(event), event.lastObserved, other.start)
        if (isHeld) matches.push(match(chain, event, other, lag, false))
      }
    }
    return matches
  }

  /** Remembers `event` as an end of the chains it fits. */
  remember(event: PlacedEvent, group: Group): void {
    this.#rememberEnd('cause', CAUSES_BY_REASON.get(event.reason) ?? [], event, group)
    this.#rememberEnd('effect', EFFECTS_BY_REASON.get(event.reason) ?? [], event, group)
  }

  get size(): number {
    return this.#places.size
  }

  forgetBefore(time: EpochMicros): void {
    this.#places.forget(({ last }) => last < time)
  }

  *#others(end: 'cause' | 'effect', chain: Chain, event: PlacedEvent): Generator<ChainEvent> {
    const own = end === 'cause' ? 'effect' : 'cause'
    for (const key of chainKeys(chain.link, own, event, this.#topology)) {
      for (const other of this.#places.get(placeKey(end, chain, key))?.events ?? []) {
        if (!other.chains.includes(chain) || other.event === eventKey(event)) continue
        const isOtherContainer = other.container !== '' && event.container !== '' && other.container !== event.container
        if (chain.link !== 'object' || !isOtherContainer) yield other
      }
    }
  }

  #rememberEnd(end: 'cause' | 'effect', chains: readonly Chain[], event: PlacedEvent, group: Group): void {
    const fitting = chains.filter((chain) => fits(chain[end], event))
    const links = new Set(fitting.map(({ link }) => link))
    for (const link of links) {
      const chainsOfLink = fitting.filter((chain) => chain.link === link)
      const [chain] = chainsOfLink
      if (chain === undefined) continue
      for (const key of chainKeys(link, end, event, this.#topology)) {
        this.#put(placeKey(end, chain, key), { ...aChainEvent(event, group), chains: chainsOfLink })
      }
    }
  }

  #put(key: string, event: ChainEvent): void {
    const place = this.#places.get(key) ?? { last: event.last, events: [] }
    const known = place.events.findIndex((other) => other.event === event.event)
    const earlier = place.events[known]
    if (earlier !== undefined) place.events.splice(known, 1)
    place.events.push(earlier === undefined ? event : { ...event, start: Math.min(earlier.start, event.start) })
    if (place.events.length > MAX_EVENTS_PER_PLACE) place.events.shift()
    place.last = Math.max(place.last, event.last)
    this.#places.set(key, place)
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

function fits({ kind, note, name }: ChainEnd, event: PlacedEvent): boolean {
  return (
    (kind === undefined || kind === event.regarding.kind) &&
    (note === undefined || note.test(event.note)) &&
    (name === undefined || name.test(event.regarding.name))
  )
}

function match(chain: Chain, event: PlacedEvent, other: ChainEvent, lag: number, isEffect: boolean): ChainMatch {
  const own = edgeEnd(event)
  const [cause, effect] = isEffect ? [other.end, own] : [own, other.end]
  const [from, to] = isEffect ? [other.event, eventKey(event)] : [eventKey(event), other.event]
  const { number, words, trust } = chain
  const lagSeconds = Math.round(lag / (SECOND / 10)) / 10
  return {
    chain,
    group: rootOf(other.group),
    edge: { id: JSON.stringify([number, from, to]), chain: number, words, trust, lagSeconds, cause, effect },
    isEffect,
  }
}

function aChainEvent(event: PlacedEvent, group: Group): Omit<ChainEvent, 'chains'> {
  const { container, lastObserved } = event
  return { event: eventKey(event), container, start: startOf(event), last: lastObserved, end: edgeEnd(event), group }
}

function edgeEnd({ id, reason, regarding }: PlacedEvent): EdgeEnd {
  return { observation: id, reason, object: describeObject(regarding) }
}

function eventKey({ uid, id }: PlacedEvent): string {
  return uid === '' ? id : uid
}

/** Ends and links are words of ours, so they need no quoting. */
function placeKey(end: 'cause' | 'effect', { link }: Chain, key: string): string {
  return `${end} ${link} ${key}`
}

function byReason(end: (chain: Chain) => ChainEnd): ReadonlyMap<string, readonly Chain[]> {
  const chains = new Map<string, Chain[]>()
  for (const chain of CHAINS) {
    for (const reason of end(chain).reasons) chains.set(reason, [...(chains.get(reason) ?? []), chain])
  }
  return chains
}
