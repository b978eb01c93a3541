import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import request from 'supertest'
import { expect } from 'vitest'
import { createApi, Tails } from '../../collector/src/api/api.ts'
import { openData, type OpenData } from '../../collector/src/app.ts'
import type { ReplaySummary } from '../../collector/src/run/replay-summary.ts'
import { parseConfig } from '../../collector/src/config/config.ts'
import { deadLettersIn } from '../../collector/src/run/dead-letters.ts'
import { difference, summarize } from '../../collector/src/run/replay-summary.ts'
import { Shutdown } from '../../collector/src/shutdown.ts'
import { openRecording } from '../../collector/src/source/source.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import { createMetrics } from '../../collector/src/telemetry/metrics.ts'
import type { Correlation, Pattern, Problem, Row, Table } from './answers.ts'
import { recordingOf } from './recorded-events.ts'

/** After everything that the recordings tell of. */
const NOW = Date.UTC(2026, 6, 1) * 1_000

type Parameters = Readonly<Record<string, string | number | boolean>>

/**
 * A collector in this process: the whole line over a store in memory, and the HTTP API that answers from it. Recordings are
 * played into it; what came of them is asked as a user asks.
 */
export class Situation implements AsyncDisposable {
  readonly directory: string
  readonly #data: OpenData
  readonly #api: ReturnType<typeof createApi>
  readonly #shutdown: Shutdown

  private constructor(directory: string, data: OpenData, shutdown: Shutdown) {
    this.directory = directory
    this.#data = data
    this.#shutdown = shutdown
    const health = () => ({ live: true, ready: true, problems: [] })
    this.#api = createApi({
      reader: data.store,
      tails: new Tails(),
      accounts: () => data.buffer.accounts(),
      deadLetters: (limit) => deadLettersIn(data.buffer, limit),
      health,
      metrics: createMetrics({
        accounts: () => data.buffer.accounts(),
        buffer: () => ({ rows: 0, bytes: 0, fullness: 0 }),
        rules: () => [],
        usage: () => ({ residentBytes: 0, cpuSeconds: 0, loopDelay: { p50: 0, p99: 0, max: 0 } }),
        version: '0',
      }),
      token: null,
      requestsPerMinute: 0,
      version: '0',
      clock: () => NOW,
      logger: silent,
    })
  }

  /** @param settings as they stand in a configuration file. */
  static async open(settings: object = {}): Promise<Situation> {
    const directory = mkdtempSync(join(tmpdir(), 'eventloom-situation-'))
    const shutdown = new Shutdown()
    const file = { data: join(directory, 'data'), store: { kind: 'memory' }, ...settings }
    const config = parseConfig(JSON.stringify(file), 'settings', {})
    const data = await openData(config, { clock: () => NOW, random: Math.random, logger: silent }, shutdown)
    return new Situation(directory, data, shutdown)
  }

  /** A situation whose recording was played once. */
  static async of(name: string, settings: object = {}): Promise<Situation> {
    const situation = await Situation.open(settings)
    await situation.play(recordingOf(name))
    return situation
  }

  /** One whose recording was played twice: the first time stores each version once, the second time nothing. */
  static async twice(name: string): Promise<Situation & { readonly first: ReplaySummary }> {
    const situation = await Situation.open()
    const first = await situation.play(recordingOf(name))
    const second = await situation.play(recordingOf(name))
    expect(first.balanced && second.balanced).toBe(true)
    expect(first.observations).toBe(first.outcomes.stored)
    expect(second).toMatchObject({ observations: first.observations, occurrences: first.occurrences })
    expect(second.outcomes).toMatchObject({ stored: 0, alreadyStored: first.outcomes.stored })
    return Object.assign(situation, { first })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shutdown.stop()
    rmSync(this.directory, { recursive: true })
  }

  /** Plays a recording through all stages; answers what `eventloom replay --json` prints of it. */
  async play(file: string, cluster = 'recording'): Promise<ReplaySummary> {
    const { buffer, line, spoolDirectory } = this.#data
    const { signal } = new AbortController()
    const before = buffer.accounts()
    const name = basename(file).replace(/\..*$/, '')
    const batches = openRecording({
      paths: [file],
      name,
      cluster,
      spoolDirectory,
      clock: () => NOW,
      signal,
    })
    for await (const batch of batches) await line.accept(batch, signal)
    await line.settle(signal)
    const accounts = difference(buffer.accounts(), before)
    return summarize(this.#data, { accounts, passedOver: 0, seconds: 1, now: NOW }, signal)
  }

  /** The answer of `GET /api/v1/PATH`. */
  async get<Answer>(path: string, parameters: Parameters = {}): Promise<Answer> {
    const response = await request(this.#api).get(`/api/v1/${path}`).query(parameters)
    const { status } = response
    const body: unknown = response.body
    if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
    return body as Answer
  }

  /** Events that match, oldest first. */
  async query(query: string, parameters: Parameters = {}): Promise<readonly Row[]> {
    const asked = { query, order: 'oldest', limit: 1_000, ...parameters }
    return (await this.get<{ readonly observations: readonly Row[] }>('events', asked)).observations
  }

  aggregate(parameters: Parameters): Promise<Table> {
    return this.get<Table>('aggregate', parameters)
  }

  async correlations(query = ''): Promise<readonly Correlation[]> {
    const asked = { query, limit: 1_000 }
    return (await this.get<{ readonly correlations: readonly Correlation[] }>('correlations', asked)).correlations
  }

  async patterns(parameters: Parameters = {}): Promise<readonly Pattern[]> {
    return (await this.get<{ readonly patterns: readonly Pattern[] }>('patterns', parameters)).patterns
  }

  /** What was open at a time, first what matters most; with `all` also what was over. */
  async problems(at: string, all = false): Promise<readonly Problem[]> {
    return (await this.get<{ readonly problems: readonly Problem[] }>('problems', { at, ...(all ? { all } : {}) }))
      .problems
  }

  /** Frames of the answer to a panel's query. */
  async panel(
    query: object,
    { from, to }: { from: string; to: string },
    headers: Readonly<Record<string, string>> = {},
  ) {
    const timeRange = { from: Date.parse(from), to: Date.parse(to) }
    const body = { queries: [{ refId: 'A', schemaVersion: 1, timeRange, ...query }] }
    const response = await request(this.#api).post('/api/v1/grafana/query').set(headers).send(body).expect(200)
    const { A } = (response.body as { readonly results: { readonly A: PanelAnswer } }).results
    expect(A.error).toBeUndefined()
    return A.frames
  }
}

interface PanelAnswer {
  readonly error?: string
  readonly frames: readonly Frame[]
}

export interface Frame {
  readonly schema: {
    readonly meta: { readonly type?: string }
    readonly fields: readonly { readonly name: string; readonly labels?: Readonly<Record<string, string>> }[]
  }
  readonly data: { readonly values: readonly (readonly unknown[])[] }
}

const silent = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
