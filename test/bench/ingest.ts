import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startCollector } from '../support/collector-process.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import type { Bench } from './bench.ts'
import { sizeOf } from './figures.ts'
import { followIngest } from './followed-ingest.ts'
import { bytesOf, inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const LINE_BYTES = 1_000

/** A watch that never pauses, from a server in a process of its own, through all stages into DuckDB. */
export const bench: Bench = {
  description:
    'events/s from a watch stream into the store, over time (EVENTLOOM_BENCH_EVENTS, EVENTLOOM_BENCH_CLUSTERS)',
  async run() {
    const events = sizeOf('EVENTLOOM_BENCH_EVENTS', 2_000_000)
    const clusters = sizeOf('EVENTLOOM_BENCH_CLUSTERS', 1)
    return { events, clusters, lineBytes: LINE_BYTES, ...(await inDirectory((data) => flood(data, events, clusters))) }
  },
}

/** `events` versions from `clusters` servers at once. */
async function flood(data: string, events: number, clusters: number) {
  const each = Math.floor(events / clusters)
  const servers = await Promise.all(
    Array.from({ length: clusters }, (_, index) =>
      spawnFakeApiServer({
        clusterUid: `0c0ffee0-0000-4000-8000-${String(index).padStart(12, '0')}`,
        flood: { events: each, bytes: LINE_BYTES },
      }),
    ),
  )
  try {
    const configured = servers.map(({ kubeconfig }, index) => {
      const file = join(data, `kubeconfig-${index}.yaml`)
      writeFileSync(file, kubeconfig)
      return { name: `cluster-${index}`, kubeconfig: file }
    })
    const config = { clusters: configured, retention: KEEP_EVERYTHING }
    const collector = await startCollector({ data, kubeconfig: servers[0]?.kubeconfig ?? '', config })
    try {
      const figures = await followIngest(collector, each * clusters, { received: 0 })
      await collector.stop()
      const bytes = bytesOf(data, 'eventloom.duckdb')
      return { ...figures, bytesPerObservation: Math.round(bytes / figures.accounts.stored) }
    } finally {
      await collector.kill()
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
