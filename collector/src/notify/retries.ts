import { MILLISECOND, SECOND, type EpochMicros } from '../clock.ts'
import { retryDelayMs } from '../buffer/retry.ts'
import type { ReceiverError } from './receiver.ts'

/** Longest time that a receiver may ask for, and that a group waits which it refuses. */
const LONGEST = 3_600 * SECOND
const FIRST_REFUSED = 10 * SECOND

/** A time in which nothing is tried. One that lies in the future is none: the clock was set back. */
interface Pause {
  readonly attempts: number
  readonly from: EpochMicros
  readonly until: EpochMicros
}

/** When what failed is tried again: the receiver as a whole, and groups that it refuses, alone. */
export class Retries {
  readonly #random: () => number
  readonly #groups = new Map<string, Pause>()
  #pause: Pause = { attempts: 0, from: 0, until: 0 }

  constructor(random: () => number) {
    this.#random = random
  }

  /** Before that time nothing is tried. */
  until(now: EpochMicros): EpochMicros {
    return this.#pause.from > now ? now : this.#pause.until
  }

  groupUntil(group: string, now: EpochMicros): EpochMicros {
    const pause = this.#groups.get(group)
    return pause === undefined || pause.from > now ? 0 : pause.until
  }

  succeeded(group: string): void {
    this.#pause = { attempts: 0, from: 0, until: 0 }
    this.#groups.delete(group)
  }

  /** It takes nothing at all. */
  failed({ retryAfter }: Pick<ReceiverError, 'retryAfter'>, now: EpochMicros): void {
    const { attempts } = this.#pause
    const pause = Math.min(LONGEST, Math.max(retryDelayMs(attempts, this.#random()) * MILLISECOND, retryAfter ?? 0))
    this.#pause = { attempts: attempts + 1, from: now, until: now + pause }
  }

  /** It took something, but not this. */
  refused(group: string, now: EpochMicros): void {
    for (const [key, { until }] of this.#groups) if (until + LONGEST < now) this.#groups.delete(key)
    const attempts = this.#groups.get(group)?.attempts ?? 0
    const until = now + Math.min(LONGEST, FIRST_REFUSED * 2 ** attempts)
    this.#groups.set(group, { attempts: attempts + 1, from: now, until })
  }
}

/** At most so many messages in a minute, as many at once. */
export class Rate {
  readonly #most: number
  #times: EpochMicros[] = []

  constructor(mostPerMinute: number) {
    this.#most = mostPerMinute
  }

  /** When the next message may go. */
  next(now: EpochMicros): EpochMicros {
    this.#times = this.#times.filter((time) => time <= now && time > now - 60 * SECOND)
    const oldest = this.#times.at(-this.#most)
    return oldest === undefined ? now : oldest + 60 * SECOND
  }

  went(now: EpochMicros): void {
    this.#times.push(now)
  }
}
