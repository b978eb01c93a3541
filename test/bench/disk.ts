import { join } from 'node:path'
import { startCollector } from '../support/collector-process.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import type { Bench } from './bench.ts'
import { roundTo, sizeOf } from './figures.ts'
import { followIngest } from './followed-ingest.ts'
import { fill } from './stored-history.ts'
import { bytesOf, inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const LINE_BYTES = 1_000

/**
 * Bytes on disk for each row once the file is closed: of an ordinary cluster's observations, and of a flood that took the
 * whole line, with what no column holds (`rest`) included.
 */
export const bench: Bench = {
  description: 'bytes on disk per observation, and rows/s of appending (EVENTLOOM_BENCH_ROWS)',
  async run() {
    const rows = sizeOf('EVENTLOOM_BENCH_ROWS', 1_000_000)
    return {
      rows,
      generated: await inDirectory((data) => generated(data, rows)),
      flood: await inDirectory((data) => flood(data, rows)),
    }
  },
}

async function generated(data: string, rows: number) {
  const seconds = await fill(join(data, 'eventloom.duckdb'), rows)
  return { bytesPerObservation: perRow(data, rows), appendedPerSecond: Math.round(rows / seconds) }
}

async function flood(data: string, events: number) {
  const server = await spawnFakeApiServer({ flood: { events, bytes: LINE_BYTES } })
  try {
    const config = { retention: KEEP_EVERYTHING }
    const collector = await startCollector({ data, kubeconfig: server.kubeconfig, config })
    try {
      const { accounts } = await followIngest(collector, events)
      await collector.stop()
      return { lineBytes: LINE_BYTES, stored: accounts.stored, bytesPerObservation: perRow(data, accounts.stored) }
    } finally {
      await collector.kill()
    }
  } finally {
    await server.stop()
  }
}

function perRow(data: string, rows: number): number {
  return roundTo(bytesOf(data, 'eventloom.duckdb') / rows, 1)
}
