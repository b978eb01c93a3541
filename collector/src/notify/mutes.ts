import type { EpochMicros } from '../clock.ts'
import type { Notification } from '../event/alert.ts'
import type { Silence } from '../event/outbox.ts'
import { parseMatcher, type Matcher } from './matcher.ts'
import type { Mute } from './plan.ts'
import { quietUntil, type QuietHours } from './quiet-hours.ts'

/** Why alerts are not told now: silences that are kept, and quiet hours of the receiver. */
export class Mutes {
  readonly #silences: () => readonly Silence[]
  readonly #quietHours: readonly QuietHours[]
  /** Matchers of silences, read once; silences do not change. */
  #known: ReadonlyMap<string, readonly Matcher[]> = new Map()

  constructor(silences: () => readonly Silence[], quietHours: readonly QuietHours[]) {
    this.#silences = silences
    this.#quietHours = quietHours
  }

  /** Asks what is silenced now, for as long as the answer is used. */
  at(now: EpochMicros): (notification: Notification) => Mute | null {
    const active = this.#silences().filter(({ from, until }) => from <= now && now < until)
    this.#known = new Map(active.map(({ id, matchers }) => [id, this.#known.get(id) ?? matchers.map(parseMatcher)]))
    return ({ allLabels, severity }) => {
      const matching = active.filter(({ id }) => this.#known.get(id)?.every((matcher) => matcher.matches(allLabels)))
      if (matching.length > 0) return { cause: 'silenced', until: Math.max(...matching.map(({ until }) => until)) }
      const until = quietUntil(this.#quietHours, severity, now)
      return until === null ? null : { cause: 'quiet hours', until }
    }
  }
}
