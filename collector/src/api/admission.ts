import { once } from 'node:events'
import { BusyError } from './problem-details.ts'

/** Questions that wait in one lane; what waits behind so many helps nobody. */
export const MOST_WAITING = 64

/** Share of the bytes that questions with heavy answers may take together; the rest stays for the others. */
const HEAVY_SHARE = 3 / 4
/** Heavy answers at once: DuckDB has one reader more. */
const MOST_HEAVY = 3
/** An answer of more than this share of the bytes is heavy. */
const HEAVY_FROM = 1 / 8

/**
 * The one door for all questions together: each says beforehand how many bytes its answer may take, and waits in order until there
 * is room. So memory stays under a bound whatever is asked at once, and a few heavy answers do not keep all others out.
 */
export class Admission {
  readonly #bytes: number
  readonly #heavy: Lane
  readonly #light: Lane

  /** @param bytes of all answers that are made and sent at once. */
  constructor(bytes: number) {
    this.#bytes = bytes
    this.#heavy = new Lane(bytes * HEAVY_SHARE, MOST_HEAVY)
    this.#light = new Lane(bytes * (1 - HEAVY_SHARE), Infinity)
  }

  /**
   * Waits for room of `weight` bytes. Call what it answers when the answer has left.
   *
   * @throws BusyError the line is full; or the signal's reason.
   */
  enter(weight: number, signal: AbortSignal): Promise<() => void> {
    return (weight > this.#bytes * HEAVY_FROM ? this.#heavy : this.#light).enter(weight, signal)
  }
}

interface Waiting {
  readonly weight: number
  readonly enter: () => void
}

class Lane {
  readonly #bytes: number
  readonly #most: number
  readonly #line: Waiting[] = []
  #taken = 0
  #inside = 0

  constructor(bytes: number, most: number) {
    this.#bytes = bytes
    this.#most = most
  }

  async enter(weight: number, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    // What is heavier than all the room is alone in it.
    const bounded = Math.min(weight, this.#bytes)
    if (this.#line.length === 0 && this.#hasRoom(bounded)) this.#take(bounded)
    else await this.#wait(bounded, signal)
    let isInside = true
    return () => {
      if (isInside) this.#leave(bounded)
      isInside = false
    }
  }

  async #wait(weight: number, signal: AbortSignal): Promise<void> {
    if (this.#line.length >= MOST_WAITING) throw new BusyError()
    const entered = Promise.withResolvers<void>()
    const waiting: Waiting = { weight, enter: entered.resolve }
    this.#line.push(waiting)
    const settled = new AbortController()
    try {
      await Promise.race([entered.promise, aborted(signal, settled.signal)])
    } catch (error) {
      const place = this.#line.indexOf(waiting)
      if (place >= 0) this.#line.splice(place, 1)
      else this.#leave(weight)
      this.#letIn()
      throw error
    } finally {
      settled.abort()
    }
  }

  #hasRoom(weight: number): boolean {
    return this.#inside < this.#most && this.#taken + weight <= this.#bytes
  }

  #take(weight: number): void {
    this.#taken += weight
    this.#inside += 1
  }

  #leave(weight: number): void {
    this.#taken -= weight
    this.#inside -= 1
    this.#letIn()
  }

  #letIn(): void {
    for (let [next] = this.#line; next !== undefined && this.#hasRoom(next.weight); [next] = this.#line) {
      this.#line.shift()
      this.#take(next.weight)
      next.enter()
    }
  }
}

/** Fails with the signal's reason when it fires; never, once nobody waits any more. */
async function aborted(signal: AbortSignal, settled: AbortSignal): Promise<never> {
  await once(signal, 'abort', { signal: settled }).catch(() => new Promise<never>(() => undefined))
  throw signal.reason
}
