import { StoreUnavailableError } from '../store.ts'
import type { Connection, ElasticsearchAnswer } from './connection.ts'
import { ElasticsearchRefusedError } from './failure.ts'
import { Requests, type BulkLimits, type BulkOperation, type Ready } from './requests.ts'
import { triage, type BulkItem, type Verdict } from './triage.ts'

export type { BulkLimits, BulkOperation } from './requests.ts'

/** How an operation ended. */
export type BulkOutcome = Extract<Verdict, { kind: 'created' | 'exists' | 'refused' }>

export interface BulkTools {
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  readonly random: () => number
  /** Told of the indices that an answer was about, or might have been: searches may not see what went there. */
  readonly onWritten: (names: ReadonlySet<string>) => void
  /** Makes the indices that turned out to be missing. */
  readonly makeIndices: (names: ReadonlySet<string>, signal: AbortSignal) => Promise<void>
  /** Told when the server, or a proxy before it, let a request of so many characters not pass: it is sent in parts. */
  readonly onSplit?: (characters: number) => void
}

/** Under pressure a request shrinks to this at least. */
const LEAST_BYTES = 64 * 1024
/** After an answer without pressure the next request may be this much larger. */
const GROWTH = 1.25

/** Rounds without a single item taken after which the caller is told: it has its own, longer pauses. */
const IDLE_ROUNDS = 4
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** A request that is larger than the server, or a proxy, lets pass. */
const TOO_LARGE = 413
const TOO_MANY = 429
/** Elasticsearch's word for a request that no server state will ever make right: an id that is too long, for example. */
const INVALID = 'action_request_validation_exception'

/**
 * Sends operations in requests of bounded size until each has an outcome. What the server does not take now is sent again,
 * with less at once while it complains, after pauses of random length.
 */
export class BulkSender {
  readonly #connection: Connection
  readonly #limits: BulkLimits
  readonly #tools: BulkTools
  /** What the server was seen to let pass at most. */
  #mostBytes: number
  #bytes: number
  #inFlight: number
  /** Nothing was taken last time: one small request finds out whether that has changed. */
  #isRefused = false

  constructor(connection: Connection, limits: BulkLimits, tools: BulkTools) {
    this.#connection = connection
    this.#limits = limits
    this.#tools = tools
    this.#mostBytes = limits.maxBytes
    this.#bytes = limits.maxBytes
    this.#inFlight = limits.inFlight
  }

  /**
   * @param outcomes receives each outcome as soon as it is known, so that a call that throws leaves what it reached.
   *   Operations that have one are not sent.
   * @throws StoreUnavailableError the rest is not taken at the moment.
   */
  async send(
    operations: readonly BulkOperation[],
    outcomes: Map<string, BulkOutcome>,
    signal: AbortSignal,
  ): Promise<void> {
    let waiting = operations.filter(({ id }) => !outcomes.has(id))
    for (let idle = 0; waiting.length > 0;) {
      const before = waiting.length
      const round = new Round()
      await this.#sendRound(waiting, outcomes, round, signal)
      if (round.failure !== null) {
        this.#isRefused = true
        throw round.failure
      }
      if (round.missing.size > 0) await this.#tools.makeIndices(round.missing, signal)
      waiting = waiting.filter(({ id }) => !outcomes.has(id))
      this.#isRefused = waiting.length === before && !round.isLearning && round.missing.size === 0
      if (waiting.length === 0) return
      idle = waiting.length < before ? 0 : idle + 1
      if (idle >= IDLE_ROUNDS)
        throw new StoreUnavailableError(`writing to Elasticsearch: ${round.detail}`, { cause: round.detail })
      await this.#tools.delay(pauseMs(idle, this.#tools.random()), signal)
    }
  }

  /** Each operation once, several requests at a time. */
  async #sendRound(
    operations: readonly BulkOperation[],
    outcomes: Map<string, BulkOutcome>,
    round: Round,
    signal: AbortSignal,
  ): Promise<void> {
    const isProbe = this.#isRefused
    const requests = new Requests(operations, () => ({
      ...this.#limits,
      maxBytes: isProbe ? LEAST_BYTES : this.#bytes,
    }))
    const work = async () => {
      for (let part = await requests.next(); part.length > 0 && round.failure === null; part = await requests.next()) {
        try {
          await this.#sendPart(part, outcomes, round, signal)
        } catch (error) {
          round.failure ??= error instanceof Error ? error : new Error(String(error))
        }
        if (isProbe) return
        if (this.#inFlight < round.workers) return void round.workers--
      }
    }
    round.workers = isProbe ? 1 : this.#inFlight
    await Promise.all(Array.from({ length: round.workers }, work))
  }

  /** One document can make the server refuse a whole request: it is found by halving. */
  async #sendPart(
    part: readonly Ready[],
    outcomes: Map<string, BulkOutcome>,
    round: Round,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      await this.#sendOne(part, outcomes, round, signal)
    } catch (error) {
      if (!(error instanceof ElasticsearchRefusedError) || error.type !== INVALID) throw error
      const middle = Math.floor(part.length / 2)
      const [only] = part
      if (middle === 0 && only !== undefined) {
        outcomes.set(only.operation.id, { kind: 'refused', cause: INVALID, detail: error.message })
        return
      }
      await this.#sendPart(part.slice(0, middle), outcomes, round, signal)
      await this.#sendPart(part.slice(middle), outcomes, round, signal)
    }
  }

  async #sendOne(
    part: readonly Ready[],
    outcomes: Map<string, BulkOutcome>,
    round: Round,
    signal: AbortSignal,
  ): Promise<void> {
    const { status, body } = await this.#request(part, signal)
    if (status === TOO_LARGE || status === TOO_MANY) {
      if (status === TOO_LARGE) this.#keepBelow(part, outcomes)
      else this.#shrink()
      round.isLearning ||= status === TOO_LARGE
      round.detail = `it answered ${String(status)}, more than it can take at once`
      return
    }
    const verdicts = verdictsOf(body, part.length)
    for (const [place, verdict] of verdicts.entries()) note(part[place]?.operation, verdict, outcomes, round)
    if (verdicts.some((verdict) => verdict.kind === 'later' && verdict.isPressure)) this.#shrink()
    else this.#grow()
  }

  async #request(part: readonly Ready[], signal: AbortSignal): Promise<ElasticsearchAnswer<BulkAnswer>> {
    try {
      return await this.#connection.request<BulkAnswer>(
        'writing to Elasticsearch',
        {
          method: 'POST',
          path: '/_bulk',
          // Not the document's own id and index again, ten thousand times.
          query: {
            filter_path: 'items.*.status,items.*.error.type,items.*.error.reason,items.*.error.caused_by.reason',
          },
          lines: part.map(({ lines }) => lines).join(''),
          accept: [TOO_LARGE, TOO_MANY],
        },
        signal,
      )
    } finally {
      this.#tools.onWritten(new Set(part.map(({ operation }) => operation.index)))
    }
  }

  #shrink(): void {
    this.#bytes = Math.max(LEAST_BYTES, Math.floor(this.#bytes / 2))
    this.#inFlight = 1
  }

  #grow(): void {
    this.#bytes = Math.min(this.#mostBytes, Math.ceil(this.#bytes * GROWTH))
    if (this.#bytes === this.#mostBytes) this.#inFlight = this.#limits.inFlight
  }

  /** The server, or a proxy before it, lets no request of this size pass. A document that is too large alone never will. */
  #keepBelow(part: readonly Ready[], outcomes: Map<string, BulkOutcome>): void {
    const [only] = part
    if (part.length === 1 && only !== undefined) {
      const detail = `${String(only.lines.length)} characters are more than the server, or a proxy before it, takes`
      outcomes.set(only.operation.id, { kind: 'refused', cause: 'too large', detail })
    } else {
      this.#tools.onSplit?.(part.reduce((sum, { lines }) => sum + lines.length, 0))
      this.#mostBytes = Math.max(1, Math.floor(this.#bytes / 2))
      this.#bytes = this.#mostBytes
    }
  }
}

interface BulkAnswer {
  readonly items?: readonly Readonly<Record<string, BulkItem>>[]
}

/** What one round learns beside outcomes. */
class Round {
  failure: Error | null = null
  workers = 0
  /** It found out what size the server takes. */
  isLearning = false
  detail = 'it did not take what it was sent'
  readonly missing = new Set<string>()
}

function note(
  operation: BulkOperation | undefined,
  verdict: Verdict,
  outcomes: Map<string, BulkOutcome>,
  round: Round,
): void {
  if (operation === undefined) return
  if (verdict.kind === 'no index') round.missing.add(operation.index)
  else if (verdict.kind === 'later') round.detail = verdict.detail
  else outcomes.set(operation.id, verdict)
}

/** @throws StoreUnavailableError the answer is not about what was sent: nothing is known. */
function verdictsOf({ items = [] }: BulkAnswer, sent: number): readonly Verdict[] {
  if (items.length !== sent) {
    const what = `the answer tells of ${String(items.length)} documents, ${String(sent)} were sent`
    throw new StoreUnavailableError(`writing to Elasticsearch: ${what}`, { cause: what })
  }
  return items.map((item) => triage(Object.values(item)[0] ?? { status: 0 }))
}

/** Exponential with full jitter, as in `buffer/retry.ts` but shorter: the server has just answered. */
function pauseMs(round: number, random: number): number {
  return Math.round(random * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** round))
}
