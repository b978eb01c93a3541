import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import type { Response } from 'express'

/** Characters of one piece: what is on its way to a client that does not read. */
export const PIECE_CHARACTERS = 64 * 1024

/** A client may let us wait this long at once: its answer takes room that others need. */
const STALL_MS = 10_000
/** Slowest reading on average, once it has let us wait as long: 64 kB/s. */
const CHARACTERS_PER_MS = 64

/** The client reads too slowly. Nobody is told: the connection is cut. */
export class StalledError extends Error {
  override readonly name = 'StalledError'
  readonly code = 'STALLED'
}

/** Sends text no faster than the client reads, and cuts off a client that hardly reads at all. */
export class Sending {
  readonly #response: Response
  readonly #signal: AbortSignal
  #waitedMs = 0
  #sent = 0

  constructor(response: Response, signal: AbortSignal) {
    this.#response = response
    this.#signal = signal
  }

  /**
   * Others have their turn between two pieces.
   *
   * @throws StalledError the client stopped reading; or the signal's reason when it left.
   */
  async piece(text: string): Promise<void> {
    this.#signal.throwIfAborted()
    this.#sent += text.length
    if (this.#response.write(text)) await setImmediate()
    else await this.#within((signal) => once(this.#response, 'drain', { signal }))
  }

  /** The last piece. Waits until all has left. @throws as {@link piece}. */
  async end(text: string): Promise<void> {
    this.#sent += text.length
    this.#response.end(text)
    await this.#within((signal) => finished(this.#response, { signal, cleanup: true }))
  }

  async #within(wait: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const late = new AbortController()
    const begun = performance.now()
    const patience = Math.min(STALL_MS, STALL_MS + this.#sent / CHARACTERS_PER_MS - this.#waitedMs)
    const timer = setTimeout(() => late.abort(), Math.max(0, patience))
    try {
      await wait(AbortSignal.any([this.#signal, late.signal]))
    } catch (error) {
      if (!late.signal.aborted) throw error
      this.#response.destroy()
      throw new StalledError('The client reads too slowly.')
    } finally {
      clearTimeout(timer)
      this.#waitedMs += performance.now() - begun
    }
  }
}

/** Sends an answer; one of a single piece with its length. @throws as {@link Sending}. */
export async function sendPieces(
  response: Response,
  pieces: Iterable<string> | AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const sending = new Sending(response, signal)
  let only: string | null = null
  let sent = 0
  for await (const piece of pieces) {
    if (only !== null) await sending.piece(only)
    only = (sent += 1) === 1 ? piece : null
    if (only === null) await sending.piece(piece)
  }
  await sending.end(only ?? '')
}

/** JSON of an object or a list in pieces: long lists are written an element at a time. */
export function* jsonPieces(body: object): Generator<string> {
  let piece = ''
  for (const text of Array.isArray(body) ? elements(body) : members(body)) {
    piece += text
    if (piece.length < PIECE_CHARACTERS) continue
    yield piece
    piece = ''
  }
  yield piece
}

function* members(body: object): Generator<string> {
  let before = '{'
  for (const [name, value] of Object.entries(body) as [string, unknown][]) {
    if (value === undefined) continue
    yield `${before}${JSON.stringify(name)}:`
    if (Array.isArray(value)) yield* elements(value)
    else yield JSON.stringify(value)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

function* elements(list: readonly unknown[]): Generator<string> {
  let before = '['
  for (const element of list) {
    yield `${before}${JSON.stringify(element) ?? 'null'}`
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}
