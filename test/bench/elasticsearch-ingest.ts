import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { HOUR } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { LATEST } from '../../collector/src/query/time.ts'
import { startCollector } from '../support/collector-process.ts'
import { callElasticsearch } from '../support/elasticsearch-store.ts'
import { startElasticsearch, type ElasticsearchServer } from '../support/elasticsearch.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'
import { replayRecording } from '../support/replay-recording.ts'
import type { Bench } from './bench.ts'
import {
  bareBulk,
  BenchStore,
  bytesPerDocument,
  COLLECTOR_START_MS,
  oneByOne,
  readyDocument,
} from './elasticsearch-bulk.ts'
import { roundTo, sizeOf } from './figures.ts'
import { followIngest } from './followed-ingest.ts'
import { HISTORY_FROM } from './stored-history.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')
const LINE_BYTES = 1_000
/** Written before anything is measured: the server is much faster once all of its code is compiled. */
const WARM_UP_ROWS = 150_000
/** Rows that come in before the next refresh: each makes segments, which are merged later as those of a watched cluster are. */
const RECORDING_PIECE = 500
/** Rows that the store and the bare loop write in turn, so that both meet the same server. */
const ROUND_ROWS = 25_000

/** What Elasticsearch takes of the store, of a watch through the whole line, of a bare loop, and of one request per event. */
export const bench: Bench = {
  description:
    'documents/s into Elasticsearch by who sends them, and bytes on disk (EVENTLOOM_BENCH_ROWS, EVENTLOOM_BENCH_EVENTS, EVENTLOOM_BENCH_SINGLES)',
  async run() {
    const rows = sizeOf('EVENTLOOM_BENCH_ROWS', 200_000)
    const events = sizeOf('EVENTLOOM_BENCH_EVENTS', 200_000)
    const singles = sizeOf('EVENTLOOM_BENCH_SINGLES', 5_000)
    const server = await startElasticsearch({ heapMb: 1_024 })
    const stamp = String(Date.now())
    try {
      await new BenchStore(server.url, `warm-${stamp}`).fill(observations(WARM_UP_ROWS, 3))
      const measure = async (arrangement: string) => ({
        generated: await storeAndBare(server.url, `bench-${stamp}-${arrangement}`, rows),
        watched: await inDirectory((data) =>
          watchAndBare(server.url, `watch-${stamp}-${arrangement}`, data, events, singles),
        ),
      })
      const shared = await measure('shared')
      const recording = new BenchStore(server.url, `shop-${stamp}`)
      for (const piece of inBatches((await replayRecording(RECORDING)).observations, RECORDING_PIECE)) {
        await recording.fill(piece)
        await callElasticsearch(server.url, 'POST', `/shop-${stamp}-read/_refresh`)
      }
      const bytes = {
        generated: await bytesPerDocument(server.url, `bench-${stamp}-shared`),
        recording: await bytesPerDocument(server.url, `shop-${stamp}`),
      }
      const apart = setApart(server) ? await measure('apart') : null
      return { rows, events, singles, shared, apart, bytesPerDocument: bytes }
    } finally {
      await server.stop()
    }
  },
}

/**
 * Gives the server one half of the cores and everybody else the other, as if it were another machine. False where that is not
 * possible: there is one core, or the server was not started here.
 */
function setApart(server: ElasticsearchServer): boolean {
  const cores = availableParallelism()
  const pid = server.pid()
  if (cores < 2 || pid === null) return false
  const middle = Math.floor(cores / 2)
  const pin = (process: number, from: number, to: number) =>
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', `${from}-${to}`, String(process)], {
      stdio: 'ignore',
    })
  pin(pid, 0, middle - 1)
  pin(process.pid, middle, cores - 1)
  return true
}

/** A day of an ordinary cluster, by the store alone and by the loop. */
async function storeAndBare(url: string, prefix: string, rows: number) {
  const store = new BenchStore(url, prefix)
  await new BenchStore(url, `${prefix}-bare`).store.applied('none') // makes its template
  const seconds = { store: 0, bare: 0 }
  for (const round of inBatches(observations(rows, 1), ROUND_ROWS)) {
    seconds.store += await store.fill(round)
    seconds.bare += await bareBulk(
      url,
      round.map((row) => readyDocument(`${prefix}-bare`, row)),
    )
  }
  const storedPerSecond = Math.round(rows / seconds.store)
  const barePerSecond = Math.round(rows / seconds.bare)
  return { storedPerSecond, barePerSecond, storeToBare: roundTo(storedPerSecond / barePerSecond, 2) }
}

/** A watch that never pauses through a collector, then what it stored by the loop, and some of it one by one. */
async function watchAndBare(url: string, prefix: string, data: string, events: number, singles: number) {
  const server = await spawnFakeApiServer({ flood: { events, bytes: LINE_BYTES } })
  try {
    const store = { kind: 'elasticsearch', elasticsearch: { nodes: [url], prefix, replicas: 0 } }
    const config = { store, retention: KEEP_EVERYTHING }
    const collector = await startCollector({
      data,
      kubeconfig: server.kubeconfig,
      config,
      timeoutMs: COLLECTOR_START_MS,
    })
    try {
      const figures = await followIngest(collector, events, { received: 0 })
      await collector.stop()
      const stored = await storedRows(url, prefix)
      await new BenchStore(url, `${prefix}-bare`).store.applied('none') // makes its template
      const bareSeconds = await bareBulk(
        url,
        stored.map((row) => readyDocument(`${prefix}-bare`, row)),
      )
      const barePerSecond = Math.round(stored.length / bareSeconds)
      const onePerRequest = await oneByOne(
        url,
        stored.slice(0, singles).map((row) => readyDocument(`${prefix}-one`, row)),
      )
      return {
        ...figures,
        barePerSecond,
        onePerRequestPerSecond: onePerRequest,
        watchToBare: roundTo(figures.storedPerSecond / barePerSecond, 2),
        watchToOnePerRequest: roundTo(figures.storedPerSecond / onePerRequest, 1),
      }
    } finally {
      await collector.kill()
    }
  } finally {
    await server.stop()
  }
}

async function storedRows(url: string, prefix: string): Promise<readonly Observation[]> {
  const found: Observation[] = []
  const range = { from: 0, to: LATEST, filter: { op: 'all' as const } }
  for await (const rows of new BenchStore(url, prefix).store.scan(range, new AbortController().signal))
    found.push(...rows)
  return found
}

function observations(rows: number, seed: number): Iterable<Observation> {
  return generateObservations({ rows, from: HISTORY_FROM, to: HISTORY_FROM + 24 * HOUR - 1, seed })
}
