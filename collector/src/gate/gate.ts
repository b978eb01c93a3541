import { hash } from 'node:crypto'
import { HOUR, type EpochMicros } from '../clock.ts'
import type { Counts, NormalizedEvent } from '../event/observation.ts'
import type { Flag } from '../event/words.ts'
import { chainKey, StoreUnavailableError, type ChainHead, type EventWriter } from '../store/store.ts'

/** A delta over a longer time than this is booked in no bucket but as `countUnplaced` (frame §6.4). */
const PLACEABLE_INTERVAL = HOUR

/** With this flag the interval is a guess, however short it looks. */
const TIMES_UNKNOWN: Flag = 'timesUnknown'

/** What the gate needs to know of a chain: its newest version and its highest count. */
export interface GateHead {
  readonly id: string
  readonly resourceVersion: number | null
  readonly highestCount: number
  readonly firstObserved: EpochMicros
  readonly lastObserved: EpochMicros
  readonly estimated: boolean
}

/** The durable memory that the gate asks before the store. */
export interface GateMemory {
  readonly horizon: EpochMicros
  head(chain: string): GateHead | undefined
  isKnownOlder(id: string): boolean
}

/** What memory and store said about the events of a batch, before any of them is judged. */
export interface Consultation {
  readonly chains: ReadonlyMap<NormalizedEvent, string>
  /** The memory's heads by chain. Asked once: the memory is on disk, and does not change before the next commit. */
  readonly heads: ReadonlyMap<string, GateHead>
  readonly known: ReadonlySet<string>
  readonly stored: ReadonlyMap<string, ChainHead>
  /** Events the store should have been asked about, but could not be. */
  readonly unasked: ReadonlySet<NormalizedEvent>
}

/** A version that was not seen before, with its place in its chain. */
export interface Admission {
  readonly counts: Counts
  readonly undecided: boolean
  readonly chain: string
  /** Highest count of the chain, this version included. */
  readonly highestCount: number
}

/**
 * Tells versions already seen from new ones, across all streams, and measures what is new in them (frame §6.2, §6.4).
 *
 * Order of use for a batch: `consult` once, then for each event `judge`, and `accept` when it is kept. What was dropped
 * in between is no predecessor: the next version carries its occurrences. `changes` go into the next commit; `committed`
 * follows it.
 */
export class Gate {
  readonly #memory: GateMemory
  readonly #store: Pick<EventWriter, 'findStored' | 'findChains'>
  #heads = new Map<string, GateHead>()
  #olderIds = new Set<string>()

  constructor(memory: GateMemory, store: Pick<EventWriter, 'findStored' | 'findChains'>) {
    this.#memory = memory
    this.#store = store
  }

  /** Asks memory, then store, about all events at once. A store that is down is an answer, not an error. */
  async consult(events: readonly NormalizedEvent[], signal: AbortSignal): Promise<Consultation> {
    const chains = new Map(events.map((event) => [event, keyOfChain(event)]))
    const heads = this.#remembered(new Set(chains.values()))
    const headOf = (event: NormalizedEvent) => this.#head(chains.get(event) ?? '', heads)
    const doubtful = events.filter((event) => !this.#isSurelyNew(event, headOf(event)))
    const known = new Set(doubtful.map(({ id }) => id).filter((id) => this.#memory.isKnownOlder(id)))
    const unknown = doubtful.filter((event) => !known.has(event.id) && headOf(event)?.id !== event.id)
    const orphans = unknown.filter((event) => needsPredecessor(headOf(event)))
    try {
      const [found, stored] = await Promise.all([
        unknown.length === 0 ? NOTHING : this.#store.findStored(unknown, signal),
        orphans.length === 0 ? NO_CHAINS : this.#store.findChains(orphans.map(chainOf), signal),
      ])
      for (const id of found) known.add(id)
      return { chains, heads, known, stored, unasked: new Set() }
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      return { chains, heads, known, stored: new Map(), unasked: new Set(unknown) }
    }
  }

  /** Null for a version seen before. */
  judge(event: NormalizedEvent, { chains, heads, known, stored, unasked }: Consultation): Admission | null {
    const chain = chains.get(event) ?? keyOfChain(event)
    const head = this.#head(chain, heads)
    if (known.has(event.id) || head?.id === event.id || this.#olderIds.has(event.id)) return null
    const isUndecided = unasked.has(event)
    const inStore = needsPredecessor(head) ? storedHead(stored, event) : undefined
    const highest = Math.max(head?.highestCount ?? 0, inStore?.highestCount ?? 0)
    const previous = newerOf(head, inStore)
    const isEstimated = isUndecided && (head === undefined || head.estimated)
    return {
      counts: measure(event, highest, previous?.lastObserved, isEstimated),
      undecided: isUndecided,
      chain,
      highestCount: Math.max(highest, event.count),
    }
  }

  /** From now on the version is known and the base of the next delta. */
  accept(event: NormalizedEvent, { chain, counts, highestCount }: Admission, { heads, stored }: Consultation): void {
    const head = this.#head(chain, heads)
    const inStore = storedHead(stored, event)
    const isNewest = isNewer(event, head) && isNewer(event, inStore)
    if (head !== undefined && isNewest) this.#olderIds.add(head.id)
    if (!isNewest) this.#olderIds.add(event.id)
    const newest = isNewest ? event : (newerOf(head, inStore) ?? event)
    this.#heads.set(chain, {
      // A newer version that only the store knows has no id here: an id of ours then never matches by mistake.
      id: isNewest || head === undefined ? event.id : head.id,
      resourceVersion: newest.resourceVersion,
      lastObserved: newest.lastObserved,
      firstObserved: event.firstObserved,
      highestCount,
      estimated: counts.countEstimated,
    })
  }

  /** What was accepted since the last commit. */
  get changes(): { readonly heads: ReadonlyMap<string, GateHead>; readonly olderIds: readonly string[] } {
    return { heads: this.#heads, olderIds: [...this.#olderIds] }
  }

  committed(): void {
    this.#heads = new Map()
    this.#olderIds = new Set()
  }

  #remembered(chains: ReadonlySet<string>): ReadonlyMap<string, GateHead> {
    const heads = new Map<string, GateHead>()
    for (const chain of chains) {
      const head = this.#memory.head(chain)
      if (head !== undefined) heads.set(chain, head)
    }
    return heads
  }

  /** What is accepted and not yet committed comes before what the memory holds. */
  #head(chain: string, remembered: Consultation['heads']): GateHead | undefined {
    return this.#heads.get(chain) ?? remembered.get(chain)
  }

  /**
   * Versions of a chain come with growing resourceVersions, so one above the head's was never seen, unless the head
   * itself is a guess. A chain without a head that began after the horizon was never seen either.
   */
  #isSurelyNew(event: NormalizedEvent, head: GateHead | undefined): boolean {
    if (head === undefined) return event.firstObserved > this.#memory.horizon
    if (head.estimated || head.resourceVersion === null || event.resourceVersion === null) return false
    return event.resourceVersion > head.resourceVersion
  }
}

/** What the store said of the event's chain; mostly it was asked for none, and no key need be made. */
function storedHead(stored: Consultation['stored'], event: NormalizedEvent): ChainHead | undefined {
  return stored.size === 0 ? undefined : stored.get(chainKey(chainOf(event)))
}

function needsPredecessor(head: GateHead | undefined): boolean {
  return head === undefined || head.estimated
}

const NOTHING: ReadonlySet<string> = new Set()
const NO_CHAINS: ReadonlyMap<string, ChainHead> = new Map()

/** New occurrences, and where they may be booked. `highest` is the highest count known of the chain before. */
function measure(
  event: NormalizedEvent,
  highest: number,
  previousLast: EpochMicros | undefined,
  countEstimated: boolean,
): Counts {
  const occurrences = Math.max(0, event.count - highest)
  const deltaSince = previousLast ?? event.firstObserved
  const isPlaceable = event.lastObserved - deltaSince <= PLACEABLE_INTERVAL && !event.flags.includes(TIMES_UNKNOWN)
  const countDelta = isPlaceable ? occurrences : Math.min(1, occurrences)
  return { countDelta, deltaSince, countUnplaced: occurrences - countDelta, countEstimated }
}

function chainOf({ cluster, eventNamespace, name, firstObserved }: NormalizedEvent) {
  return { cluster, eventNamespace, name, firstObserved }
}

/**
 * The chain's first time in hex, then 128 bits of SHA-256 over all of its key: 36 characters. Time first, so that new
 * chains are neighbours on disk.
 */
export function keyOfChain(event: NormalizedEvent): string {
  const time = event.firstObserved.toString(16).padStart(14, '0')
  return time + hash('sha256', chainKey(chainOf(event)), 'base64url').slice(0, 22)
}

interface Version {
  readonly resourceVersion: number | null
  readonly lastObserved: EpochMicros
}

function isNewer(version: Version, than: Version | undefined): boolean {
  if (than === undefined) return true
  if (version.resourceVersion === null || than.resourceVersion === null)
    return version.lastObserved >= than.lastObserved
  return version.resourceVersion > than.resourceVersion
}

function newerOf<A extends Version, B extends Version>(a: A | undefined, b: B | undefined): A | B | undefined {
  if (a === undefined) return b
  return b !== undefined && isNewer(b, a) ? b : a
}
