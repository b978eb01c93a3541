import { encodeFrame } from '../../collector/src/api/grafana/frame.ts'
import { logColumns } from '../../collector/src/api/grafana/log-rows.ts'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'
import type { Bench } from './bench.ts'
import { distribution, roundTo, sizeOf } from './figures.ts'
import { filledFile, HISTORY_FROM, HISTORY_TO, placeHistory } from './stored-history.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const FRAME_ROWS = 5_000

/** A dashboard as people build them: what is counted, what recurs, what is in trouble, and the rows themselves. */
const PANELS: readonly object[] = [
  { queryType: 'aggregate', groupBy: ['severity'] },
  { queryType: 'aggregate', groupBy: ['reason'], top: 10 },
  { queryType: 'aggregate', groupBy: ['namespace'], top: 10 },
  { queryType: 'aggregate', groupBy: ['node'], top: 10, filter: { text: 'type:Warning', terms: [] } },
  { queryType: 'aggregate', groupBy: ['level'] },
  { queryType: 'aggregate', format: 'numeric' },
  { queryType: 'aggregate', format: 'table', groupBy: ['namespace', 'owner.name'], top: 50 },
  { queryType: 'aggregate', format: 'heatmap', groupBy: ['namespace'] },
  { queryType: 'aggregate', format: 'numeric', metric: 'active', groupBy: ['namespace', 'owner.name'] },
  { queryType: 'patterns', limit: 50 },
  { queryType: 'timeline', timelineBy: 'namespace' },
  { queryType: 'events', limit: 200, filter: { text: 'type:Warning', terms: [] } },
]

/** A dashboard over thirty days, panel by panel and all at once as Grafana asks, and the encoding of one large frame. */
export const bench: Bench = {
  description:
    'ms of a dashboard of 12 panels over 30 days, and of a frame (EVENTLOOM_BENCH_ROWS, EVENTLOOM_BENCH_RUNS)',
  async run() {
    const [rows, runs] = [sizeOf('EVENTLOOM_BENCH_ROWS', 5_000_000), sizeOf('EVENTLOOM_BENCH_RUNS', 10)]
    const { file } = await filledFile(rows)
    return { rows, runs, encodeMs: encodeFrames(runs), ...(await inDirectory((data) => dashboard(file, data, runs))) }
  },
}

function encodeFrames(runs: number) {
  const [rows = []] = inBatches(
    generateObservations({ rows: FRAME_ROWS, from: HISTORY_FROM, to: HISTORY_TO }),
    FRAME_ROWS,
  )
  const times = Array.from({ length: FRAME_ROWS }, (_, row) => HISTORY_FROM + row * 60_000_000)
  const series = Array.from({ length: 10 }, (_, place) => ({
    kind: 'number' as const,
    name: 'occurrences',
    labels: { reason: `Reason${place}` },
    values: times.map((time) => (time / 60_000_000 + place) % 97),
  }))
  return {
    logLines: timed(runs, () => encodeFrame({ columns: logColumns(rows) }, 'A')),
    tenSeries: timed(runs, () =>
      encodeFrame({ columns: [{ kind: 'time', name: 'time', values: times }, ...series] }, 'A'),
    ),
  }
}

function timed(runs: number, encode: () => string) {
  let characters = 0
  const times = Array.from({ length: runs + 3 }, () => {
    const started = performance.now()
    characters = Buffer.byteLength(encode())
    return performance.now() - started
  })
  return { rows: FRAME_ROWS, bytes: characters, ...distribution(times.slice(3)) }
}

async function dashboard(file: string, data: string, runs: number) {
  placeHistory(file, data)
  const server = await spawnFakeApiServer({ flood: { events: 1 } })
  try {
    const collector = await startCollector({
      data,
      kubeconfig: server.kubeconfig,
      config: { retention: KEEP_EVERYTHING },
    })
    await Promise.all(PANELS.map((panel) => ask(collector, panel))) // the first round reads the file from disk
    const together: number[] = []
    for (let run = 0; run < runs; run += 1) {
      const started = performance.now()
      await Promise.all(PANELS.map((panel) => ask(collector, panel)))
      together.push(performance.now() - started)
    }
    const panelMs: number[] = []
    for (const panel of PANELS) {
      const started = performance.now()
      await ask(collector, panel)
      panelMs.push(roundTo(performance.now() - started, 1))
    }
    await collector.stop()
    return { lastFrameMs: distribution(together), panelMs }
  } finally {
    await server.stop()
  }
}

/** @throws Error when a panel has no answer: a refusal is fast, and no measurement. */
async function ask({ url }: CollectorProcess, panel: object): Promise<void> {
  const timeRange = { from: HISTORY_FROM / 1_000, to: HISTORY_TO / 1_000 }
  const query = { refId: 'A', schemaVersion: 1, intervalMs: 3_600_000, maxDataPoints: 800, timeRange, ...panel }
  const response = await fetch(`${url}/api/v1/grafana/query`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ queries: [query] }),
  })
  const { results } = (await response.json()) as { readonly results: { readonly A: { readonly error?: string } } }
  if (results.A.error !== undefined) throw new Error(results.A.error)
}
