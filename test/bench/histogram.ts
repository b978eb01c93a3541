import { DuckDBInstance } from '@duckdb/node-api'
import { DAY, HOUR, MINUTE } from '../../collector/src/clock.ts'
import { startCollector } from '../support/collector-process.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import type { Bench } from './bench.ts'
import { distribution, roundTo, sizeOf } from './figures.ts'
import { ask, bareSql, DAY_FROM } from './questions.ts'
import { filledFile, HISTORY_FROM, HISTORY_TO, placeHistory } from './stored-history.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const SMALLER_ROWS = 1_000_000
/** As the store is configured by default, so that the ratio is between equals. */
const DUCKDB_SETTINGS = { threads: '2', memory_limit: '300MB' }

/** Questions through the API of a collector at rest, and the two histograms as bare SQL on the same file. */
export const bench: Bench = {
  description: 'ms of questions over 30 days, by stored rows (EVENTLOOM_BENCH_ROWS, EVENTLOOM_BENCH_RUNS)',
  async run() {
    const [rows, runs] = [sizeOf('EVENTLOOM_BENCH_ROWS', 5_000_000), sizeOf('EVENTLOOM_BENCH_RUNS', 30)]
    const curve = []
    for (const size of rows > SMALLER_ROWS ? [SMALLER_ROWS, rows] : [rows]) {
      const { file, filledInSeconds } = await filledFile(size)
      curve.push({ rows: size, filledInSeconds, ...(await inDirectory((data) => measure(file, data, runs))) })
    }
    return { runs, curve }
  },
}

async function measure(file: string, data: string, runs: number) {
  const placed = placeHistory(file, data)
  const server = await spawnFakeApiServer({ flood: { events: 1 } })
  try {
    const collector = await startCollector({
      data,
      kubeconfig: server.kubeconfig,
      config: { retention: KEEP_EVERYTHING },
    })
    const apiMs = await ask(collector, runs)
    await collector.stop()
    const bareSqlMs = await askBare(placed, runs)
    const ratios = Object.entries(bareSqlMs).map(([name, { p50, p95 }]) => {
      const api = apiMs[name]
      return [name, api && { p50: roundTo(api.p50 / p50, 2), p95: roundTo(api.p95 / p95, 2) }]
    })
    return {
      startMs: Math.round(collector.startMs),
      apiMs,
      bareSqlMs,
      apiToBareSql: Object.fromEntries(ratios) as object,
    }
  } finally {
    await server.stop()
  }
}

async function askBare(file: string, runs: number) {
  const instance = await DuckDBInstance.create(file, DUCKDB_SETTINGS)
  const connection = await instance.connect()
  const measured = async (sql: string) => {
    const times: number[] = []
    for (let run = 0; run <= runs; run += 1) {
      const started = performance.now()
      ;(await connection.runAndReadAll(sql)).getColumnsJson()
      if (run > 0) times.push(performance.now() - started)
    }
    return distribution(times)
  }
  try {
    return {
      minuteByReasonOverDay: await measured(bareSql(DAY_FROM, DAY_FROM + DAY, MINUTE)),
      hourByReasonOver30Days: await measured(bareSql(HISTORY_FROM, HISTORY_TO, HOUR)),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
