import { MINUTE, type EpochMicros } from '../clock.ts'
import { rootOf, type Group } from './groups.ts'
import { TimedMap, type Timed } from './timed-map.ts'

export interface Reach {
  readonly windowMicros: EpochMicros
  readonly silenceMicros: EpochMicros
  /** Keys of objects, workloads and claims remembered. */
  readonly maxKeys: number
}

/** A group in which nothing goes wrong takes nothing in after this time, or a CronJob would make one that never ends. */
const LONGEST_CALM = 60 * MINUTE

/** Where to find the group that an object, workload or claim was last in. */
interface Track extends Timed {
  group: Group
  /** Of a workload: identity of the controller that was last seen to be it; null before that. */
  controller: string | null
}

/** What is asked for: trouble of an object reaches back further than that of a workload. */
export type Mood = 'problem' | 'workload' | 'calm'

/** Remembers where objects, workloads and claims were last seen. */
export class Tracks {
  readonly #reach: Reach
  readonly #tracks: TimedMap<Track>

  constructor(reach: Reach) {
    this.#reach = reach
    this.#tracks = new TimedMap(reach.maxKeys)
  }

  get size(): number {
    return this.#tracks.size
  }

  /** The group to which the key leads at a time, or null. */
  follow(key: string, time: EpochMicros, mood: Mood): Group | null {
    const track = this.#tracks.get(key)
    if (track === undefined) return null
    const group = rootOf(track.group)
    if (group.isForgotten) return null
    const { windowMicros, silenceMicros } = this.#reach
    const isRecent = Math.abs(time - track.last) <= windowMicros
    const isSilent = group.hasProblem && Math.abs(time - group.lastProblem) <= silenceMicros
    if (mood === 'calm') {
      const isOver = group.hasProblem ? !isSilent : Math.abs(time - group.opened) > LONGEST_CALM
      return isRecent && !isOver ? group : null
    }
    return isRecent || (mood === 'problem' && isSilent) ? group : null
  }

  /** Whether the workload was last seen to be another controller, of the same name. */
  isOfAnother(key: string, controller: string): boolean {
    const known = this.#tracks.get(key)?.controller ?? null
    return known !== null && known !== controller
  }

  put(key: string, group: Group, time: EpochMicros, controller: string | null = null): void {
    const track = this.#tracks.get(key)
    if (track === undefined) {
      this.#tracks.set(key, { group, last: time, controller })
    } else if (time >= track.last) {
      track.group = group
      track.last = time
      track.controller = controller ?? track.controller
    }
  }

  forget(oldestOf: (cluster: string) => EpochMicros): void {
    this.#tracks.forget(({ last, group }) => last < oldestOf(group.cluster))
  }
}
