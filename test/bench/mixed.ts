import type { Accounts } from '../../collector/src/event/outcome.ts'
import { startCollector } from '../support/collector-process.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import type { Bench } from './bench.ts'
import { roundTo, sizeOf } from './figures.ts'
import { loopDelayP99 } from './followed-ingest.ts'
import { ask } from './questions.ts'
import { filledFile, placeHistory } from './stored-history.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const LINE_BYTES = 1_000
/** The stream lasts longer than any measurement. */
const FLOOD_SECONDS = 3_600

/** The questions of `histogram`, at rest and while events come in, over the same file in one run. */
export const bench: Bench = {
  description:
    'ms of questions at rest and under ingest (EVENTLOOM_BENCH_ROWS, EVENTLOOM_BENCH_RATE, EVENTLOOM_BENCH_RUNS)',
  async run() {
    const [rows, runs] = [sizeOf('EVENTLOOM_BENCH_ROWS', 5_000_000), sizeOf('EVENTLOOM_BENCH_RUNS', 30)]
    const rate = sizeOf('EVENTLOOM_BENCH_RATE', 5_000)
    const { file } = await filledFile(rows)
    const idle = await inDirectory((data) => measure(file, data, runs, 0))
    const busy = await inDirectory((data) => measure(file, data, runs, rate))
    const ratios = Object.entries(busy.apiMs).map(([name, { p50, p95 }]) => {
      const calm = idle.apiMs[name]
      return [name, calm && { p50: roundTo(p50 / calm.p50, 2), p95: roundTo(p95 / calm.p95, 2) }]
    })
    return { rows, runs, eventsPerSecond: rate, idle, busy, busyToIdle: Object.fromEntries(ratios) as object }
  },
}

async function measure(file: string, data: string, runs: number, eventsPerSecond: number) {
  placeHistory(file, data)
  const flood = { events: Math.max(1, eventsPerSecond * FLOOD_SECONDS), bytes: LINE_BYTES, eventsPerSecond }
  const server = await spawnFakeApiServer({ flood: eventsPerSecond === 0 ? { events: 1 } : flood })
  try {
    const collector = await startCollector({
      data,
      kubeconfig: server.kubeconfig,
      config: { retention: KEEP_EVERYTHING },
    })
    try {
      const started = performance.now()
      const before = await collector.get<Accounts>('/api/v1/accounts')
      await loopDelayP99(collector)
      const apiMs = await ask(collector, runs)
      const loopDelayP99Ms = roundTo((await loopDelayP99(collector)) * 1_000, 1)
      const { received, buffered } = await collector.get<Accounts>('/api/v1/accounts')
      const receivedPerSecond = Math.round(((received - before.received) / (performance.now() - started)) * 1_000)
      return { apiMs, receivedPerSecond, bufferedAtEnd: buffered, loopDelayP99Ms }
    } finally {
      await collector.kill()
    }
  } finally {
    await server.stop()
  }
}
