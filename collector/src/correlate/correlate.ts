import { MINUTE, type EpochMicros } from '../clock.ts'
import type { Membership, Observation, PlacedEvent } from '../event/observation.ts'
import type { Problem } from '../event/problem.ts'
import type { RecordOf, StoreRecord } from '../event/record.ts'
import type { Passage, Recorder } from '../event/recorder.ts'
import { Clocks } from './clocks.ts'
import { EvidenceMemory, type Evidence } from './evidence.ts'
import { correlationRecord, restoreGroup, takeInRecord } from './group-record.ts'
import { GroupedProblems } from './grouped-problems.ts'
import { RecordedGroups } from './recorded-groups.ts'
import { addEdge, addMember, groupIdOf, merge, openGroup, rootOf, type Group } from './groups.ts'
import type { TopologyLinks } from './links.ts'
import { subjectOf, type Subject } from './subject.ts'
import { TimedMap } from './timed-map.ts'

export type { TopologyLinks } from './links.ts'

export interface CorrelatorOptions {
  readonly topology: TopologyLinks
  /** How long ago the last event of the same workload, claim or calm object may lie, µs. */
  readonly windowMicros: EpochMicros
  /**
   * How long a problem may be silent and still be the same one, µs: longer than 30 min, because so seldom a series is refreshed.
   */
  readonly silenceMicros: EpochMicros
  /**
   * By how much an event may lie behind the newest one of its cluster and still be correlated, µs: for as long as API servers
   * keep events, the first list of another stream, or a later page of a list, is not late.
   */
  readonly latenessMicros: EpochMicros
  /** Groups remembered at once. At the bound those that were quiet longest are closed. */
  readonly maxOpenGroups: number
}

/** Groups observations that belong together, and says why. Moves by event time and by time that passes, never by the wall. */
export interface Correlator extends Recorder {
  /** Hears of problems that began or changed: a group that has problems is open while one of them is. */
  follow(problems: readonly Problem[]): void
  /**
   * The group of an event that was never seen before. The order of the evidence is in docs/correlation.md.
   *
   * @param problem id of the problem that the event is evidence of, or null.
   */
  correlate(event: PlacedEvent, problem: string | null): Membership
  /** Takes in a stored observation, in stored order, after a restart. Its group keeps its id; no record changes. */
  remember(observation: Observation, problem: string | null): void
  /** Takes in a stored record, after the observations, so that counts and revisions go on where they were. */
  rememberRecord(record: StoreRecord): void
  /**
   * Records of groups that changed since the last call, at most one a group; where only counts did, once a minute. Groups in
   * which nothing goes wrong and nothing is known to lead to anything have none: their rows say all.
   */
  changedRecords(all: boolean): readonly StoreRecord[]
  /** Groups that are open, as their records would be now. */
  open(): readonly RecordOf<'correlation'>[]
  /** Entries in memory, of whatever kind. */
  readonly size: number
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

/** Memory is swept when this much time has passed, and so many events that each pays for some entries: more than it adds. */
const SWEEP_EVERY = 5 * MINUTE
const ENTRIES_PER_EVENT = 20

/** What a group was stored under, for an observation that is remembered. */
type Stored = Pick<Membership, 'correlationId' | 'correlationRule'> | null

/** The strongest evidence for each group that it leads to: where there are several, they become one by it. */
function ruleOf(evidence: readonly Evidence[]): string {
  const groups = new Set<Group>()
  const telling = evidence.filter(({ group }) => groups.size < groups.add(group).size)
  return telling.length === 0 ? FIRST : [...new Set(telling.map(({ words }) => words()))].join('; ')
}

class EventCorrelator implements Correlator {
  readonly #topology: TopologyLinks
  readonly #window: EpochMicros
  readonly #silence: EpochMicros
  readonly #lateness: EpochMicros
  readonly #groups: TimedMap<Group>
  readonly #memory: EvidenceMemory
  readonly #problems = new GroupedProblems()
  readonly #clocks = new Clocks()
  readonly #recorded = new RecordedGroups(
    (group) => this.#isOpen(group),
    (cluster) => this.#clocks.now(cluster),
  )
  /** When the memory was last swept, by cluster. */
  readonly #swept = new Map<string, EpochMicros>()
  #eventsSinceSweep = 0

  constructor(options: CorrelatorOptions) {
    const { topology, windowMicros, silenceMicros, latenessMicros, maxOpenGroups } = options
    this.#topology = topology
    this.#window = windowMicros
    this.#silence = silenceMicros
    this.#lateness = latenessMicros
    this.#memory = new EvidenceMemory({
      windowMicros,
      silenceMicros,
      maxKeys: maxOpenGroups * KEYS_PER_GROUP,
    })
    this.#groups = new TimedMap(maxOpenGroups, (group) => this.#forget(group))
  }

  follow(problems: readonly Problem[]): void {
    for (const group of this.#problems.follow(problems)) this.#recorded.changed(group)
  }

  correlate(event: PlacedEvent, problem: string | null): Membership {
    const now = this.#hear(event)
    const known = problem === null ? null : this.#problems.groupOf(problem)
    const subject = subjectOf(event, this.#topology, { isProblem: problem !== null, problem: known })
    const isLate = event.lastObserved < now - this.#lateness
    return isLate ? this.#judgeLate(subject, problem) : this.#admit(subject, problem, null)
  }

  remember(observation: Observation, problem: string | null): void {
    this.#hear(observation)
    // What is known of the problem is how it is now, not how it was then: the stored group says where the row belongs.
    const subject = subjectOf(observation, this.#topology, { isProblem: problem !== null, problem: null })
    const { correlationId, correlationRule } = observation
    if (correlationRule.startsWith(LATE)) {
      const group = this.#groups.get(correlationId)
      if (group !== undefined) this.#add(rootOf(group), subject, problem, [correlationRule])
    } else {
      this.#admit(subject, problem, { correlationId, correlationRule })
    }
    this.#recorded.clearChanges()
  }

  rememberRecord(record: StoreRecord): void {
    if (record.kind !== 'correlation') return
    const group = this.#groups.get(record.id) ?? this.#restore(record)
    if (group === undefined) return
    const { mergedInto, problems } = takeInRecord(group, record)
    this.#recorded.restored(group)
    for (const { id } of problems) if (this.#problems.groupOf(id) === null) this.#problems.put(id, rootOf(group))
    const root = mergedInto === null ? undefined : this.#groups.get(mergedInto)
    if (root !== undefined && rootOf(root) !== rootOf(group)) merge(rootOf(root), rootOf(group))
  }

  changedRecords(all: boolean): readonly StoreRecord[] {
    return this.#recorded.take(all)
  }

  advance({ cluster, until, isWatched }: Passage): void {
    if (!isWatched) return // nobody saw whether anything went on
    this.#clocks.pass(cluster, until)
    this.#sweep(cluster)
  }

  get size(): number {
    return this.#groups.size + this.#memory.size + this.#problems.size
  }

  open(): readonly RecordOf<'correlation'>[] {
    return [...this.#groups.values()]
      .filter((group) => group.mergedInto === null && this.#isOpen(group))
      .map(correlationRecord)
  }

  #admit(subject: Subject, problem: string | null, stored: Stored): Membership {
    const { event, isProblem } = subject
    const { evidence, matches } = this.#memory.find(subject)
    const [strongest] = evidence
    const group = isProblem ? this.#unite(event, evidence, stored) : this.#join(event, strongest, stored)
    const correlationRule = stored?.correlationRule ?? ruleOf(isProblem ? evidence : evidence.slice(0, 1))
    for (const { id, edge } of matches) addEdge(group, id, edge)
    this.#add(group, subject, problem, evidence.length === 0 ? [FIRST] : evidence.map(({ kind }) => kind))
    this.#memory.remember(subject, group)
    return { correlationId: group.id, correlationRule }
  }

  #add(group: Group, subject: Subject, problem: string | null, evidence: readonly string[]): void {
    addMember(group, subject, evidence)
    if (problem !== null) this.#problems.put(problem, group)
    this.#recorded.changed(group)
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
      this.#recorded.changed(other)
    }
    return root
  }

  /** Too late for the windows: it counts for the group of its object, if there is one, and leads nothing there. */
  #judgeLate(subject: Subject, problem: string | null): Membership {
    const same = this.#memory.findSameObject(subject)
    if (same === null) return { correlationId: groupIdOf(subject.event.id), correlationRule: LATE_ALONE }
    const correlationRule = `${LATE}, but ${same.kind}`
    this.#add(same.group, subject, problem, [correlationRule])
    return { correlationId: same.group.id, correlationRule }
  }

  #groupOf(id: string, event: PlacedEvent): Group {
    const known = this.#groups.get(id)
    if (known !== undefined) return known
    const group = openGroup(id, event)
    this.#groups.set(id, group)
    return group
  }

  /** A group that was open when it was recorded, and has no row in reach: it waits for its problems to end. */
  #restore(record: RecordOf<'correlation'>): Group | undefined {
    const group = restoreGroup(record)
    if (group !== null) this.#groups.set(group.id, group)
    return group ?? undefined
  }

  /** The time of the cluster. A time that has not come yet does not make what is on time late. */
  #hear(event: PlacedEvent): EpochMicros {
    const now = this.#clocks.hear(event)
    this.#eventsSinceSweep += 1
    if (this.#eventsSinceSweep * ENTRIES_PER_EVENT >= this.size) this.#sweep(event.cluster)
    return now
  }

  #isOpen({ problems, hasProblem, cluster, last }: Group): boolean {
    return problems.size > 0 || (!hasProblem && last >= this.#clocks.now(cluster) - this.#window)
  }

  #sweep(cluster: string): void {
    const now = this.#clocks.now(cluster)
    if (now - (this.#swept.get(cluster) ?? 0) < SWEEP_EVERY) return
    this.#swept.set(cluster, now)
    this.#eventsSinceSweep = 0
    this.#memory.forget((each) => this.#clocks.now(each))
    this.#groups.forget(
      (group) => group.problems.size === 0 && group.last < this.#clocks.now(group.cluster) - this.#silence,
    )
  }

  #forget(group: Group): void {
    group.isForgotten = true
    if (group.mergedInto !== null) return
    for (const id of group.problems.keys()) this.#problems.release(id)
    this.#recorded.forgotten(group)
  }
}
