import { useIncidentRules } from '../api/incidents/incident-rules.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { createApi, createProbes, Tails, type Health } from '../api/api.ts'
import { listen, readToken } from '../api/listen.ts'
import { AgreedTime } from '../agreed-time.ts'
import { loadRules, openData, type OpenData, type Surroundings } from '../app.ts'
import type { Screen } from '../cli/terminal.ts'
import { lastLine } from '../cli/start-screen.ts'
import { SECOND } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { DeliveryBatch } from '../event/delivery.ts'
import { observedTimes } from '../event/times.ts'
import { Shutdown } from '../shutdown.ts'
import { StoreCorruptError } from '../store/store.ts'
import { createMetrics, type Metrics } from '../telemetry/metrics.ts'
import { deadLettersIn } from './dead-letters.ts'
import { emptyForPass } from './demonstration.ts'
import { inletOf } from './inlet.ts'
import type { Input } from './input-kind.ts'
import { findInput, type RunOptions } from './input.ts'
import { passTime } from './pass-time.ts'
import { compareClocks } from './compare-clocks.ts'
import { loadIncidentRules, type LoadedIncidentRules } from './incident-rules.ts'
import { notify } from './notifying.ts'
import { followRuleFiles } from './rule-files.ts'
import { showStart } from './show-start.ts'
import { ObjectStates } from './object-states.ts'
import { keepUp } from './upkeep.ts'
import { withTimeToCome } from './time-to-come.ts'
import { processUsage } from './usage.ts'
import { WatchStates } from './watch-states.ts'

/** Pauses between attempts to follow an input that failed in a way nobody expected. */
const AGAIN_AFTER_MS = 5_000

interface Process extends Surroundings {
  readonly pid: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * The collector: follows its clusters (or plays a recording, or only shows what is stored, see `findInput`), serves the API, keeps
 * the disk under its bound, until `signal` aborts. A recording that is played again begins anew in an empty store. Answers the exit
 * code.
 */
export async function run(
  config: Config,
  { signal, playAgainEvery, ...wanted }: RunOptions,
  screen: Screen,
  surroundings: Process,
): Promise<number> {
  // Wrong ones stop the start before a cluster is asked or a file is made.
  const rules = await loadRules(config, surroundings)
  await loadIncidentRules(config)
  const time = new AgreedTime(surroundings.clock)
  const input = await findInput(config, wanted, surroundings.environment, (heard) => time.heard(heard))
  try {
    const again = input.kind === 'recording' ? playAgainEvery : null
    if (again === null) return await serve(config, input, signal, screen, { ...surroundings, time, rules })
    for (;;) {
      emptyForPass(config)
      const code = await serve(config, input, AbortSignal.any([signal, AbortSignal.timeout(again / 1_000)]), screen, {
        ...surroundings,
        time,
        rules,
      })
      if (signal.aborted) return code
    }
  } finally {
    await input.close()
  }
}

async function serve(
  config: Config,
  input: Input,
  signal: AbortSignal,
  screen: Screen,
  surroundings: Process,
): Promise<number> {
  const { clock, logger, pid } = surroundings
  const { version } = screen.terminal
  const shutdown = new Shutdown()
  try {
    const token = await readToken(config.api)
    const tails = new Tails()
    const onStored: Surroundings['onStored'] = (rows) => tails.publish(rows)
    const metrics = metricsOf(config, () => data, version)
    const told = { ...surroundings, onStored, storeMeter: metrics, waitForStore: signal }
    const data: OpenData = await openData(scoped(config, input), told, shutdown)
    const states = new WatchStates(clock, data.time.now, metrics, logger)
    const objects = new ObjectStates(metrics, logger)
    const health = () => ({ ...healthOf(data, states), objects: objects.health() })
    const reader = withTimeToCome(data.store, data.time)
    const incidentRules = await incidentRulesFor(reader, config)
    const api = createApi({
      reader,
      tails,
      ...(input.kind === 'nothing' ? {} : takersOf(data, states, config, clock)),
      ...keptIn(data.buffer),
      health,
      metrics,
      token,
      requestsPerMinute: config.api.requestsPerMinute,
      answerBytes: config.api.memory,
      version,
      clock,
      logger,
    })
    const listening = await listen(config, { api, probes: createProbes(health), hasToken: token !== null }, pid)
    shutdown.onStop('api', () => listening.close())

    const stopping = whenStopping(signal, shutdown)
    const tools = { ...surroundings, delay: wait, screen, isOnlyShown: input.kind === 'nothing', incidentRules }
    const sources = [...input.sources(data, states, stopping), ...input.beside(data, objects, metrics, stopping)]
    const followed = sources.map((source) => follow(source, data, metrics, surroundings, stopping))
    const played = input.kind === 'recording' ? Promise.all(followed) : null
    const work = [...followed, ...upkeep(config, data, states, metrics, tools, stopping)]
    const troubles = () => states.problems()
    await Promise.all([
      showStart({ screen, data, listening, doing: input.doing, config, clock, played, troubles }, stopping),
      Promise.race([Promise.all(work), data.line.broken]),
    ])
    if (!isNextPass(signal)) await tellEnd(screen, data)
    return 0
  } catch (error) {
    // Stopped while it waited for the store.
    if (signal.aborted && error instanceof Error && error.name === 'AbortError') return 0
    throw error
  } finally {
    await shutdown.stop()
  }
}

/** Aborts when `signal` does, or when what was begun is to stop: sources end before what they feed. */
function whenStopping(signal: AbortSignal, shutdown: Shutdown): AbortSignal {
  const failing = new AbortController()
  shutdown.onStop('sources', async () => failing.abort())
  return AbortSignal.any([signal, failing.signal])
}

/** What the buffer tells. */
function keptIn(buffer: OpenData['buffer']) {
  return { accounts: () => buffer.accounts(), deadLetters: (limit: number) => deadLettersIn(buffer, limit) }
}

async function incidentRulesFor(reader: Parameters<typeof useIncidentRules>[0], config: Config) {
  const rules = await loadIncidentRules(config)
  useIncidentRules(reader, rules.current)
  return rules
}

/** What the API changes. */
function takersOf(data: OpenData, ...rest: [WatchStates, Config, Surroundings['clock']]) {
  return { inlet: inletOf(data, ...rest), silences: data.buffer.outbox }
}

/** A pass of a demonstration ends by its time, not by anybody's wish. */
function isNextPass({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
}

/** The account of what was done; whoever read it may have left. */
async function tellEnd({ output, isJson }: Screen, { buffer }: OpenData): Promise<void> {
  const accounts = buffer.accounts()
  await output.line(isJson ? JSON.stringify({ stopped: true, accounts }) : lastLine(accounts)).catch(() => undefined)
}

/** @param open what is open by the time somebody asks. */
function metricsOf({ notify: { receivers } }: Config, open: () => OpenData, version: string) {
  const fill = ({ buffer }: OpenData) => ({ rows: buffer.pendingRows, bytes: buffer.bytes, fullness: buffer.fullness })
  return createMetrics({
    accounts: () => open().buffer.accounts(),
    buffer: () => fill(open()),
    rules: () => open().ruleCounters(),
    usage: processUsage(),
    notify: () => new Map(receivers.map(({ name }) => [name, open().buffer.outbox.waitingCount(name)])),
    version,
  })
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal })
}

function until(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** What goes on beside the sources. What is only shown stays as it is. */
function upkeep(
  config: Config,
  data: OpenData,
  states: WatchStates,
  metrics: Metrics,
  tools: Parameters<typeof keepUp>[2] &
    Omit<Parameters<typeof notify>[3], 'print'> & {
      readonly screen: Screen
      readonly isOnlyShown: boolean
      readonly incidentRules: LoadedIncidentRules
    },
  signal: AbortSignal,
): readonly Promise<void>[] {
  if (tools.isOnlyShown) return [until(signal)]
  return [
    keepUp(data.store, config.retention, { ...tools, clock: data.time.now }, signal),
    compareClocks(data, tools, signal),
    followRuleFiles(config.rules.files, data, tools, signal),
    followRuleFiles(config.incidents.rules, { reloadRules: () => tools.incidentRules.reload() }, tools, signal),
    passTime(data.line, states, metrics, tools, signal),
    notify(config, data.buffer, metrics, { ...tools, print: (text) => tools.screen.output.write(text) }, signal),
  ]
}

/**
 * Takes a source through the line until it ends. What nobody expected is told, and the source begins again.
 *
 * @throws StoreCorruptError only a new start can mend that: the file is set aside, and the next one begins a new file.
 */
async function follow(
  source: ReturnType<Input['sources']>[number],
  { line }: OpenData,
  metrics: Metrics,
  { logger }: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const batch of source()) {
        tellLag(batch, metrics)
        if (batch.gap !== undefined) logger.warn(`data may be missing: ${batch.gap.stream}: ${batch.gap.cause}`)
        await line.accept(batch, signal)
      }
      return
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof StoreCorruptError) throw error
      logger.error(`reading stopped: ${error instanceof Error ? error.message : String(error)}. It begins again in 5 s`)
      await delay(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined)
    }
  }
}

/** How far behind a cluster's newest event is read; a recording is not behind. */
function tellLag({ origin, received, deliveries }: DeliveryBatch, metrics: Metrics): void {
  const newest = origin.source === 'live' ? deliveries.findLast(({ kind }) => kind === 'event') : undefined
  const happened = newest?.kind === 'event' ? observedTimes(newest.raw)?.last : undefined
  if (happened !== undefined) metrics.watchLag(origin.cluster, Math.max(0, received - happened) / SECOND)
}

/** Clusters found without configuration have names only now; the namespaces of configured ones are known by name. */
function scoped(config: Config, input: Input): Config {
  return input.kind === 'recording' ? { ...config, clusters: [] } : config
}

function healthOf({ trouble, time: { disagreement } }: OpenData, states: WatchStates): Health {
  const problems = [
    ...(trouble.buffer === null ? [] : [{ component: 'buffer', text: trouble.buffer }]),
    ...(trouble.store === null ? [] : [{ component: 'store', text: trouble.store }]),
    ...states.problems(),
  ]
  const clock = disagreement === null ? [] : [{ component: 'clock', text: disagreement.text }]
  // With a wrong clock it reads and answers all the same.
  return { live: true, ready: problems.length === 0 && states.areCurrent, problems: [...problems, ...clock] }
}
