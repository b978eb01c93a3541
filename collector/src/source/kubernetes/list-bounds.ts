import { HOUR, MINUTE, type EpochMicros } from '../../clock.ts'

/** How much a list may be. Ten million events are more than etcd holds. */
export interface ListBounds {
  readonly pages: number
  /** Of all answers together, about: characters. */
  readonly bytes: number
  /** Since the first page was asked for. */
  readonly micros: EpochMicros
}

export const LIST_BOUNDS: ListBounds = { pages: 20_000, bytes: 4 * 1_073_741_824, micros: HOUR }

/** A page with less than this share of the items asked for, that is not the last, brings little. */
const LITTLE = 0.1

/** Pauses after pages that bring little: they grow to this. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000

/** What has been read of a list, and whether it is enough. A server that always has another page is neither asked for ever nor at full speed. */
export class ListProgress {
  readonly #bounds: ListBounds
  #pages = 0
  #bytes = 0
  #lean = 0

  constructor(bounds: ListBounds) {
    this.#bounds = bounds
  }

  /** How long to wait before the next page. */
  get pauseMs(): number {
    return this.#lean === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.#lean - 1))
  }

  took(bytes: number, items: number, askedFor: number): void {
    this.#pages += 1
    this.#bytes += bytes
    this.#lean = items < askedFor * LITTLE ? this.#lean + 1 : 0
  }

  /** In words, once the list has reached a bound; null before. */
  tooMuch(passed: EpochMicros): string | null {
    const { pages, bytes, micros } = this.#bounds
    if (this.#pages < pages && this.#bytes < bytes && passed < micros) return null
    const size = `${this.#pages} pages, ${Math.round(this.#bytes / 1_048_576)} MiB, ${Math.round(passed / MINUTE)} min`
    return `the API server's list did not end (${size}): what was read of it is kept, and the watch goes on from there`
  }
}
