import { DAY, MINUTE } from '../../collector/src/clock.ts'
import { formatTime } from '../../collector/src/query/time.ts'
import { startCollector, until, type CollectorProcess } from '../support/collector-process.ts'
import { startElasticsearch } from '../support/elasticsearch.ts'
import { callElasticsearch } from '../support/elasticsearch-store.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import { generateObservations } from '../support/generate-observations.ts'
import type { Bench } from './bench.ts'
import { BenchStore, COLLECTOR_START_MS } from './elasticsearch-bulk.ts'
import { distribution, roundTo, sizeOf } from './figures.ts'
import { DAY_FROM } from './questions.ts'
import { HISTORY_FROM, HISTORY_TO } from './stored-history.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const TOP = 20
const PAGE = 100
/** Rounds before the measured ones: code is compiled, files are read. */
const WARM_UP = 5
const FIRST_ANSWER_MS = 300_000

/** Questions through the API of a collector, and the best single request for each, sent by hand, over the same indices. */
export const bench: Bench = {
  description: 'ms of questions over 30 days in Elasticsearch (EVENTLOOM_BENCH_ROWS, EVENTLOOM_BENCH_RUNS)',
  async run() {
    const [rows, runs] = [sizeOf('EVENTLOOM_BENCH_ROWS', 5_000_000), sizeOf('EVENTLOOM_BENCH_RUNS', 30)]
    const server = await startElasticsearch({ heapMb: 2_048 })
    const prefix = `query-${String(Date.now())}`
    try {
      const filler = new BenchStore(server.url, prefix)
      const filledInSeconds = Math.round(
        await filler.fill(generateObservations({ rows, from: HISTORY_FROM, to: HISTORY_TO - 1 })),
      )
      await callElasticsearch(server.url, 'POST', `/${prefix}-read/_refresh`)
      const measured = await inDirectory((data) => measure(server.url, prefix, data, runs))
      return { rows, runs, filledInSeconds, ...measured }
    } finally {
      await server.stop()
    }
  },
}

async function measure(url: string, prefix: string, data: string, runs: number) {
  const server = await spawnFakeApiServer({ flood: { events: 1 } })
  const store = { kind: 'elasticsearch', elasticsearch: { nodes: [url], prefix, replicas: 0, requestTimeout: '5m' } }
  const config = { store, retention: KEEP_EVERYTHING }
  try {
    const collector = await startCollector({
      data,
      kubeconfig: server.kubeconfig,
      config,
      timeoutMs: COLLECTOR_START_MS,
    })
    try {
      return await ask(collector, url, prefix, runs)
    } finally {
      await collector.stop()
    }
  } finally {
    await server.stop()
  }
}

/** Each round asks for a range that begins a minute later: else caches would answer. */
async function ask(collector: CollectorProcess, url: string, prefix: string, runs: number) {
  await untilAnswers(collector)
  const times: Record<string, { readonly api: number[]; readonly byHand: number[] }> = {}
  for (let run = -WARM_UP; run < runs; run += 1) {
    const shift = (run + WARM_UP) * MINUTE
    for (const [name, question] of Object.entries(QUESTIONS)) {
      const { path, body } = question(shift)
      const [started] = [performance.now(), await collector.get(path)]
      const answered = performance.now()
      const of = (times[name] ??= { api: [], byHand: [] })
      if (run >= 0) of.api.push(answered - started)
      if (body === null) continue
      await callElasticsearch(url, 'POST', `/${prefix}-read/_search`, body)
      if (run >= 0) of.byHand.push(performance.now() - answered)
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, of]) => {
      const apiMs = distribution(of.api)
      if (of.byHand.length === 0) return [name, { apiMs }]
      const byHandMs = distribution(of.byHand)
      const ratio = { p50: roundTo(apiMs.p50 / byHandMs.p50, 2), p95: roundTo(apiMs.p95 / byHandMs.p95, 2) }
      return [name, { apiMs, byHandMs, apiToByHand: ratio }]
    }),
  )
}

/** The first answer is slow: indices that were just filled are still merged. */
function untilAnswers(collector: CollectorProcess): Promise<void> {
  const path = address('aggregate', { groupBy: 'reason', window: '1d' })
  const answers = async () => (await fetch(collector.url + path)).ok
  return until(answers, FIRST_ANSWER_MS, () => collector.output(), 1_000)
}

interface Question {
  readonly path: string
  /** What somebody who knows the mapping would send for it; null where no single request answers it. */
  readonly body: object | null
}

const QUESTIONS: Readonly<Record<string, (shift: number) => Question>> = {
  minuteByReasonOverDay(shift) {
    const range = { from: formatTime(DAY_FROM + shift), to: formatTime(DAY_FROM + DAY + shift) }
    const occurrences = { sum: { field: 'countDelta' } }
    return {
      path: address('aggregate', { ...range, groupBy: 'reason', window: '1m', top: String(TOP) }),
      body: {
        size: 0,
        query: { range: { '@timestamp': { gte: range.from, lt: range.to } } },
        aggs: {
          reasons: {
            terms: { field: 'reason', size: TOP, order: { occurrences: 'desc' } },
            aggs: {
              occurrences,
              minutes: { date_histogram: { field: '@timestamp', fixed_interval: '1m' }, aggs: { occurrences } },
            },
          },
        },
      },
    }
  },
  firstPageOfText(shift) {
    const range = month(shift)
    const query = 'note:"deadline exceeded" AND namespace:team-3 AND type:Warning'
    return {
      path: address('events', { ...range, query, limit: String(PAGE) }),
      body: {
        size: PAGE,
        track_total_hits: true,
        query: {
          bool: {
            filter: [
              { range: { '@timestamp': { gte: range.from, lt: range.to } } },
              { match_phrase: { noteTokens: 'deadline exceeded' } },
              { term: { namespace: 'team-3' } },
              { term: { type: 'Warning' } },
            ],
          },
        },
        sort: [{ '@timestamp': 'desc' }, { resourceVersion: 'desc' }],
        collapse: { field: 'uid' },
      },
    }
  },
  objectsByReason: (shift) => ({
    path: address('aggregate', { ...month(shift), groupBy: 'reason', metrics: 'objects' }),
    body: null,
  }),
  patterns: (shift) => ({ path: address('patterns', { ...month(shift), limit: '50' }), body: null }),
  latestOfThousand: (shift) => ({ path: address('latest', { ...month(shift), limit: '1000' }), body: null }),
}

function month(shift: number) {
  return { from: formatTime(HISTORY_FROM + shift), to: formatTime(HISTORY_TO) }
}

function address(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  return `/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`
}
