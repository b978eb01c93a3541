import { DAY, HOUR, MILLISECOND } from '../../collector/src/clock.ts'
import type { Accounts } from '../../collector/src/event/outcome.ts'
import { askOf, POD_BYTES } from '../support/attacked-collector.ts'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { openDashboard, type Drawn, type Viewer } from '../support/dashboard-viewer.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import { memoryLimit, type MemoryLimit } from '../support/memory-limit.ts'
import { DASHBOARDS } from '../support/shipped-dashboards.ts'
import type { Bench } from './bench.ts'
import { distribution, megabytes, sizeOf } from './figures.ts'
import { filledFile, HISTORY_TO, placeHistory } from './stored-history.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const LINE_BYTES = 1_000
/** The stream lasts longer than any measurement. */
const FLOOD_SECONDS = 3_600
/** How often memory and health are looked at. */
const LOOK_EVERY_MS = 250

/** A collector in the memory of the shipped pod, as many viewers of the shipped dashboards at "All", and a stream of events. */
export const bench: Bench = {
  description:
    'viewers of all dashboards under a memory limit (EVENTLOOM_BENCH_ROWS, EVENTLOOM_BENCH_RATE, EVENTLOOM_BENCH_VIEWERS, EVENTLOOM_BENCH_SECONDS)',
  async run() {
    const [rows, eventsPerSecond] = [sizeOf('EVENTLOOM_BENCH_ROWS', 5_000_000), sizeOf('EVENTLOOM_BENCH_RATE', 2_000)]
    const [viewers, seconds] = [sizeOf('EVENTLOOM_BENCH_VIEWERS', 10), sizeOf('EVENTLOOM_BENCH_SECONDS', 300)]
    const { file } = await filledFile(rows)
    const limit = memoryLimit(POD_BYTES)
    const measured = await inDirectory(async (data) => {
      placeHistory(file, data)
      const flood = { events: eventsPerSecond * FLOOD_SECONDS, bytes: LINE_BYTES, eventsPerSecond }
      const server = await spawnFakeApiServer({ flood })
      try {
        return await measure(await startIn(limit, data, server.kubeconfig), { viewers, seconds, limit })
      } finally {
        await server.stop()
      }
    }).finally(() => limit?.remove())
    return { rows, eventsPerSecond, viewers, limitMegabytes: limit === null ? null : megabytes(POD_BYTES), ...measured }
  },
}

function startIn(limit: MemoryLimit | null, data: string, kubeconfig: string): Promise<CollectorProcess> {
  // As the image sets it. What Node lets its heap have follows from the limit, as in the pod.
  const environment = { MALLOC_ARENA_MAX: '2' }
  const before = limit?.before ?? []
  return startCollector({ data, kubeconfig, config: { retention: KEEP_EVERYTHING }, environment, before, timeoutMs: 300_000 }) // prettier-ignore
}

interface Measuring {
  readonly viewers: number
  readonly seconds: number
  readonly limit: MemoryLimit | null
}

async function measure(collector: CollectorProcess, { viewers, seconds, limit }: Measuring) {
  try {
    const before = await collector.get<Accounts>('/api/v1/accounts')
    const started = performance.now()
    const isOver = () => performance.now() - started > seconds * 1_000
    const watch = watched(collector)
    const opened = await Promise.all(Array.from({ length: viewers }, (_, index) => look(collector, index, isOver)))
    const { receivedPerSecond, buffered } = await ingested(collector, before, started)
    watch.end()
    const drawn = opened.flatMap(({ panels }) => panels)
    const refused = drawn.filter(({ error }) => error !== undefined)
    return {
      dashboardsOpened: opened.reduce((sum, { dashboards }) => sum + dashboards, 0),
      dashboardMs: distribution(opened.flatMap(({ ms }) => ms)),
      panels: drawn.length,
      refused: Object.fromEntries(Map.groupBy(refused, ({ status }) => status).entries().map(([status, list]) => [status, list.length])), // prettier-ignore
      receivedPerSecond,
      bufferedAtEnd: buffered,
      mostResidentMegabytes: megabytes(watch.mostResident()),
      chargedMegabytes: limit === null ? null : megabytes(limit.peakBytes()),
      limitReached: limit?.timesReached() ?? null,
      healthMs: distribution(watch.healthMs),
      unanswered: watch.failures(),
      exitCode: await collector.stop(),
    }
  } finally {
    await collector.kill()
  }
}

async function ingested(collector: CollectorProcess, before: Accounts, started: number) {
  const { received, buffered } = await collector.get<Accounts>('/api/v1/accounts')
  return { receivedPerSecond: Math.round(((received - before.received) / (performance.now() - started)) * 1_000), buffered } // prettier-ignore
}

/** One dashboard after the other; every second viewer looks at a day of the history, the others at the last six hours. */
async function look(collector: CollectorProcess, index: number, isOver: () => boolean) {
  const panels: Drawn[] = []
  const ms: number[] = []
  for (let next = index; !isOver(); next++) {
    const dashboard = DASHBOARDS[next % DASHBOARDS.length]
    if (dashboard === undefined) break
    const to = index % 2 === 0 ? Date.now() * MILLISECOND : HISTORY_TO
    const viewer: Viewer = { ask: (path, body) => askOf(collector.url, path, body), from: to - (index % 2 === 0 ? 6 * HOUR : DAY), to } // prettier-ignore
    const started = performance.now()
    const drawn = await openDashboard(viewer, dashboard, true).catch((error: unknown): Drawn[] => [
      { title: dashboard.name, query: {}, status: 0, error: String(error), frames: [] },
    ])
    ms.push(performance.now() - started)
    // Of an answer only how it ended is kept.
    panels.push(...drawn.map((each) => ({ ...each, frames: [], query: {} })))
  }
  return { panels, ms, dashboards: ms.length }
}

function watched(collector: CollectorProcess) {
  const healthMs: number[] = []
  let [most, failures, isAsking] = [0, 0, false]
  const timer = setInterval(() => {
    most = Math.max(most, collector.residentBytes())
    if (isAsking) return
    isAsking = true
    const started = performance.now()
    collector
      .text('/healthz')
      .then(
        () => healthMs.push(performance.now() - started),
        () => (failures += 1),
      ) // prettier-ignore
      .finally(() => (isAsking = false))
  }, LOOK_EVERY_MS)
  return { healthMs, mostResident: () => most, failures: () => failures, end: () => clearInterval(timer) }
}
