import type { Clock, EpochMicros } from '../../clock.ts'
import type { DeliveryBatch, StreamKey } from '../../event/delivery.ts'
import type { Place } from '../../event/raw-event.ts'
import { failureOf, inTime, type Delay, type StreamAddress } from './ask.ts'
import { advance, cutBefore, START, type Course, type Step, type StepEnd } from './course.ts'
import { deliverList, deliverUnfinished } from './deliver-list.ts'
import type { ListBounds } from './list-bounds.ts'
import { PagedList, probe } from './list.ts'
import type { NoticeReader, Refused } from './watch-notice.ts'
import { RequestBudget } from './request-budget.ts'
import { CATCH_UP_TIMEOUT_SECONDS, readWatch, type WatchBatch } from './watch.ts'

/** A batch whose objects are as their reader reads them. */
export interface StreamBatch<Notice> extends Omit<DeliveryBatch, 'deliveries'> {
  readonly deliveries: readonly (Notice | Refused)[]
  /** Whether it is of a list that was read to its end, and then its last. */
  readonly list: 'part' | 'end' | null
}

/** What a stream is doing, for readiness, metrics and people. */
export interface StreamState {
  /** `cluster/path?selector`. */
  readonly stream: string
  readonly phase: Step | 'pause' | 'stopped'
  /** The first list is through and the newest request worked. */
  readonly isCurrent: boolean
  /** When bytes last came from the server, µs; null before the first. */
  readonly lastActivity: EpochMicros | null
  /** Everything up to here was handed over. */
  readonly resourceVersion: string | null
  /** Why the last request failed and what to do, in words; null when it did not. */
  readonly lastError: string | null
  /** It failed because something is not allowed, or does not exist: somebody has to grant it. */
  readonly isForbidden: boolean
  /** Items of the list under way that have been read. */
  readonly listedItems: number
  /** Lists since the start that did not end, and were cut off. */
  readonly listsCutOff: number
  /** Requests since the start. */
  readonly requests: number
  /** Failed requests and broken streams since the start. */
  readonly failures: number
  /** Watches that ended without a line, bookmarks included, since the start: something on the way may hold them back. */
  readonly emptyWatches: number
}

export interface StreamOptions<Notice> {
  readonly address: StreamAddress
  readonly reader: NoticeReader<Notice>
  readonly resumeFrom: (stream: StreamKey) => string | null
  readonly spoolDirectory: string
  readonly clock: Clock
  readonly random: () => number
  readonly delay: Delay
  readonly onState: (state: StreamState) => void
  readonly canRead: () => Promise<void>
  readonly listBounds?: ListBounds
}

const MIN_WATCH_SECONDS = 240
const MAX_WATCH_SECONDS = 290

/**
 * One stream, for ever: lists, watches, and begins again after whatever happens, until `signal` aborts. All judgement is in
 * `course.ts`; here are the requests and the waiting.
 */
export async function* followStream<Notice>(
  options: StreamOptions<Notice>,
  signal: AbortSignal,
): AsyncGenerator<StreamBatch<Notice>> {
  const stream = new Stream(options, signal)
  try {
    while (!signal.aborted) yield* stream.step()
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    stream.stop()
  }
}

class Stream<Notice> {
  readonly #options: StreamOptions<Notice>
  readonly #signal: AbortSignal
  readonly #budget: RequestBudget
  readonly #place: Place
  #course: Course = START
  #list: PagedList | null = null
  #state: StreamState

  constructor(options: StreamOptions<Notice>, signal: AbortSignal) {
    const { cluster, path, selector } = options.address
    this.#options = options
    this.#signal = signal
    this.#budget = new RequestBudget(options.clock)
    this.#place = { stream: `${cluster.name}${path}${selector === '' ? '' : `?${selector}`}` }
    this.#state = {
      stream: this.#place.stream,
      phase: 'identify',
      isCurrent: false,
      lastActivity: null,
      resourceVersion: null,
      lastError: null,
      isForbidden: false,
      listedItems: 0,
      listsCutOff: 0,
      requests: 0,
      failures: 0,
      emptyWatches: 0,
    }
  }

  async *step(): AsyncGenerator<StreamBatch<Notice>> {
    await this.#pause(this.#budget.waitMs())
    this.#tell({ phase: this.#course.step })
    const end = yield* this.#run(this.#course.step)
    if (this.#signal.aborted) return
    const { clock, random, address } = this.#options
    const turn = advance(this.#course, end, clock(), random())
    this.#course = turn.course
    this.#tellEnd(end)
    const isGone = end.kind === 'failed' && end.failure.kind === 'gone'
    if (isGone || turn.course.step !== 'list') yield* this.#giveUpList()
    if (turn.renewCredentials)
      await address.cluster.renewCredentials().catch((error: unknown) => this.#tellError(error))
    await this.#pause(turn.pauseMs)
  }

  stop(): void {
    this.#dropList()
    this.#tell({ phase: 'stopped', isCurrent: false })
  }

  /** Whatever a step throws ends it as failed, and the message is told. The stream goes on. */
  async *#run(step: Step): AsyncGenerator<StreamBatch<Notice>, StepEnd> {
    const { address, clock } = this.#options
    this.#budget.spend()
    this.#tell({ requests: this.#state.requests + 1 })
    try {
      switch (step) {
        case 'identify':
          return await this.#identify()
        case 'probe':
          return await probe(address, clock, this.#options.delay, this.#signal)
        case 'list':
          return yield* this.#listAll()
        case 'catch up':
        case 'watch':
          return yield* this.#watch(step)
      }
    } catch (error) {
      if (step === 'list') this.#dropList()
      return { kind: 'failed', failure: failureOf(error, address.cluster.server, clock) }
    }
  }

  async #identify(): Promise<StepEnd> {
    const { address, delay, resumeFrom } = this.#options
    // Objects have no position that another cluster could take for its own.
    if (address.resource !== undefined) return { kind: 'identified', clusterUid: null, storedPosition: null }
    const clusterUid = await inTime(this.#signal, delay, (signal) => address.cluster.clusterUid(signal))
    this.#tell({ lastActivity: this.#options.clock() })
    return { kind: 'identified', clusterUid, storedPosition: resumeFrom(this.#key(clusterUid)) }
  }

  async *#listAll(): AsyncGenerator<StreamBatch<Notice>, StepEnd> {
    const { address, reader, spoolDirectory, clock, delay, listBounds } = this.#options
    this.#list ??= new PagedList(address, reader, spoolDirectory, clock, delay, listBounds)
    const list = this.#list
    const end = await list.fetch(this.#signal, () => this.#tell({ lastActivity: clock(), listedItems: list.size }))
    if (end.kind !== 'listed') return end
    const { resourceVersion, cutOff = null } = end
    const cut =
      cutOff === null ? cutBefore(this.#course, resourceVersion) : { from: null, position: null, cause: cutOff }
    if (cutOff !== null) this.#tell({ listsCutOff: this.#state.listsCutOff + 1 })
    for (const batch of deliverList(list, reader, this.#place, cut, clock)) {
      await this.#canRead()
      const of = batch.isLast ? 'end' : 'part'
      yield { ...this.#batch(batch, batch.isLast ? resourceVersion : null, batch.gap), list: of }
    }
    this.#dropList()
    return end
  }

  async *#watch(step: 'catch up' | 'watch'): AsyncGenerator<StreamBatch<Notice>, StepEnd> {
    const { address, reader, clock, delay, random } = this.#options
    const position = this.#course.position
    if (position === null) throw new Error('a watch needs a position')
    const isCatchUp = step === 'catch up'
    const seconds = MIN_WATCH_SECONDS + Math.floor(random() * (MAX_WATCH_SECONDS - MIN_WATCH_SECONDS + 1))
    const reading = readWatch(
      {
        address,
        reader,
        place: this.#place,
        resourceVersion: position,
        timeoutSeconds: isCatchUp ? CATCH_UP_TIMEOUT_SECONDS : seconds,
        catchUpWith: isCatchUp ? this.#course.serverVersion : null,
        clock,
        delay,
        canRead: () => this.#canRead(),
        onOpen: () => this.#tell({ lastError: null, isForbidden: false, lastActivity: clock(), isCurrent: !isCatchUp }),
      },
      this.#signal,
    )
    for (;;) {
      const next = await reading.next()
      if (next.done === true) return next.value
      yield this.#batch(next.value, next.value.position)
    }
  }

  #batch(
    { notices, received }: WatchBatch<Notice>,
    position: string | null,
    gap?: DeliveryBatch['gap'] | null,
  ): StreamBatch<Notice> {
    const { cluster } = this.#options.address
    const clusterUid = this.#course.clusterUid ?? null
    this.#tell({ lastActivity: received, ...(position !== null && { resourceVersion: position }) })
    return {
      origin: { cluster: cluster.name, clusterUid, source: 'live' },
      received,
      deliveries: notices,
      list: null,
      position: position === null ? null : { stream: this.#key(clusterUid), resourceVersion: position },
      ...(gap !== undefined && gap !== null && { gap }),
    }
  }

  /** Where the uid may not be read the configured name has to stand for it. */
  #key(clusterUid: string | null): StreamKey {
    const { cluster, path, selector } = this.#options.address
    return { clusterUid: clusterUid ?? `name:${cluster.name}`, path, selector }
  }

  /** Rejects when the stream is to end, whatever the one who makes room does. */
  async #canRead(): Promise<void> {
    const { promise, reject } = Promise.withResolvers<never>()
    const abort = () => reject(new Error('stopped'))
    this.#signal.addEventListener('abort', abort, { once: true })
    try {
      await Promise.race([this.#options.canRead(), promise])
    } finally {
      this.#signal.removeEventListener('abort', abort)
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms <= 0) return
    this.#tell({ phase: 'pause' })
    await this.#options.delay(ms, this.#signal)
  }

  /** What was read of a list that begins anew is all that may ever come of it. */
  async *#giveUpList(): AsyncGenerator<StreamBatch<Notice>> {
    if (this.#list === null) return
    const { reader, clock } = this.#options
    try {
      for (const batch of deliverUnfinished(this.#list, reader, this.#place, clock)) {
        await this.#canRead()
        yield this.#batch(batch, null)
      }
    } finally {
      this.#dropList()
    }
  }

  #dropList(): void {
    this.#list?.close()
    this.#list = null
    if (this.#state.listedItems !== 0) this.#tell({ listedItems: 0 })
  }

  #tellEnd(end: StepEnd): void {
    if (wasEmpty(end)) this.#tell({ emptyWatches: this.#state.emptyWatches + 1 })
    if (end.kind !== 'failed') return this.#tell({ lastError: null, isForbidden: false })
    const { detail, kind } = end.failure
    this.#tell({
      isCurrent: false,
      lastError: detail,
      isForbidden: kind === 'forbidden',
      failures: this.#state.failures + 1,
    })
  }

  #tellError(error: unknown): void {
    this.#tell({ lastError: error instanceof Error ? error.message : String(error) })
  }

  #tell(change: Partial<StreamState>): void {
    this.#state = { ...this.#state, ...change }
    this.#options.onState(this.#state)
  }
}

/** Whether a watch went on for as long as it should, or for long, and brought no line: servers send bookmarks every minute. */
function wasEmpty(end: StepEnd): boolean {
  if (end.kind !== 'closed' && end.kind !== 'failed') return false
  return end.read?.position === null && (end.kind === 'closed' || end.read.wasUseful)
}
