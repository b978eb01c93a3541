import { MINUTE, type EpochMicros } from '../clock.ts'
import { AHEAD, LEAP } from '../event/doubtful-time.ts'
import { isFirstSight, type PlacedEvent } from '../event/observation.ts'
import { isRecorded } from '../event/raw-event.ts'
import type { ProblemBody } from '../event/problem.ts'
import type { Gone, Trouble } from '../event/trouble.ts'
import { isProblem } from '../event/words.ts'
import { endingBy, namedBy, type Told } from './endings.ts'
import { keysOf } from './keys.ts'
import {
  addEvidence,
  bodyOf,
  change,
  endedAt,
  heardAt,
  knows,
  problemIdOf,
  raiseByEvidence,
  stateOf,
  type Life,
} from './problem-life.ts'
import type { PodSeen } from './pods-seen.ts'
import { RecentRows } from './recent-rows.ts'
import { Timeline, type OnChange } from './timeline.ts'

/** A pod that stops fails its probes for as long as it takes. */
const STOPPING = 5 * MINUTE

/** Objects remembered that are gone. */
const MAX_GONE = 10_000

/** What is known of kinds of trouble: the catalogue's, handed over by whoever builds the line. */
export interface Knowledge {
  troubleOf(event: Pick<PlacedEvent, 'reason' | 'type' | 'note' | 'reportingController' | 'regarding'>): Trouble
  goneBy(event: PlacedEvent): Gone | null
}

/** Takes the rows of one cluster, in the order in which they come, and says which problem each is evidence of. */
export class Fold {
  readonly timeline: Timeline
  readonly #knowledge: Knowledge
  readonly #onChange: OnChange
  /** When objects were last said to be gone, by identity. */
  readonly #gone = new Map<string, EpochMicros>()
  readonly #recent = new RecentRows()
  #leap: EpochMicros | null = null

  constructor(cluster: string, knowledge: Knowledge, onChange: OnChange) {
    this.timeline = new Timeline(cluster, onChange)
    this.#knowledge = knowledge
    this.#onChange = onChange
  }

  /**
   * Id of the problem that the row is evidence of, or null.
   *
   * @param isStored whether the row was told before a restart: what a life holds already is passed over.
   */
  take(event: PlacedEvent, isStored = false): string | null {
    const { lives } = this.timeline
    // When a recording is played does not matter.
    const at = isRecorded(event) ? event.lastObserved : Math.min(event.lastObserved, event.received + AHEAD)
    this.#follow(event, at)
    const keys = keysOf(event)
    const pod = this.see(event, keys)
    const gone = this.#knowledge.goneBy(event)
    if (gone === 'regarding') this.#rememberGone(keys.identity, at)
    const trouble = isProblem(event) ? this.#knowledge.troubleOf(event) : null
    const named = gone === 'named' ? namedBy(event) : null
    const told: Told = { event, at, keys, pod, gone, named, own: trouble?.class ?? null }
    if (lives.open > 0) for (const life of this.#concernedBy(told)) this.#endBy(life, told)
    if (trouble === null || gone !== null) this.#recent.remember(told)
    return trouble === null ? null : this.#evidence(told, trouble, isStored)
  }

  /** The pod that the row is about, where something owns it. */
  see(event: PlacedEvent, { identity, workload } = keysOf(event)): PodSeen | null {
    const isOwnedPod = event.regarding.kind === 'Pod' && event.owner.kind !== 'Pod' && workload !== null
    return isOwnedPod ? this.timeline.pods.see(event, identity, workload) : null
  }

  /** The clock goes with the rows: of a recording it is all there is, live it must not run ahead. */
  #follow({ source }: PlacedEvent, time: EpochMicros): void {
    const { timeline } = this
    const isLive = !isRecorded({ source })
    const told = isLive ? 'live' : source
    if (told !== timeline.source) {
      if (timeline.source !== '') timeline.stopWatching(timeline.clock)
      timeline.source = told
      if (!isLive) timeline.rewindTo(time)
    }
    if (!isLive) timeline.watch(Math.min(time, timeline.clock))
    if (time > timeline.clock + LEAP && timeline.clock > 0) {
      const confirmed = this.#leap === null ? null : Math.min(this.#leap, time)
      this.#leap = Math.min(this.#leap ?? time, time)
      if (confirmed === null) return
    }
    this.#leap = null
    timeline.passTo(time)
  }

  #evidence(told: Told, trouble: Trouble, isStored: boolean): string | null {
    const { event, at, keys } = told
    const key = `${keys.identity}|${trouble.class}`
    const known = this.timeline.lives.get(key)
    if (isStored && known !== undefined && knows(known, event)) return known.id
    if (event.category === 'probe' && at - (this.#gone.get(keys.identity) ?? 0) <= STOPPING) return null
    const end = known === undefined ? null : endedAt(known)
    if (known !== undefined && (end === null || at <= end + trouble.holds)) {
      this.#continue(known, told, end)
      return known.id
    }
    return this.#begin(told, key, trouble, end).id
  }

  #begin({ event, at, keys }: Told, key: string, trouble: Trouble, end: EpochMicros | null): Life {
    const { timeline } = this
    const first = Math.min(Math.max(sinceOf(event), end ?? 0), at)
    const life: Life = {
      id: problemIdOf(key, event.id),
      key,
      keys,
      trouble,
      body: bodyOf(event, trouble, { first, at, known: Math.max(timeline.clock, first) }),
      revision: 0,
      together: 1,
      due: null,
    }
    timeline.lives.add(life)
    this.#onChange(life, true)
    for (const before of this.#recent.concerning(life, at)) this.#endBy(life, before)
    timeline.settle(life)
    return life
  }

  #continue(life: Life, { event, at, keys }: Told, end: EpochMicros | null): void {
    const { timeline } = this
    const heard = heardAt(life)
    const { transitions, severity } = life.body
    addEvidence(life, event, at)
    timeline.lives.place(life, keys)
    if (end !== null && at > end) {
      change(life, 'open', { at, known: Math.max(timeline.clock, end) })
      life.due = null
      timeline.lives.reopened(life)
    } else if (end === null && at > heard && stateOf(life) === 'quiet') {
      change(life, 'open', { at, known: timeline.clock })
      timeline.lives.spoke(life)
    }
    if (stateOf(life) !== 'over') raiseByEvidence(life)
    this.#tellWorse(life, at, { transitions, severity })
    timeline.lives.heard(life)
    this.#onChange(life, end !== null || life.body.transitions !== transitions || life.body.severity !== severity)
    timeline.settle(life)
  }

  /** That it became worse is a change of its own: who asks about the past, or judges it, knows it from then on. */
  #tellWorse(life: Life, at: EpochMicros, before: Pick<ProblemBody, 'transitions' | 'severity'>): void {
    const { transitions, severity } = life.body
    if (stateOf(life) === 'over' || severity === before.severity || transitions !== before.transitions) return
    const since = Math.max(at, transitions.at(-1)?.at ?? at)
    change(life, stateOf(life), { at: since, known: Math.max(this.timeline.clock, since) })
  }

  /** Lives that the row may end, some of them more than once. */
  *#concernedBy({ event, keys, named }: Told): Iterable<Life> {
    const { lives } = this.timeline
    yield* lives.ofName.get(keys.name)
    if (named !== null) yield* lives.ofName.get(named)
    if (keys.workload !== null) yield* lives.clearedByReason(keys.workload, event.reason)
    if (event.regarding.kind === 'Node') yield* lives.onNode.get(keys.node)
  }

  #endBy(life: Life, told: Told): void {
    const how = endingBy(told, life)
    if (how !== null) this.timeline.end(life, { how, observation: told.event.id, at: told.at })
  }

  #rememberGone(identity: string, time: EpochMicros): void {
    this.#gone.delete(identity)
    this.#gone.set(identity, time)
    if (this.#gone.size <= MAX_GONE) return
    const [oldest] = this.#gone.keys()
    if (oldest !== undefined) this.#gone.delete(oldest)
  }
}

/** Since when its new occurrences can have been: those before were told of by an earlier row. */
function sinceOf(event: PlacedEvent): EpochMicros {
  const { countDelta, countUnplaced, firstObserved, deltaSince, lastObserved } = event
  if (isFirstSight(event)) return firstObserved
  return countDelta + countUnplaced <= 1 ? lastObserved : deltaSince
}
