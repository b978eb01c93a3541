import { DAY, HOUR, MINUTE, type Clock, type EpochMicros } from './clock.ts'

/** Clocks of machines that somebody looks after differ by less. */
const TOLERANCE = HOUR

/** A machine's clock that others contradict. */
export interface Disagreement {
  /** What the machine says, and what the others say. */
  readonly own: EpochMicros
  readonly others: EpochMicros
  /** In words. */
  readonly text: string
}

/**
 * The time that the machine's clock and somebody else agree on. A clock that is set wrong, or jumps, would make everything kept
 * look old. So what removes for age, or takes silence for an end, asks here: the answer is the machine's clock, unless that is
 * more than an hour ahead of what others vouch for; then it is their time, which goes on with time that passes.
 *
 * Others are the API servers (the newest of them), and before one has answered the end of the last run.
 */
export class AgreedTime {
  readonly #clock: Clock
  readonly #passed: () => EpochMicros
  #vouched: { readonly time: EpochMicros; readonly at: EpochMicros } | null = null
  #isHeard = false

  /** @param passed µs since any moment, whatever the clock is set to. */
  constructor(clock: Clock, passed: () => EpochMicros = () => performance.now() * 1_000) {
    this.#clock = clock
    this.#passed = passed
  }

  /** What was agreed on when the last run ended, or the newest that is known of it. A server that answered knows better. */
  lastRunEnded(time: EpochMicros): void {
    if (!this.#isHeard) this.#vouched = { time, at: this.#passed() }
  }

  /** What the clock of an API server says now. */
  heard(time: EpochMicros): void {
    const known = this.#isHeard ? this.#others() : null
    this.#isHeard = true
    if (known === null || time > known) this.#vouched = { time, at: this.#passed() }
  }

  readonly now: Clock = () => {
    const own = this.#clock()
    const others = this.#others()
    return others === null || own <= others + TOLERANCE ? own : others
  }

  /** Whether the machine's clock is ahead, and nobody could be asked yet: then the agreed time waits. */
  get isWaiting(): boolean {
    return !this.#isHeard && this.now() < this.#clock()
  }

  /** Null while the clocks agree, and while there is none to compare with. */
  get disagreement(): Disagreement | null {
    const others = this.#others()
    const own = this.#clock()
    if (!this.#isHeard || others === null || Math.abs(own - others) <= TOLERANCE) return null
    const how = own > others ? 'ahead of' : 'behind'
    const meanwhile = own > others ? ' Nothing is removed for its age by that clock.' : ''
    return {
      own,
      others,
      text: `the clock of this machine is ${inWords(Math.abs(own - others))} ${how} that of the API server: set it right.${meanwhile}`,
    }
  }

  #others(): EpochMicros | null {
    return this.#vouched === null ? null : this.#vouched.time + this.#passed() - this.#vouched.at
  }
}

function inWords(length: EpochMicros): string {
  if (length >= 2 * DAY) return `${Math.floor(length / DAY)} days`
  return length >= 2 * HOUR ? `${Math.floor(length / HOUR)} hours` : `${Math.floor(length / MINUTE)} minutes`
}
