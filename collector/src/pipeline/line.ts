import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { BufferWriteError, type Commit, type DurableBuffer, type OutcomeCounts } from '../buffer/buffer.ts'
import { retryDelayMs } from '../buffer/retry.ts'
import type { Delivery, DeliveryBatch } from '../event/delivery.ts'
import type { Observation } from '../event/observation.ts'
import type { Passage } from '../event/recorder.ts'
import { Gate } from '../gate/gate.ts'
import { StoreUnavailableError, type EventStore, type RetentionPolicy } from '../store/store.ts'
import { mustDrop, mustWait, type WhenFull } from './drop-policy.ts'
import { Pipeline, type Stages } from './pipeline.ts'
import { rebuild } from './rebuild.ts'
import { reconcile } from './reconcile.ts'
import { expiredBy } from './retention.ts'
import { Sender } from './sender.ts'

/** Open rows become durable this soon, so that a quiet cluster is visible within a second. */
const COMMIT_EVERY_MS = 200

/** At a stop a disk that is full gets this long to take what was accepted. */
const LAST_COMMIT_MS = 2_000

/** At a stop the store gets this long to take what is pending; the rest waits in the buffer. */
const LAST_SEND_MS = 5_000

/** How often a settling line looks whether the store has everything. */
const SETTLE_EVERY_MS = 20

export interface LineOptions {
  readonly clock: Clock
  /** By which events are too old to be stored: a clock that is not ahead. */
  readonly retentionClock: Clock
  readonly random: () => number
  readonly whenFull: WhenFull
  readonly retention: RetentionPolicy
  readonly onRefused: (cause: string, detail: string, delivery: Delivery) => void
  /** Null when the disk, or the store, works again. */
  readonly onBufferState: (error: Error | null) => void
  readonly onStoreState: (error: Error | null) => void
  /** Where given, a store that does not answer yet is waited for until this aborts; else it is an error. */
  readonly waitForStore?: AbortSignal
  /** Told of rows that the store has. */
  readonly onStored?: (rows: readonly { readonly observation: Observation }[]) => void
}

/** The line from deliveries to the store, running. */
export interface Line {
  /** Answers what ended before the buffer; the rest of what was received is on its way. */
  accept(batch: DeliveryBatch, signal: AbortSignal): Promise<OutcomeCounts>
  replaceRules(rules: Stages['rules']): void
  /** Time passed in a cluster, with or without events. */
  advance(passage: Passage): Promise<void>
  /**
   * Commits and sends all that was accepted; false when `signal` aborted before the store had it.
   *
   * @throws what {@link Line.broken} rejects with.
   */
  settle(signal: AbortSignal): Promise<boolean>
  /** Stops sending. What is in the buffer stays there. */
  stop(): Promise<void>
  /** Rejects when the store fails in a way that only opening it again can mend; what is accepted waits in the buffer. */
  readonly broken: Promise<never>
  /** Whether what was acknowledged earlier is not in the store any more. */
  readonly storeLost: boolean
}

/** Reconciles buffer and store, gives the stages their memory back, and starts committing and sending. */
export async function openLine(
  buffer: DurableBuffer,
  store: EventStore,
  stages: Omit<Stages, 'gate'>,
  options: LineOptions,
): Promise<Line> {
  const stopping = new AbortController()
  const room = new Room(buffer, options.whenFull)
  const storeLost = await whenStoreAnswers(() => reconcile(buffer, store, options.clock(), stopping.signal), options)
  await rebuild(store, buffer, stages, options.clock(), stopping.signal)
  stages.alerts?.resume(buffer.alerts.rows(), stages.problems.all())
  const pipeline = new Pipeline(
    { ...stages, gate: new Gate(buffer, store) },
    {
      commit: (commit, signal) => commitDurably(buffer, commit, options, whicheverFirst(stopping.signal, signal)),
      room: (signal) => room.wait(signal),
      mustDrop: (severity) => mustDrop(options.whenFull, buffer.fullness, severity),
      expiredBy: expiredBy(options.retention, options.retentionClock),
      onRefused: options.onRefused,
    },
  )
  const sender = createSender(buffer, store, options, () => room.open())
  const sending = sender.run(stopping.signal)
  let isBroken = false
  const broken = new Promise<never>((_, reject) => {
    sending.catch((cause: unknown) => {
      isBroken = true
      reject(cause instanceof Error ? cause : new Error(String(cause)))
    })
  })
  broken.catch(() => undefined) // whoever runs the line hears of it; a stop does not
  const committing = commitRegularly(pipeline)

  return {
    broken,
    storeLost,
    accept: (batch, signal) => pipeline.accept(batch, signal),
    replaceRules: (rules) => pipeline.replaceRules(rules),
    advance: (passage) => pipeline.advance(passage),
    async settle(signal) {
      await pipeline.flush({ withRecords: true, signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
      while (!buffer.isEmpty && !signal.aborted) {
        await Promise.race([broken, delay(SETTLE_EVERY_MS, undefined, { signal }).catch(() => undefined)])
      }
      return buffer.isEmpty
    },
    async stop() {
      clearInterval(committing)
      const givingUp = setTimeout(() => stopping.abort(), LAST_COMMIT_MS)
      // What a full disk does not take has moved no position, so it is read again; `onBufferState` has told of it.
      await pipeline.flush({ withRecords: true }).catch(() => undefined)
      clearTimeout(givingUp)
      stopping.abort()
      await sending.catch(() => undefined)
      if (!isBroken) await sender.drain(AbortSignal.timeout(LAST_SEND_MS))
    },
  }
}

/** Tries again what needs the store, while trying can help. */
async function whenStoreAnswers<Answer>(ask: () => Promise<Answer>, options: LineOptions): Promise<Answer> {
  const { waitForStore, onStoreState, random } = options
  for (let attempt = 0; ; attempt += 1) {
    try {
      const answer = await ask()
      if (attempt > 0) onStoreState(null)
      return answer
    } catch (error) {
      if (waitForStore === undefined || !isPassing(error)) throw error
      onStoreState(error)
      await delay(retryDelayMs(attempt, random()), undefined, { signal: waitForStore })
    }
  }
}

/** A store that says no, for want of a privilege say, has to be told otherwise by somebody. */
function isPassing(error: unknown): error is StoreUnavailableError {
  if (!(error instanceof StoreUnavailableError)) return false
  const { cause } = error
  return !(cause instanceof Error && 'retryable' in cause && cause.retryable === false)
}

function createSender(buffer: DurableBuffer, store: EventStore, options: LineOptions, onRoom: () => void): Sender {
  return new Sender(buffer, store, {
    delay: (ms, signal) => delay(ms, undefined, { signal }),
    random: options.random,
    onState: options.onStoreState,
    onRoom,
    ...(options.onStored === undefined ? {} : { onStored: options.onStored }),
  })
}

/** Tried once each time: whoever waits for a full disk here would hold up sources that are to stop. */
function commitRegularly(pipeline: Pipeline): NodeJS.Timeout {
  const once = AbortSignal.abort()
  const flush = () => void pipeline.flush({ withRecords: false, signal: once }).catch(() => undefined)
  return setInterval(flush, COMMIT_EVERY_MS)
}

function whicheverFirst(stopping: AbortSignal, signal?: AbortSignal): AbortSignal {
  return signal === undefined ? stopping : AbortSignal.any([stopping, signal])
}

/** Tries a commit until the disk takes it or the line stops: nothing accepted may be lost to a full disk. */
async function commitDurably(
  buffer: DurableBuffer,
  commit: Commit,
  { onBufferState, random }: LineOptions,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      buffer.commit(commit)
      onBufferState(null)
      void buffer.sync().catch(() => undefined) // the sender asks again, and tells
      return
    } catch (error) {
      if (error instanceof BufferWriteError) onBufferState(error)
      if (!(error instanceof BufferWriteError) || signal.aborted) throw error
      await delay(retryDelayMs(attempt, random()), undefined, { signal })
    }
  }
}

/** Lets readers wait while the buffer is full and the policy is to stop reading. */
class Room {
  readonly #buffer: DurableBuffer
  readonly #policy: WhenFull
  #waiting: (() => void)[] = []

  constructor(buffer: DurableBuffer, policy: WhenFull) {
    this.#buffer = buffer
    this.#policy = policy
  }

  async wait(signal: AbortSignal): Promise<void> {
    while (mustWait(this.#policy, this.#buffer.fullness)) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
  }

  open(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
