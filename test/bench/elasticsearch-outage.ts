import { setTimeout as delay } from 'node:timers/promises'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { startOwnElasticsearch } from '../support/elasticsearch.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import type { Bench } from './bench.ts'
import { COLLECTOR_START_MS } from './elasticsearch-bulk.ts'
import { megabytes, roundTo, sizeOf } from './figures.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const LINE_BYTES = 1_000
/** Before the outage: caches fill, code is compiled. */
const CALM_SECONDS = 30
const POINTS = 20
const LOOK_EVERY_MS = 200
/** The stream lasts longer than any measurement. */
const FLOOD_SECONDS = 7_200

/** Elasticsearch is killed under a steady stream and comes back: what the collector's memory does, and how fast it catches up. */
export const bench: Bench = {
  description:
    'memory during an outage of Elasticsearch, and how fast it is made up for (EVENTLOOM_BENCH_RATE, EVENTLOOM_BENCH_SECONDS)',
  async run() {
    const [rate, seconds] = [sizeOf('EVENTLOOM_BENCH_RATE', 1_000), sizeOf('EVENTLOOM_BENCH_SECONDS', 600)]
    return { askedRate: rate, ...(await inDirectory((data) => outage(data, rate, seconds))) }
  },
}

async function outage(data: string, rate: number, seconds: number) {
  const elasticsearch = await startOwnElasticsearch({ heapMb: 1_024 })
  const flood = { events: rate * FLOOD_SECONDS, bytes: LINE_BYTES, eventsPerSecond: rate }
  const server = await spawnFakeApiServer({ flood })
  const store = { kind: 'elasticsearch', elasticsearch: { nodes: [elasticsearch.url], replicas: 0 } }
  const config = { store, retention: KEEP_EVERYTHING }
  const collector = await startCollector({ data, kubeconfig: server.kubeconfig, config, timeoutMs: COLLECTOR_START_MS })
  try {
    await delay(CALM_SECONDS * 1_000)
    const calm = await look(collector)
    await elasticsearch.kill()
    const curve = []
    for (let point = 0; point < POINTS; point += 1) {
      await delay((seconds * 1_000) / POINTS)
      curve.push(await look(collector))
    }
    const last = curve.at(-1) ?? calm
    await elasticsearch.start()
    const recovery = await recover(collector, rate)
    // What one tenth to the end of the outage added: the start of it still fills what is bounded.
    const early = curve[Math.floor(POINTS / 10)] ?? calm
    return {
      outageSeconds: seconds,
      receivedPerSecond: Math.round((last.received - calm.received) / seconds),
      calmMegabytes: calm.megabytes,
      mostMegabytes: Math.max(...curve.map((point) => point.megabytes)),
      grownMegabytes: last.megabytes - early.megabytes,
      recovery: { ...recovery, timesRealTime: roundTo(seconds / recovery.seconds, 1) },
      curve,
    }
  } finally {
    await collector.kill()
    await server.stop()
    await elasticsearch.stop()
  }
}

async function look(collector: CollectorProcess) {
  const { received, buffered } = await collector.get<Accounts>('/api/v1/accounts')
  return { received, buffered, megabytes: megabytes(collector.residentBytes()) }
}

/** From the server's first answer until no more waits than comes in within a second; the stream goes on meanwhile. */
async function recover(collector: CollectorProcess, rate: number) {
  const started = performance.now()
  const first = await collector.get<Accounts>('/api/v1/accounts')
  for (;;) {
    await delay(LOOK_EVERY_MS)
    const accounts = await collector.get<Accounts>('/api/v1/accounts')
    if (accounts.buffered > rate) continue
    const seconds = (performance.now() - started) / 1_000
    return {
      backlog: first.buffered,
      seconds: roundTo(seconds, 1),
      storedPerSecond: Math.round((accounts.stored - first.stored) / seconds),
      isBalanced: isBalanced(accounts),
      deadLettered: accounts.deadLettered,
    }
  }
}
