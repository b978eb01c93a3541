import { Readable, Writable } from 'node:stream'
import { createApi, Tails, type ApiDependencies, type Health } from '../../collector/src/api/api.ts'
import type { Actions } from '../../collector/src/cli/actions.ts'
import { runCommandLine } from '../../collector/src/cli/cli.ts'
import type { Terminal } from '../../collector/src/cli/terminal.ts'
import { HOUR, MINUTE } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { Accounts } from '../../collector/src/event/outcome.ts'
import type { StoreRecord } from '../../collector/src/event/record.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import { createMetrics } from '../../collector/src/telemetry/metrics.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import type { EventReader } from '../../collector/src/store/store.ts'
import { anObservation, NOON } from './an-observation.ts'

export const NOW = NOON + 5 * MINUTE
export const NONE: Accounts = { received: 0, stored: 0, alreadyStored: 0, filtered: {}, signalled: {}, dropped: {}, deadLettered: {}, buffered: 0 } // prettier-ignore
export const LETTERS = {
  total: 2,
  letters: [{ id: 'x', cause: 'mapping', detail: 'count: out of range', observation: anObservation() }],
}
const signal = new AbortController().signal
export async function storeWith(
  rows: readonly Observation[],
  records: readonly StoreRecord[] = [],
): Promise<EventReader> {
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'test', sequence: 1, rows: pending, records }, signal)
  return store
}

export class Screen extends Writable {
  text = ''
  readonly isTTY: boolean
  readonly columns: number
  constructor(isTTY: boolean, columns = 110) {
    super()
    this.isTTY = isTTY
    this.columns = columns
  }
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    this.emit('written')
    done()
  }
}

export interface SessionOptions {
  readonly reader?: EventReader
  readonly isTerminal?: boolean
  readonly columns?: number
  readonly environment?: Record<string, string>
  readonly actions?: Partial<Actions>
  readonly signal?: AbortSignal
  readonly stdout?: Writable & { readonly text?: string }
}

/** Runs a command line and answers all that it did. */
export async function eventloom(words: readonly string[], options: SessionOptions = {}) {
  const { reader = await storeWith([]), isTerminal = false, columns, environment = {}, actions = {} } = options
  const [stdout, stderr] = [options.stdout ?? new Screen(isTerminal, columns), new Screen(isTerminal, columns)]
  const opened: string[] = []
  const refuse = () => Promise.reject(new Error('not in this test'))
  const all: Actions = {
    run: refuse,
    replay: refuse,
    replayTo: refuse,
    record: refuse,
    migrate: refuse,
    reindex: refuse,
    testReceiver: refuse,
    listDeadLetters: async () => LETTERS,
    replayDeadLetters: refuse,
    checkRules: refuse,
    testRules: refuse,
    alerts: { check: async () => ({ rules: [], problems: [] }), cases: refuse, toGrafana: refuse },
    openReader: async ({ data }) => {
      opened.push(data)
      return { reader, accounts: () => NONE, deadLetters: () => LETTERS, close: async () => void opened.push('closed') }
    },
    ...actions,
  }
  const terminal: Terminal = { stdin: Readable.from([]), stdout, stderr, environment, clock: () => NOW, signal: options.signal ?? signal, version: '0.1.0' } // prettier-ignore
  const exitCode = await runCommandLine(words, all, terminal)
  return { exitCode, out: (stdout as Screen).text, err: stderr.text, opened }
}

/** Pods that fail, one a minute up to noon. */
export function failures(count: number): Observation[] {
  return Array.from({ length: count }, (_, index) =>
    anObservation({
      uid: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
      resourceVersion: 1_000 + index,
      lastObserved: NOON - (count - 1 - index) * MINUTE,
      firstObserved: NOON - (count - 1 - index) * MINUTE,
      regarding: { ...anObservation().regarding, name: `payments-${index}`, uid: `p-${index}` },
    }),
  )
}

export const aStory = [
  anObservation({ uid: 'u-1', reason: 'Scheduled', type: 'Normal', severity: 'info', category: 'scheduling', note: 'Successfully assigned shop/payments-0', lastObserved: NOON - 2 * HOUR, firstObserved: NOON - 2 * HOUR }),
  anObservation({ uid: 'u-2', reason: 'FailedMount', severity: 'high', category: 'storage', note: 'Unable to attach\nor mount volumes: timed out', count: 42, countDelta: 42, lastObserved: NOON - MINUTE }),
  anObservation({ uid: 'u-3', reason: 'OOMKilling', severity: 'critical', category: 'node', note: 'Memory cgroup out of memory', count: 51_252, countDelta: 51_252, countIsLowerBound: true, namespace: '', regarding: { ...anObservation().regarding, kind: 'Node', name: 'worker-5', namespace: '' } }),
] // prettier-ignore

/** The API of a collector with these rows. */
export function collectorOver(
  reader: EventReader,
  health: Health = { live: true, ready: true, problems: [] },
  token: string | null = null,
): ReturnType<typeof createApi> {
  return apiOver({ reader, health: () => health, token })
}

/** The API of a collector, with what a test says of it. */
export function apiOver(
  given: Pick<ApiDependencies, 'reader'> & Partial<ApiDependencies>,
): ReturnType<typeof createApi> {
  const metrics = createMetrics({ accounts: () => NONE, buffer: () => ({ rows: 0, bytes: 0, fullness: 0 }), rules: () => [], usage: () => ({ residentBytes: 0, cpuSeconds: 0, loopDelay: { p50: 0, p99: 0, max: 0 } }), version: '' }) // prettier-ignore
  const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
  const health = () => ({ live: true, ready: true, problems: [] })
  return createApi({ tails: new Tails(), accounts: () => NONE, deadLetters: () => LETTERS, health, metrics, token: null, requestsPerMinute: 0, version: '', clock: () => NOW, logger, ...given }) // prettier-ignore
}
