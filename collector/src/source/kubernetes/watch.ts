import { MILLISECOND, SECOND, type Clock, type EpochMicros } from '../../clock.ts'
import type { Place } from '../../event/raw-event.ts'
import { askedOf, open, type Delay, type StreamAddress } from './ask.ts'
import type { AnswerBody } from './cluster.ts'
import type { ReadSoFar, StepEnd } from './course.ts'
import { failed, failureOfStatus, networkWords, type Failure } from './failure.ts'
import { LineSplitter } from './lines.ts'
import { readLine, type ErrorStatus, type NoticeReader, type Refused } from './watch-notice.ts'
import { compareResourceVersions } from './resource-version.ts'

/** Longer than any event can be: etcd refuses objects of more than 1.5 MB, which JSON may at worst write six times as long. */
export const MAX_LINE_BYTES = 12 * 1_048_576

/**
 * Silence after which a watch is given up: longer than the longest `timeoutSeconds`, so that it only ever strikes a
 * connection whose other side is gone without a word.
 */
export const IDLE_MS = 320_000

/** History comes at once when a watch is opened. After this much silence there is none left. */
const CATCH_UP_QUIET_MS = 3_000

/** A catch-up on a stream that is never quiet ends here; the list does the rest. */
const CATCH_UP_SECONDS = 120

/** A server that closes a watch this much before its time does so for a reason of its own. */
const EARLY = 5 * SECOND

/** A watch that lasted this long worked, even if nothing happened. */
const USEFUL = 30 * SECOND

/** What one read of the socket brought. */
export interface WatchBatch<Notice> {
  readonly notices: readonly (Notice | Refused)[]
  readonly received: EpochMicros
  /** resourceVersion of the last line, null when none has one. */
  readonly position: string | null
}

export interface WatchOptions<Notice> {
  readonly address: StreamAddress
  readonly reader: NoticeReader<Notice>
  readonly place: Place
  readonly resourceVersion: string
  readonly timeoutSeconds: number
  /** End when a version newer than this was read, or when the stream is quiet; null: never. */
  readonly catchUpWith: string | null
  readonly clock: Clock
  readonly delay: Delay
  readonly canRead: () => Promise<void>
  readonly onOpen: () => void
}

/** `timeoutSeconds` for a catch-up. */
export const CATCH_UP_TIMEOUT_SECONDS = CATCH_UP_SECONDS

/**
 * Reads one watch to its end. Yields what each read of the socket brought, and returns how it ended; nothing is read while
 * the consumer is busy or `canRead` is pending, so that back-pressure reaches the server.
 */
export async function* readWatch<Notice>(
  options: WatchOptions<Notice>,
  signal: AbortSignal,
): AsyncGenerator<WatchBatch<Notice>, StepEnd> {
  const { address, resourceVersion, timeoutSeconds, clock } = options
  const body = await open(address, { resourceVersion, timeoutSeconds }, clock, signal)
  if ('kind' in body) return { kind: 'failed', failure: body }
  options.onOpen()
  const reading = new Reading(options)
  try {
    const end = yield* chunks(body, reading, options)
    return end
  } finally {
    body.destroy()
  }
}

async function* chunks<Notice>(
  body: AnswerBody,
  reading: Reading<Notice>,
  options: WatchOptions<Notice>,
): AsyncGenerator<WatchBatch<Notice>, StepEnd> {
  const iterator = body[Symbol.asyncIterator]()
  for (;;) {
    await options.canRead()
    const chunk = await nextChunk(iterator, options)
    if (chunk === 'silence') return reading.silent()
    if (chunk === 'end') return reading.closed()
    if (!(chunk instanceof Uint8Array)) return reading.broken(failed(chunk.detail))
    const batch = reading.take(chunk)
    if (batch.notices.length > 0) yield batch
    if (reading.error !== null) return reading.broken(reading.error)
    if (reading.hasCaughtUp) return { kind: 'caught up', read: reading.soFar(options.clock()) }
  }
}

type Chunk = Uint8Array | 'end' | 'silence' | { readonly detail: string }

async function nextChunk(iterator: AsyncIterator<Uint8Array>, options: WatchOptions<unknown>): Promise<Chunk> {
  const timer = new AbortController()
  const silence = options.delay(options.catchUpWith === null ? IDLE_MS : CATCH_UP_QUIET_MS, timer.signal).then(
    () => 'silence' as const,
    () => 'end' as const, // The timer was stopped: the other side of the race has won.
  )
  const chunk = iterator.next().then(
    ({ done, value }): Chunk => (done === true ? 'end' : value),
    (error: unknown) => ({ detail: `${options.address.cluster.server}: the watch broke off: ${networkWords(error)}` }),
  )
  const first = await Promise.race([chunk, silence])
  timer.abort()
  return first
}

/** What has been read of one watch, and what its end means. */
class Reading<Notice> {
  readonly #options: WatchOptions<Notice>
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES)
  readonly #opened: EpochMicros
  #position: string | null = null
  #lastByte: EpochMicros
  #isDoubtful = false
  error: Failure | null = null

  constructor(options: WatchOptions<Notice>) {
    this.#options = options
    this.#opened = options.clock()
    this.#lastByte = this.#opened
  }

  take(chunk: Uint8Array): WatchBatch<Notice> {
    const received = this.#options.clock()
    this.#lastByte = received
    const notices: (Notice | Refused)[] = []
    let position: string | null = null
    for (const line of this.#splitter.push(chunk)) {
      const { notice, resourceVersion, status, isDoubtful } = readLine(line, this.#options.place, this.#options.reader)
      notices.push(notice)
      position = resourceVersion ?? position
      this.#isDoubtful ||= isDoubtful === true
      if (status !== undefined) {
        this.error = this.#failureOf(status)
        break
      }
    }
    this.#position = position ?? this.#position
    return { notices, received, position }
  }

  get hasCaughtUp(): boolean {
    const { catchUpWith } = this.#options
    return catchUpWith !== null && this.#position !== null && compareResourceVersions(this.#position, catchUpWith) > 0
  }

  silent(): StepEnd {
    const read = this.soFar(this.#lastByte)
    if (this.#options.catchUpWith !== null) return { kind: 'caught up', read }
    const seconds = IDLE_MS / 1_000
    return { kind: 'failed', failure: failed(`the watch was silent for ${seconds} s: the connection is dead`), read }
  }

  /** The body ended properly. An unfinished line does not matter: the position is before it. */
  closed(): StepEnd {
    const now = this.#options.clock()
    if (this.#options.catchUpWith !== null) return { kind: 'caught up', read: this.soFar(now) }
    const isOnTime = now - this.#opened >= this.#options.timeoutSeconds * SECOND - EARLY
    if (isOnTime) return { kind: 'closed', read: this.soFar(now) }
    const seconds = Math.round((now - this.#opened) / SECOND)
    return this.broken(failed(`the API server closed the watch after ${seconds} s: is it being restarted?`))
  }

  broken(failure: Failure): StepEnd {
    return { kind: 'failed', failure, read: this.soFar(this.#options.clock()) }
  }

  soFar(aliveTime: EpochMicros): ReadSoFar {
    return {
      position: this.#position,
      positionTime: this.#position === null ? null : this.#lastByte,
      aliveTime,
      isDoubtful: this.#isDoubtful,
      wasUseful: this.#position !== null || aliveTime - this.#opened >= USEFUL,
    }
  }

  #failureOf({ code, message, retryAfterSeconds }: ErrorStatus): Failure {
    const asked = askedOf(this.#options.address, 'watch')
    const retryAfter = retryAfterSeconds === null ? null : String(retryAfterSeconds)
    return failureOfStatus(asked, code, message, retryAfter, this.#options.clock() / MILLISECOND)
  }
}
