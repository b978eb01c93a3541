import TinyQueue from 'tinyqueue'
import { HOUR, type EpochMicros } from '../clock.ts'
import type { Ending } from '../event/problem.ts'
import { severityRank } from '../event/words.ts'
import { Lives } from './lives.ts'
import { isSuccessor } from './endings.ts'
import { hasStarted, PodsSeen, STARTED, type PodSeen, type PodStart } from './pods-seen.ts'
import { beganAt, change, endedAt, heardAt, isOpen, raise, stateOf, type Life } from './problem-life.ts'
import { WatchedTime, type Interval } from './watched-time.ts'

interface Due {
  readonly at: EpochMicros
  /** Of the life: one that is not remembered any more is not held by what was planned for it. */
  readonly key: string
}

/** An interval that has ended, and of what it is told. */
export interface WatchedInterval extends Interval {
  readonly source: string
}

/** What is over is remembered for this much longer than its hold: what an API server still has may come that late. */
const LATE = HOUR

/** What time alone does next to a problem. */
interface Next {
  readonly at: EpochMicros
  readonly what: 'quiet' | 'silent' | 'raise' | 'forget'
}

/** Told of each life that changed, and whether by more than another occurrence of the same. */
export type OnChange = (life: Life, isNews: boolean) => void

/** One cluster: its clock, its problems, and what becomes of them as time passes. */
export class Timeline {
  readonly cluster: string
  readonly lives = new Lives()
  readonly pods = new PodsSeen()
  readonly watched = new WatchedTime()
  /** Of the recording it is told by, or `live`; empty before anything was told. */
  source = ''
  /** Intervals that have ended, until somebody records them. */
  ended: WatchedInterval[] = []
  readonly #queue = new TinyQueue<Due>([], (a, b) => a.at - b.at)
  readonly #onChange: OnChange
  #clock: EpochMicros = 0

  constructor(cluster: string, onChange: OnChange) {
    this.cluster = cluster
    this.#onChange = onChange
  }

  get clock(): EpochMicros {
    return this.#clock
  }

  /** Lets time pass, and with it what ends by itself, in order. */
  passTo(time: EpochMicros): void {
    for (let next = this.#queue.peek(); next !== undefined && next.at <= time; next = this.#queue.peek()) {
      this.#queue.pop()
      const { key, at } = next
      const life = this.lives.get(key)
      if (life?.due !== at) continue // looked at earlier in the meantime, or forgotten
      life.due = null
      this.#clock = Math.max(this.#clock, at)
      this.settle(life)
    }
    this.#clock = Math.max(this.#clock, time)
  }

  /** The clock of a recording is its event time: another one may begin earlier. */
  rewindTo(time: EpochMicros): void {
    this.#clock = time
  }

  /** The cluster is watched from `since` on. Only now the time of its problems goes on. */
  watch(since: EpochMicros): void {
    if (!this.watched.open(since)) return
    for (const life of this.lives.values()) this.plan(life)
  }

  /** Nobody watches the cluster after `to`. */
  stopWatching(to: EpochMicros): void {
    const interval = this.watched.close(to)
    if (interval !== null) this.ended.push({ ...interval, source: this.source })
  }

  /** Lets happen what has become due to a life at the clock, one after another, and plans when to look again. */
  settle(life: Life): void {
    for (let next = this.#nextOf(life); next !== null && next.at <= this.#clock; next = this.#nextOf(life)) {
      if (next.what === 'forget') return this.lives.forget(life)
      this.#happen(life, next)
    }
    this.plan(life)
  }

  plan(life: Life): void {
    const at = this.#nextOf(life)?.at ?? null
    if (at === null || (life.due !== null && life.due <= at)) return // it is looked at earlier, and planned again then
    life.due = at
    this.#queue.push({ at, key: life.key })
  }

  end(life: Life, ending: Ending): void {
    if (!isOpen(life)) return
    change(life, 'over', { at: ending.at, known: Math.max(this.#clock, ending.at), endedBy: ending })
    this.lives.ended(life)
    life.due = null
    this.#onChange(life, true)
    this.plan(life)
  }

  #happen(life: Life, { at, what }: Next): void {
    // What comes late enough is quiet at once, and was not known to be before it was known at all.
    const known = Math.max(at, life.body.transitions.at(-1)?.known ?? 0)
    if (what === 'raise') {
      raise(life, life.trouble.persists?.severity ?? life.body.severity)
      change(life, stateOf(life), { at, known })
      return this.#onChange(life, true)
    }
    const successor = this.#successorOf(life)
    if (successor !== null) return this.end(life, { how: 'cleared', observation: successor.observation, at })
    if (what === 'silent') return this.end(life, this.#endOfSilence(life, at))
    change(life, 'quiet', { at, known })
    this.lives.becameQuiet(life)
    this.#onChange(life, true)
  }

  /** The start of a pod that came later and was heard of last: where such trouble ends by one. */
  #successorOf(life: Life): PodStart | null {
    if (!life.trouble.clearedBy.some(({ by, reasons }) => by === 'successor' && reasons.includes(STARTED))) return null
    for (const { started } of this.#successorsOf(life)) if (started.at >= heardAt(life)) return started
    return null
  }

  /** Silence has a better explanation where pods that came later have run without this trouble for as long. */
  #endOfSilence(life: Life, at: EpochMicros): Ending {
    const { trouble } = life
    for (const { identity, started } of this.#successorsOf(life)) {
      const own = this.lives.get(`${identity}|${trouble.class}`)
      const isWell = own === undefined || heardAt(own) <= started.at
      if (isWell && started.at + trouble.holds <= at) return { how: 'replaced', observation: started.observation, at }
    }
    return { how: 'silent', observation: null, at }
  }

  /** Pods that came in the place of a troubled one, and have started. */
  *#successorsOf(life: Life): Iterable<PodSeen & { readonly started: PodStart }> {
    if (life.keys.workload === null || life.body.object.kind !== 'Pod') return
    for (const pod of this.pods.of(life.keys.workload)) if (hasStarted(pod) && isSuccessor(pod, life)) yield pod
  }

  #nextOf(life: Life): Next | null {
    const { trouble, body } = life
    const end = endedAt(life)
    if (end !== null) return { at: end + trouble.holds + LATE, what: 'forget' }
    const heard = heardAt(life)
    const silent = this.watched.reaches(heard, trouble.holds, trouble.repeats)
    let next: Next | null = silent === null ? null : { at: silent, what: 'silent' }
    if (stateOf(life) === 'open') {
      const quiet = this.watched.reaches(heard, trouble.repeats, 0)
      if (quiet !== null && quiet <= (next?.at ?? quiet)) next = { at: quiet, what: 'quiet' }
    }
    const { persists } = trouble
    // Where an event would tell that it healed, time alone tells that it has not.
    if (trouble.end === 'told' && persists !== null && severityRank(body.severity) < severityRank(persists.severity)) {
      const raised = this.watched.reaches(beganAt(life), persists.after, 0)
      if (raised !== null && raised < (next?.at ?? Number.POSITIVE_INFINITY)) next = { at: raised, what: 'raise' }
    }
    return next
  }
}
