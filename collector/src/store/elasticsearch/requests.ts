import { setImmediate } from 'node:timers/promises'

/** One document on its way. */
export interface BulkOperation {
  /** Distinguishes the operations of one call. */
  readonly id: string
  /** Where it goes: what is made when it is missing. */
  readonly index: string
  /** Makes the action's line and the document's: only when it is its turn, so that the server works meanwhile. */
  readonly lines: () => string
}

/** An operation whose turn it is. */
export interface Ready {
  readonly operation: BulkOperation
  readonly lines: string
}

export interface BulkLimits {
  /** Bytes of one request at most, as sent before compression; one larger document goes alone. */
  readonly maxBytes: number
  readonly maxDocuments: number
  /** Requests on their way at once. */
  readonly inFlight: number
}

/** Documents made before others of this process get their turn: a few ms. */
const MADE_AT_ONCE = 1_000

/** Cuts operations into the requests of one round. Each is made when it is asked for, while earlier ones are on their way. */
export class Requests {
  readonly #operations: Iterator<BulkOperation, undefined>
  readonly #limits: () => Pick<BulkLimits, 'maxBytes' | 'maxDocuments'>
  /** It did not fit into the last request. */
  #left: Ready | null = null
  #making: Promise<unknown> = Promise.resolve()

  /** @param limits asked for each request: they may change meanwhile. */
  constructor(operations: readonly BulkOperation[], limits: () => Pick<BulkLimits, 'maxBytes' | 'maxDocuments'>) {
    this.#operations = operations.values()
    this.#limits = limits
  }

  /** The next request; empty when there is none. Two that are asked for at once are made one after the other. */
  next(): Promise<readonly Ready[]> {
    const mine = this.#making.then(() => this.#make())
    this.#making = mine
    return mine
  }

  async #make(): Promise<readonly Ready[]> {
    const { maxBytes, maxDocuments } = this.#limits()
    const request: Ready[] = []
    for (let bytes = 0; request.length < maxDocuments;) {
      const ready = this.#left ?? this.#made()
      this.#left = null
      if (ready === null) break
      bytes += ready.lines.length
      if (request.length > 0 && bytes > maxBytes) {
        this.#left = ready
        break
      }
      request.push(ready)
      if (request.length % MADE_AT_ONCE === 0) await setImmediate()
    }
    return request
  }

  #made(): Ready | null {
    const { value: operation } = this.#operations.next()
    return operation === undefined ? null : { operation, lines: operation.lines() }
  }
}
