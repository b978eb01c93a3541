import { MILLISECOND, MINUTE, type Clock } from '../../clock.ts'

/** Whatever goes wrong, a stream asks no more often. Pages that continue a list are not counted: they make progress. */
export const REQUESTS_PER_MINUTE = 10

/** How long a stream must wait before its next request, by the times of its last ones. */
export class RequestBudget {
  readonly #clock: Clock
  #times: number[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** 0 when a request may be sent now. */
  waitMs(): number {
    const now = this.#clock()
    this.#times = this.#times.filter((time) => time > now - MINUTE && time <= now)
    const oldest = this.#times[this.#times.length - REQUESTS_PER_MINUTE]
    return oldest === undefined ? 0 : Math.ceil((oldest + MINUTE - now) / MILLISECOND)
  }

  spend(): void {
    this.#times.push(this.#clock())
  }
}
