import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import type { Surroundings } from '../app.ts'
import { refusals } from '../refusals.ts'
import type { Asked, EndpointName } from '../api/endpoints.ts'
import { DEFAULT_RULE } from '../classify/classify.ts'
import type { Config } from '../config/config.ts'
import type { Accounts } from '../event/outcome.ts'
import { openRecording } from '../source/source.ts'
import { recordingName } from './recorded-input.ts'
import type { ReplayOptions, ReplayReport } from './replay.ts'
import { summaryOf, type ReplaySummary, type Totals } from './replay-summary.ts'

/** How often the collector is asked whether its store has everything. */
const SETTLE_EVERY_MS = 300

/** A running collector that takes recordings. */
export interface RemoteCollector {
  ask(name: EndpointName, asked: Asked, signal: AbortSignal): Promise<unknown>
  /** Sends a part of a recording, see `POST /recordings`. */
  send(part: object, signal: AbortSignal): Promise<unknown>
}

/** What a collector says of a part. */
interface PartAccount {
  readonly received: number
  readonly accepted: number
  readonly alreadyStored: number
  readonly filtered: Readonly<Record<string, number>>
  readonly signalled: Readonly<Record<string, number>>
  readonly dropped: Readonly<Record<string, number>>
}

/**
 * Plays recordings into a running collector: reads and sorts them here, sends them in parts, waits until its store has them, and says
 * what came of it.
 */
export async function replayTo(
  collector: RemoteCollector,
  config: Config,
  { files, cluster, signal }: ReplayOptions,
  { progress, refused }: ReplayReport,
  { clock, stdin }: Pick<Surroundings, 'clock'> & { readonly stdin: Readable },
): Promise<ReplaySummary> {
  const spoolDirectory = await mkdtemp(join(tmpdir(), 'eventloom-replay-'))
  try {
    const started = performance.now()
    const { maxLineBytes: maxEventBytes, speed, ...options } = config.recordings
    const recording = recordingName(files)
    const there = new Remainder(collector, cluster, recording, signal)
    const before = await there.read()
    const tell = refusals(refused, Infinity)
    let passedOver = 0
    let sum = NOTHING
    const batches = openRecording({ ...options, maxEventBytes, speed: speed === 0 ? null : speed, paths: files, name: recording, cluster, spoolDirectory, clock, stdin, signal, onPassedOver: (count, text) => {
      passedOver = count
      refused(text)
    } }) // prettier-ignore
    for await (const { deliveries } of batches) {
      for (const each of deliveries) if (each.kind === 'refused') tell(each.cause, each.detail, each)
      sum = added(sum, (await collector.send({ recording, cluster, deliveries }, signal)) as PartAccount)
      progress({ received: sum.received, stored: sum.accepted })
    }
    const accounts = await settled(sum, before, there, signal)
    const seconds = (performance.now() - started) / 1_000
    return summaryOf(await there.totals(), { accounts, passedOver, seconds })
  } finally {
    await rm(spoolDirectory, { recursive: true, force: true })
  }
}

const NOTHING: PartAccount = { received: 0, accepted: 0, alreadyStored: 0, filtered: {}, signalled: {}, dropped: {} }

function added(a: PartAccount, b: PartAccount): PartAccount {
  const sums = (x: Readonly<Record<string, number>>, y: Readonly<Record<string, number>>) => {
    const all = { ...x }
    for (const [cause, count] of Object.entries(y)) all[cause] = (all[cause] ?? 0) + count
    return all
  }
  return {
    received: a.received + b.received,
    accepted: a.accepted + b.accepted,
    alreadyStored: a.alreadyStored + b.alreadyStored,
    filtered: sums(a.filtered, b.filtered),
    signalled: sums(a.signalled, b.signalled),
    dropped: sums(a.dropped, b.dropped),
  }
}

/** What a collector has of a recording at one time. */
interface There {
  /** Of all its sources, as far as it was committed: what it accepted just now may not be. */
  readonly received: number
  readonly stored: number
  readonly refusedByStore: number
  /** On their way, of all its sources. */
  readonly buffered: number
}

/** Waits until the store has what was accepted, or refused it, or had it before. */
async function settled(
  { received, accepted, ...ended }: PartAccount,
  before: There,
  there: Remainder,
  signal: AbortSignal,
): Promise<Accounts> {
  for (;;) {
    const now = await there.read()
    const stored = now.stored - before.stored
    const left = accepted - stored
    const isCommitted = now.received - before.received >= received
    if (left <= 0 || (isCommitted && now.buffered === 0)) {
      const refused = Math.min(Math.max(0, left), now.refusedByStore - before.refusedByStore)
      const alreadyStored = ended.alreadyStored + Math.max(0, left - refused)
      const deadLettered = refused === 0 ? {} : { 'refused by the store': refused }
      return { ...ended, received, stored: Math.min(stored, accepted), alreadyStored, deadLettered, buffered: 0 }
    }
    await delay(SETTLE_EVERY_MS, undefined, { signal })
  }
}

/** Asks a collector about one recording. */
class Remainder {
  readonly #collector: RemoteCollector
  readonly #cluster: string
  readonly #recording: string
  readonly #signal: AbortSignal

  constructor(collector: RemoteCollector, cluster: string, recording: string, signal: AbortSignal) {
    this.#collector = collector
    this.#cluster = cluster
    this.#recording = recording
    this.#signal = signal
  }

  async read(): Promise<There> {
    // The accounts first: what is stored between the two questions is then counted at most too early as still on its way.
    const { received, buffered, deadLettered } = await this.#ask<Accounts>('accounts', {})
    const { total } = await this.#ask<{ readonly total: number }>('events', {
      cluster: this.#cluster,
      query: `source:"recording ${this.#recording}"`,
      view: 'observations',
      limit: 1,
    })
    return {
      received,
      stored: total,
      refusedByStore: Object.values(deadLettered).reduce((sum, each) => sum + each, 0),
      buffered,
    }
  }

  /** What the collector has under the name of the recording's cluster. */
  async totals(): Promise<Totals> {
    const cluster = this.#cluster
    const metrics = 'observations,events,occurrences,first,last'
    const [all, unknown, { patterns }] = await Promise.all([
      this.#ask<Groups>('aggregate', { cluster, metrics }),
      this.#ask<Groups>('aggregate', {
        cluster,
        query: `rule:"${DEFAULT_RULE}"`,
        groupBy: 'reason',
        metrics: 'observations',
        top: 100,
      }),
      this.#ask<{ readonly patterns: readonly object[] }>('patterns', { cluster }),
    ])
    const values = all.groups[0]?.points[0]?.values ?? {}
    const count = (name: string) => Number(values[name] ?? 0)
    const time = (name: string) => (typeof values[name] === 'string' ? values[name] : null)
    return {
      observations: count('observations'),
      logicalEvents: count('events'),
      occurrences: count('occurrences'),
      firstObserved: time('first'),
      lastObserved: time('last'),
      patterns,
      unknownReasons: Object.fromEntries(
        unknown.groups.map(({ key, points }) => [
          key?.[0] ?? '(others)',
          Number(points[0]?.values['observations'] ?? 0),
        ]),
      ),
    }
  }

  async #ask<Answer>(name: 'accounts' | 'events' | 'aggregate' | 'patterns', parameters: object): Promise<Answer> {
    return (await this.#collector.ask(name, { path: {}, parameters }, this.#signal)) as Answer
  }
}

interface Groups {
  readonly groups: readonly {
    readonly key: readonly string[] | null
    readonly points: readonly { readonly values: Readonly<Record<string, number | string | null>> }[]
  }[]
}
