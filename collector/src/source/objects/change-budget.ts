import { HOUR, type EpochMicros } from '../../clock.ts'

/** Changes told in an hour: of one object by one manager, of one kind in one namespace by one manager, and of a whole cluster. */
export const CHANGE_BOUNDS = { ofObject: 6, alike: 60, ofCluster: 600 } as const

/** Writers followed at once; of more, the counts begin again. */
const MOST_FOLLOWED = 20_000

/** Bounds the changes that are told: a controller that writes every few seconds is told of a few times, and counted. */
export class ChangeBudget {
  #hour = 0
  #told = new Map<string, number>()

  /** Whether there is room for one more, by the time of its arrival. The parts name whose it is, the narrowest first. */
  take(object: string, alike: string, now: EpochMicros): boolean {
    const hour = Math.floor(now / HOUR)
    if (hour !== this.#hour || this.#told.size > MOST_FOLLOWED) this.#told = new Map()
    this.#hour = hour
    const counts = [
      [`object ${object}`, CHANGE_BOUNDS.ofObject],
      [`alike ${alike}`, CHANGE_BOUNDS.alike],
      ['cluster', CHANGE_BOUNDS.ofCluster],
    ] as const
    if (counts.some(([key, most]) => (this.#told.get(key) ?? 0) >= most)) return false
    for (const [key] of counts) this.#told.set(key, (this.#told.get(key) ?? 0) + 1)
    return true
  }
}
