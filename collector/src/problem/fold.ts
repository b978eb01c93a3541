import { MINUTE, type EpochMicros } from '../clock.ts'
import { AHEAD, LEAP } from '../event/doubtful-time.ts'
import type { PlacedEvent } from '../event/observation.ts'
import type { Gone, Trouble } from '../event/trouble.ts'
import { isProblem } from '../event/words.ts'
import { clears, isSameContainer, isSuccessor } from './endings.ts'
import { keysOf, nameKey, type Keys } from './keys.ts'
import {
  addEvidence,
  bodyOf,
  change,
  endedAt,
  heardAt,
  isRecorded,
  knows,
  problemIdOf,
  stateOf,
  type Life,
} from './problem-life.ts'
import type { PodSeen } from './pods-seen.ts'
import { Timeline } from './timeline.ts'

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
  readonly #onChange: (life: Life) => void
  /** When objects were last said to be gone, by identity. */
  readonly #gone = new Map<string, EpochMicros>()
  #leap: EpochMicros | null = null

  constructor(cluster: string, knowledge: Knowledge, onChange: (life: Life) => void) {
    this.timeline = new Timeline(cluster, onChange)
    this.#knowledge = knowledge
    this.#onChange = onChange
  }

  /** Id of the problem that the row is evidence of, or null. */
  take(event: PlacedEvent): string | null {
    const { lives, pods } = this.timeline
    this.#follow(event)
    const keys = keysOf(event)
    const isOwnedPod = event.regarding.kind === 'Pod' && keys.workload !== null
    const pod = isOwnedPod ? pods.see(event, keys.identity, keys.workload) : null
    const gone = this.#knowledge.goneBy(event)
    if (gone === 'regarding') this.#remember(keys.identity, event.lastObserved)
    if (lives.open > 0) this.#end(event, keys, pod, gone)
    return isProblem(event) ? this.#evidence(event, keys) : null
  }

  /** The clock goes with the rows: of a recording it is all there is, live it must not run ahead. */
  #follow(event: PlacedEvent): void {
    const { timeline } = this
    const { source, lastObserved, received } = event
    const isLive = !isRecorded(event)
    const told = isLive ? 'live' : source
    const time = isLive ? Math.min(lastObserved, received + AHEAD) : lastObserved
    if (told !== timeline.source) {
      if (timeline.source !== '') timeline.watched.close(timeline.clock)
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

  #evidence(event: PlacedEvent, keys: Keys): string | null {
    const { timeline } = this
    const trouble = this.#knowledge.troubleOf(event)
    const key = `${keys.identity}|${trouble.class}`
    const known = timeline.lives.get(key)
    if (known !== undefined && knows(known, event)) return known.id
    if (event.category === 'probe' && event.lastObserved - (this.#gone.get(keys.identity) ?? 0) <= STOPPING) return null
    const end = known === undefined ? null : endedAt(known)
    if (known !== undefined && (end === null || event.lastObserved <= end + trouble.holds)) {
      this.#continue(known, event, end)
      return known.id
    }
    const life = this.#begin(event, keys, key, trouble, end)
    this.#onChange(life)
    timeline.settle(life)
    return life.id
  }

  #begin(event: PlacedEvent, keys: Keys, key: string, trouble: Trouble, end: EpochMicros | null): Life {
    const first = Math.max(event.firstObserved, end ?? 0)
    const id = problemIdOf(key, event.id)
    const life: Life = {
      id,
      key,
      keys,
      trouble,
      body: bodyOf(event, trouble, first),
      revision: 0,
      successor: null,
      due: null,
    }
    addEvidence(life, event, first)
    change(life, 'open', { at: first, known: Math.max(this.timeline.clock, first) })
    this.timeline.lives.add(life)
    return life
  }

  #continue(life: Life, event: PlacedEvent, end: EpochMicros | null): void {
    const { timeline } = this
    const heard = heardAt(life)
    addEvidence(life, event, Math.max(event.firstObserved, life.body.firstObserved))
    const isNew = heardAt(life) > heard
    const at = event.lastObserved
    if (end !== null && at > end) {
      change(life, 'open', { at, known: Math.max(timeline.clock, end) })
      life.due = null
      timeline.lives.reopened(life)
    } else if (end === null && isNew && stateOf(life) === 'quiet') {
      change(life, 'open', { at, known: timeline.clock })
    }
    this.#onChange(life)
    timeline.settle(life)
  }

  /** Ends what an event says is over. */
  #end(event: PlacedEvent, keys: Keys, pod: PodSeen | null, gone: Gone | null): void {
    const { lives } = this.timeline
    for (const life of lives.ofName.get(keys.name)) {
      if (life.keys.identity !== keys.identity && event.lastObserved > heardAt(life)) this.#endBy(life, event, 'gone')
    }
    if (gone !== null) this.#endGone(event, keys, gone)
    for (const life of lives.ofObject.get(keys.identity)) {
      if (clears(event, life, 'object') && isSameContainer(event, life)) this.#endBy(life, event, 'cleared')
    }
    if (keys.workload !== null)
      for (const life of lives.ofWorkload.get(keys.workload)) this.#endOfWorkload(life, event, pod)
    if (event.regarding.kind !== 'Node') return
    for (const life of lives.onNode.get(keys.node)) if (clears(event, life, 'node')) this.#endBy(life, event, 'cleared')
  }

  #endGone(event: PlacedEvent, keys: Keys, gone: Gone): void {
    const { lives, cluster } = this.timeline
    const { regarding, metadata } = event
    if (gone === 'named') {
      const [kind, name] = metadata['job'] === undefined ? ['Pod', metadata['pod']] : ['Job', metadata['job']]
      const named = name === undefined ? [] : lives.ofName.get(nameKey(cluster, kind ?? '', regarding.namespace, name))
      for (const life of named) if (event.lastObserved >= heardAt(life)) this.#endBy(life, event, 'gone')
      return
    }
    const own = isProblem(event) ? this.#knowledge.troubleOf(event).class : null
    const onIt = regarding.kind === 'Node' ? lives.onNode.get(keys.node) : lives.ofObject.get(keys.identity)
    for (const life of onIt) {
      if (life.trouble.class !== own && event.lastObserved >= heardAt(life)) this.#endBy(life, event, 'gone')
    }
  }

  #endOfWorkload(life: Life, event: PlacedEvent, pod: PodSeen | null): void {
    const isQuiet = event.lastObserved > heardAt(life) + life.trouble.repeats
    const isOtherPod = pod !== null && life.body.object.kind === 'Pod' && pod.identity !== life.keys.identity
    // Of five pods one may hang while the others start.
    if (clears(event, life, 'workload') && (!isOtherPod || isQuiet)) return this.#endBy(life, event, 'cleared')
    if (pod === null || !clears(event, life, 'successor') || !isSuccessor(pod, life)) return
    if (isQuiet) return this.#endBy(life, event, 'cleared')
    life.successor = { observation: event.id, at: event.lastObserved }
  }

  #endBy(life: Life, event: PlacedEvent, how: 'cleared' | 'gone'): void {
    this.timeline.end(life, { how, observation: event.id, at: event.lastObserved })
  }

  #remember(identity: string, time: EpochMicros): void {
    this.#gone.delete(identity)
    this.#gone.set(identity, time)
    if (this.#gone.size <= MAX_GONE) return
    const [oldest] = this.#gone.keys()
    if (oldest !== undefined) this.#gone.delete(oldest)
  }
}
