import { MINUTE, type EpochMicros } from '../clock.ts'
import type { Membership, Observation, PlacedEvent } from '../event/observation.ts'
import type { StoreRecord } from '../event/record.ts'
import type { Recorder } from '../event/recorder.ts'
import { EvidenceMemory, type Evidence } from './evidence.ts'
import { correlationRecord, takeInRecord } from './group-record.ts'
import { addEdge, addMember, groupIdOf, merge, openGroup, rootOf, type Group } from './groups.ts'
import type { TopologyLinks } from './links.ts'
import { subjectOf, type Subject } from './subject.ts'
import { TimedMap } from './timed-map.ts'

export type { CorrelationBody } from './group-record.ts'
export type { TopologyLinks } from './links.ts'

export interface CorrelatorOptions {
  readonly topology: TopologyLinks
  /** How long ago the last event of the same workload, claim or calm object may lie, µs. Default 10 min. */
  readonly windowMicros?: EpochMicros
  /**
   * How long a problem may be silent and still be the same one, µs. Default 35 min: a series is refreshed every 30 min,
   * controllers retry up to 16 min 40 s apart.
   */
  readonly silenceMicros?: EpochMicros
  /** By how much an event may lie behind the newest one of its cluster and still be correlated, µs. Default 2 min. */
  readonly latenessMicros?: EpochMicros
  /** Groups remembered at once. Default 50,000; at the bound those that were quiet longest are closed. */
  readonly maxOpenGroups?: number
}

/** Groups observations that belong together, and says why. Moves by event time, never by the wall. */
export interface Correlator extends Recorder {
  /** The group of an event that was never seen before. The order of the evidence is in docs/correlation.md. */
  correlate(event: PlacedEvent): Membership
  /** Takes in a stored observation, in stored order, after a restart. Its group keeps its id; no record changes. */
  remember(observation: Observation): void
  /** Takes in a stored record, after the observations, so that counts and revisions go on where they were. */
  rememberRecord(record: StoreRecord): void
  /**
   * Records of groups that changed since the last call, at most one a group. Groups in which nothing goes wrong and
   * nothing is known to lead to anything have none: their rows say all.
   */
  changedRecords(): readonly StoreRecord[]
  /** Groups that may still grow, as their records would be now. */
  open(): readonly StoreRecord[]
}

export function createCorrelator(options: CorrelatorOptions): Correlator {
  return new EventCorrelator(options)
}

/** Begins the rule of every event that came too late; recognised again by `remember`. */
const LATE = 'late'
const LATE_ALONE = `${LATE}: reopens no window`
const FIRST = 'first of its group'

/** Keys (objects, workloads, claims) remembered per open group, on average. */
const KEYS_PER_GROUP = 4

/** Memory is swept when this much event time has passed, and so many events that each pays for one entry. */
const SWEEP_EVERY = MINUTE

/** Others have no record: their rows say all. */
const isRecorded = ({ hasProblem, edges }: Group): boolean => hasProblem || edges.size > 0

/** What a group was stored under, for an observation that is remembered. */
type Stored = Pick<Membership, 'correlationId' | 'correlationRule'> | null

class EventCorrelator implements Correlator {
  readonly #topology: TopologyLinks
  readonly #silence: EpochMicros
  readonly #lateness: EpochMicros
  readonly #groups: TimedMap<Group>
  readonly #memory: EvidenceMemory
  /** Newest event time by cluster. */
  readonly #newest = new Map<string, EpochMicros>()
  #changed = new Set<Group>()
  #swept: EpochMicros = 0
  #eventsSinceSweep = 0

  constructor(options: CorrelatorOptions) {
    const { topology, windowMicros = 10 * MINUTE, silenceMicros = 35 * MINUTE, maxOpenGroups = 50_000 } = options
    this.#topology = topology
    this.#silence = silenceMicros
    this.#lateness = options.latenessMicros ?? 2 * MINUTE
    this.#memory = new EvidenceMemory({
      windowMicros,
      silenceMicros,
      maxKeys: maxOpenGroups * KEYS_PER_GROUP,
    })
    this.#groups = new TimedMap(maxOpenGroups, (group) => {
      this.#close(group)
    })
  }

  correlate(event: PlacedEvent): Membership {
    const newest = this.#advance(event)
    const subject = subjectOf(event, this.#topology)
    if (event.lastObserved < newest - this.#lateness) return this.#judgeLate(subject)
    return this.#admit(subject, null)
  }

  remember(observation: Observation): void {
    this.#advance(observation)
    const subject = subjectOf(observation, this.#topology)
    const { correlationId, correlationRule } = observation
    if (correlationRule.startsWith(LATE)) {
      const group = this.#groups.get(correlationId)
      if (group !== undefined) addMember(rootOf(group), subject, correlationRule)
    } else {
      this.#admit(subject, { correlationId, correlationRule })
    }
    this.#changed.clear()
  }

  rememberRecord(record: StoreRecord): void {
    const group = this.#groups.get(record.id)
    if (record.kind !== 'correlation' || group === undefined) return
    const mergedInto = takeInRecord(group, record)
    const root = mergedInto === null ? undefined : this.#groups.get(mergedInto)
    if (root !== undefined && rootOf(root) !== rootOf(group)) merge(rootOf(root), rootOf(group))
  }

  changedRecords(): readonly StoreRecord[] {
    const changed = [...this.#changed]
    this.#changed.clear()
    for (const group of changed) {
      // Times grow across restarts, so the revision does as well, without being asked of the store.
      group.revision = Math.max(group.revision + 1, this.#newest.get(group.cluster) ?? 0)
    }
    return changed.map(correlationRecord)
  }

  advance(): void {}

  open(): readonly StoreRecord[] {
    return [...this.#groups.values()]
      .filter(({ isOpen, mergedInto }) => isOpen && mergedInto === null)
      .map(correlationRecord)
  }

  #admit(subject: Subject, stored: Stored): Membership {
    const { event, isProblem } = subject
    const { evidence, matches } = this.#memory.find(subject)
    const [strongest] = evidence
    const group = isProblem ? this.#unite(event, evidence, stored) : this.#join(event, strongest, stored)
    const correlationRule = stored?.correlationRule ?? strongest?.words() ?? FIRST
    addMember(group, subject, strongest?.kind ?? FIRST)
    for (const { id, edge } of matches) addEdge(group, id, edge)
    this.#memory.remember(subject, group)
    if (isRecorded(group)) this.#changed.add(group)
    return { correlationId: group.id, correlationRule }
  }

  /** An ordinary event goes where the strongest evidence leads. */
  #join(event: PlacedEvent, strongest: Evidence | undefined, stored: Stored): Group {
    if (stored !== null) return rootOf(this.#groupOf(stored.correlationId, event))
    return strongest?.group ?? this.#groupOf(groupIdOf(event.id), event)
  }

  /** A problem makes one group of all it belongs to: the one that was opened first stands for them. */
  #unite(event: PlacedEvent, evidence: readonly Evidence[], stored: Stored): Group {
    if (evidence.length === 1 && stored === null && evidence[0] !== undefined) return evidence[0].group
    const groups = new Set(evidence.map(({ group }) => group))
    if (stored !== null) groups.add(rootOf(this.#groupOf(stored.correlationId, event)))
    const [root, ...others] = [...groups].sort((a, b) => a.opened - b.opened || (a.id < b.id ? -1 : 1))
    if (root === undefined) return this.#groupOf(groupIdOf(event.id), event)
    for (const other of others) {
      merge(root, other)
      // Its rows carry its id, so the record that leads on is needed even when nothing was wrong in it.
      this.#changed.add(other)
    }
    return root
  }

  /** Too late for the windows: it counts for the group of its object, if there is one, and leads nothing there. */
  #judgeLate(subject: Subject): Membership {
    const same = this.#memory.findSameObject(subject)
    if (same === null) return { correlationId: groupIdOf(subject.event.id), correlationRule: LATE_ALONE }
    const correlationRule = `${LATE}, but ${same.kind}`
    addMember(same.group, subject, correlationRule)
    if (isRecorded(same.group)) this.#changed.add(same.group)
    return { correlationId: same.group.id, correlationRule }
  }

  #groupOf(id: string, event: PlacedEvent): Group {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group = openGroup(id, event)
    this.#groups.set(id, group)
    return group
  }

  /** Newest event time of the cluster. A time that has not come yet does not make what is on time late. */
  #advance({ cluster, lastObserved, received }: PlacedEvent): EpochMicros {
    const time = Math.min(lastObserved, received + this.#lateness)
    const newest = Math.max(this.#newest.get(cluster) ?? time, time)
    this.#newest.set(cluster, newest)
    this.#eventsSinceSweep += 1
    if (this.#eventsSinceSweep >= this.#groups.size + this.#memory.size) this.#sweep()
    return newest
  }

  #sweep(): void {
    const newest = Math.min(...this.#newest.values())
    if (newest - this.#swept < SWEEP_EVERY) return
    this.#swept = newest
    this.#eventsSinceSweep = 0
    this.#memory.forgetBefore(newest)
    this.#groups.forget(({ cluster, last }) => last < (this.#newest.get(cluster) ?? newest) - this.#silence)
  }

  #close(group: Group): void {
    if (group.mergedInto !== null) return
    group.isOpen = false
    if (isRecorded(group)) this.#changed.add(group)
  }
}
