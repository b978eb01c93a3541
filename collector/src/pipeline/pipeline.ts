import type { EpochMicros } from '../clock.ts'
import type { LiveAlerts } from '../alert/alert.ts'
import { OutcomeCounts, type BufferedRow, type Commit } from '../buffer/buffer.ts'
import type { Delivery, DeliveryBatch, StreamKey } from '../event/delivery.ts'
import type { ObjectFact } from '../event/object-fact.ts'
import type {
  Classification,
  Counts,
  Findings,
  Membership,
  NormalizedEvent,
  Observation,
  PlacedEvent,
  Placement,
} from '../event/observation.ts'
import type { Problem } from '../event/problem.ts'
import { endOfRefusal } from '../event/outcome.ts'
import type { Origin, RawEvent } from '../event/raw-event.ts'
import type { StoreRecord } from '../event/record.ts'
import type { Passage, Recorder } from '../event/recorder.ts'
import type { Admission, Consultation, Gate } from '../gate/gate.ts'
import { changeRecord } from './change-record.ts'
import { gapRecord } from './gap-record.ts'
import { OpenAlerts } from './open-alerts.ts'

/** Deliveries handled between two turns of the event loop: some 10 ms of work. */
const SLICE_DELIVERIES = 250

/** Rows of one commit, about: larger ones would block the loop for too long, smaller ones wait for the disk too often. */
const COMMIT_ROWS = 750

/** Records are derived from rows and can be made again from them, so they need not follow every commit. */
const RECORDS_EVERY_COMMITS = 20

/** What the line is made of. Each stage is a function from what it needs to what it adds. */
export interface Stages {
  readonly normalize: (
    raw: RawEvent,
    origin: Origin,
    received: EpochMicros,
  ) => NormalizedEvent | { readonly refused: 'not normalizable'; readonly detail: string }
  readonly gate: Gate
  readonly rules: {
    filteredBy(event: NormalizedEvent): string | null
    classify(event: NormalizedEvent): Classification
  }
  readonly topology: {
    learn(cluster: string, fact: ObjectFact): void
    place(event: NormalizedEvent): Placement
    storageOf(event: NormalizedEvent & Classification): Readonly<Record<string, string>> | null
  }
  readonly problems: Recorder & {
    judge(event: PlacedEvent): string | null
    remember(observation: Observation): string | null
    takeChanged(): readonly Problem[]
    all(): readonly Problem[]
    podsSought(): { readonly owners: readonly string[]; readonly since: EpochMicros } | null
    see(observation: Observation): void
  }
  readonly correlator: Recorder & {
    follow(problems: readonly Problem[]): void
    correlate(event: PlacedEvent, problem: string | null): Membership
  }
  readonly detector: Recorder & { detect(event: PlacedEvent & Membership): Findings }
  /** Judges what the others found; absent where nobody is to be told. */
  readonly alerts?: Pick<LiveAlerts, 'follow' | 'see' | 'advance' | 'take' | 'resume'>
}

/** What happens at the edges of the line. */
export interface PipelineOptions {
  /** Makes a commit durable, trying again while the disk is full; rejects only when the line, or `signal`, stops. */
  readonly commit: (commit: Commit, signal?: AbortSignal) => Promise<void>
  /** Resolves when there is room for more; rejects when `signal` aborts. Back-pressure reaches the socket through it. */
  readonly room: (signal: AbortSignal) => Promise<void>
  /** Whether the buffer is so full that an event of this severity is dropped. */
  readonly mustDrop: (severity: string) => boolean
  /** Name of the rule by which a live event is too old to be kept, or null. */
  readonly expiredBy: (event: NormalizedEvent, classify: () => Classification) => string | null
  readonly onRefused: (cause: string, detail: string, delivery: Delivery) => void
}

/**
 * The order of the stages, and how each delivery ends:
 *
 *     normalize -> filter, too old -> gate -> classify -> (no room) -> topology -> problem -> correlate -> detect -> alert -> buffer
 *
 * One delivery after another, whatever the number of sources: `accept` calls queue up. Nothing a delivery contains can
 * stop the line; an error of a stage ends that delivery as dropped.
 */
export class Pipeline {
  #stages: Stages
  readonly #options: PipelineOptions
  #turn: Promise<void> = Promise.resolve()
  #rows: BufferedRow[] = []
  #records: StoreRecord[] = []
  #outcomes = new OutcomeCounts()
  #positions = new Map<string, { stream: StreamKey; resourceVersion: string }>()
  #commitsSinceRecords = 0
  readonly #alerts = new OpenAlerts()

  constructor(stages: Stages, options: PipelineOptions) {
    this.#stages = stages
    this.#options = options
  }

  /** Takes effect with the next delivery. */
  replaceRules(rules: Stages['rules']): void {
    this.#stages = { ...this.#stages, rules }
  }

  /**
   * Takes a batch through the line. Resolves when each delivery has its outcome in memory; the next commit makes it
   * durable, and the batch's position with it. Answers what ended here: the rest of what was received is on its way.
   */
  accept(batch: DeliveryBatch, signal: AbortSignal): Promise<OutcomeCounts> {
    return this.#inTurn(() => this.#accept(batch, signal))
  }

  /** Time passed in a cluster: what ends by silence ends. */
  advance(passage: Passage): Promise<void> {
    return this.#inTurn(async () => {
      const { correlator, detector, problems, alerts } = this.#stages
      problems.advance(passage)
      this.#followProblems()
      correlator.advance(passage)
      detector.advance(passage)
      alerts?.advance(passage)
      // What time alone changed is recorded as well, also where no row ever comes again.
      this.#commitsSinceRecords = Math.max(1, this.#commitsSinceRecords)
    })
  }

  /** Commits what is open, with the derived records when asked to. */
  flush({ withRecords, signal }: { readonly withRecords: boolean; readonly signal?: AbortSignal }): Promise<void> {
    return this.#inTurn(() => this.#commit(withRecords, signal))
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(work)
    this.#turn = result.then(noMatter, noMatter)
    return result
  }

  async #accept(batch: DeliveryBatch, signal: AbortSignal): Promise<OutcomeCounts> {
    const ofBatch = new OutcomeCounts()
    if (batch.gap !== undefined) this.#records.push(gapRecord(batch.origin.cluster, batch.gap))
    for (let start = 0; start < batch.deliveries.length; start += SLICE_DELIVERIES) {
      await this.#options.room(signal)
      ofBatch.add(await this.#slice(batch, batch.deliveries.slice(start, start + SLICE_DELIVERIES), signal))
      await new Promise(setImmediate)
      if (this.#rows.length < COMMIT_ROWS) continue
      await this.#commit(false, signal)
      await new Promise(setImmediate)
    }
    if (batch.position !== null) this.#positions.set(JSON.stringify(batch.position.stream), batch.position)
    return ofBatch
  }

  async #slice(batch: DeliveryBatch, deliveries: readonly Delivery[], signal: AbortSignal): Promise<OutcomeCounts> {
    const events: NormalizedEvent[] = []
    const outcomes = new OutcomeCounts()
    for (const delivery of deliveries) {
      const event = this.#read(delivery, batch, outcomes)
      if (event !== null) events.push(event)
    }
    const consultation = await this.#stages.gate.consult(events, signal)
    for (const event of events) this.#pass(event, consultation, outcomes)
    // Counted only now: a stop during the consultation leaves neither received nor ended.
    this.#outcomes.add(outcomes)
    return outcomes
  }

  /** Everything before the gate. Null when the delivery has ended here. */
  #read(delivery: Delivery, { origin, received }: DeliveryBatch, outcomes: OutcomeCounts): NormalizedEvent | null {
    if (delivery.kind === 'fact') {
      this.#stages.topology.learn(origin.cluster, delivery.fact)
      return null
    }
    if (delivery.kind === 'change') {
      this.#records.push(changeRecord(delivery.change))
      return null
    }
    outcomes.receive(1)
    if (delivery.kind === 'refused') {
      outcomes.end(endOfRefusal(delivery.cause))
      this.#options.onRefused(delivery.cause, delivery.detail, delivery)
      return null
    }
    try {
      const event = this.#stages.normalize(delivery.raw, origin, received)
      if ('refused' in event) {
        outcomes.end({ kind: 'dropped', cause: event.refused })
        this.#options.onRefused(event.refused, event.detail, delivery)
        return null
      }
      const rule = this.#stages.rules.filteredBy(event)
      if (rule === null) return event
      outcomes.end({ kind: 'filtered', cause: rule })
    } catch (error) {
      outcomes.end({ kind: 'dropped', cause: 'stage failed' })
      this.#options.onRefused('stage failed', describe(error), delivery)
    }
    return null
  }

  /** Everything from the gate's judgement on. */
  #pass(event: NormalizedEvent, consultation: Consultation, outcomes: OutcomeCounts): void {
    const { gate, rules } = this.#stages
    try {
      // Before the gate: a head may outlive its row, and what retention removed is not "already stored".
      const expired = this.#options.expiredBy(event, () => rules.classify(event))
      if (expired !== null) return outcomes.end({ kind: 'filtered', cause: expired })
      const admission = gate.judge(event, consultation)
      if (admission === null) return outcomes.end({ kind: 'alreadyStored' })
      const classification = rules.classify(event)
      if (this.#options.mustDrop(classification.severity)) {
        return outcomes.end({ kind: 'dropped', cause: 'buffer full, lowest severity first' })
      }
      const observation = this.#observe(event, admission.counts, classification)
      gate.accept(event, admission, consultation)
      this.#rows.push(row(observation, admission))
    } catch (error) {
      outcomes.end({ kind: 'dropped', cause: 'stage failed' })
      const place = { stream: event.source }
      this.#options.onRefused('stage failed', describe(error), { kind: 'event', raw: {}, place })
    }
  }

  #observe(event: NormalizedEvent, counts: Counts, classification: Classification): Observation {
    const { topology, problems, correlator, detector, alerts } = this.#stages
    const placement = topology.place(event)
    const storage = topology.storageOf({ ...event, ...classification })
    const metadata = storage === null ? classification.metadata : { ...classification.metadata, ...storage }
    const placed = { ...event, ...counts, ...classification, ...placement, metadata }
    const problem = problems.judge(placed)
    this.#followProblems()
    const grouped = { ...placed, ...correlator.correlate(placed, problem) }
    const observation = { ...grouped, ...detector.detect(grouped) }
    alerts?.see(observation)
    return observation
  }

  #followProblems(): void {
    const { problems, correlator, alerts } = this.#stages
    const changed = problems.takeChanged()
    correlator.follow(changed)
    alerts?.follow(changed)
  }

  async #commit(withRecords: boolean, signal?: AbortSignal): Promise<void> {
    const { gate } = this.#stages
    this.#records.push(...this.#alerts.takeFrom(this.#stages.alerts))
    const isIdle = this.#rows.length === 0 && this.#outcomes.isEmpty && this.#positions.size === 0
    // A pause is the time to catch up with records; under load every so many commits must do.
    const isTimeForRecords = withRecords || this.#commitsSinceRecords >= (isIdle ? 1 : RECORDS_EVERY_COMMITS)
    if (isTimeForRecords) {
      for (const recorder of recordersOf(this.#stages)) this.#records.push(...recorder.changedRecords(withRecords))
    }
    if (isIdle && this.#records.length === 0 && this.#alerts.isEmpty) return
    const commit: Commit = {
      ...gate.changes,
      rows: this.#rows,
      records: this.#records,
      outcomes: this.#outcomes,
      alerts: this.#alerts.open,
      checkpoints: [...this.#positions.values()],
    }
    await this.#options.commit(commit, signal)
    gate.committed()
    this.#commitsSinceRecords = isTimeForRecords ? 0 : this.#commitsSinceRecords + 1
    this.#rows = []
    this.#records = []
    this.#outcomes = new OutcomeCounts()
    this.#alerts.committed()
    this.#positions = new Map()
  }
}

function noMatter(): void {
  // Whoever asked hears of it.
}

/** The stages with memory, in the order of the line. */
export function recordersOf({
  problems,
  correlator,
  detector,
}: Pick<Stages, 'problems' | 'correlator' | 'detector'>): readonly Recorder[] {
  return [problems, correlator, detector]
}

function row(observation: Observation, { undecided, chain, highestCount }: Admission): BufferedRow {
  return { observation, undecided, chain, highestCount }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
