import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { EventWriter } from '../support/event-writer.ts'
import { startLab } from '../support/lab.ts'
import type { Bench } from './bench.ts'
import { distribution, roundTo, sizeOf } from './figures.ts'
import { inDirectory } from './workspace.ts'

/** Requests in flight to the API server. */
const WRITERS = 16
const ASK_EVERY_MS = 100
/** Rows of one question: the newest of several seconds. */
const NEWEST = 3_000
/** After the last event, this long until what is not seen counts as unseen. */
const PATIENCE_MS = 15_000

/** From the answer of a real API server to the create call until the API shows the event. */
export const bench: Bench = {
  description: 'ms from created to visible at a steady rate (EVENTLOOM_BENCH_RATE, EVENTLOOM_BENCH_SECONDS)',
  async run() {
    const [rate, seconds] = [sizeOf('EVENTLOOM_BENCH_RATE', 500), sizeOf('EVENTLOOM_BENCH_SECONDS', 30)]
    return inDirectory(async (data) => {
      const lab = await startLab()
      const writer = new EventWriter(lab)
      try {
        const collector = await startCollector({ data, kubeconfig: readFileSync(lab.kubeconfig, 'utf8') })
        try {
          return { askedRate: rate, ...(await measure(writer, collector, rate, seconds)) }
        } finally {
          await collector.stop()
        }
      } finally {
        await writer.close()
        await lab.stop()
      }
    })
  },
}

async function measure(writer: EventWriter, collector: CollectorProcess, rate: number, seconds: number) {
  const created = new Map<string, number>()
  const visibleMs: number[] = []
  const started = performance.now()
  const stop = new AbortController()
  const watching = watch(collector, created, visibleMs, stop.signal)
  await Promise.all(Array.from({ length: WRITERS }, () => write(writer, created, started, rate, seconds)))
  const writtenAfter = (performance.now() - started) / 1_000
  const written = created.size + visibleMs.length
  for (let waited = 0; created.size > 0 && waited < PATIENCE_MS; waited += ASK_EVERY_MS) await delay(ASK_EVERY_MS)
  stop.abort()
  await watching
  return {
    reachedRate: Math.round(written / writtenAfter),
    seconds: roundTo(writtenAfter, 1),
    written,
    unseen: created.size,
    visibleMs: distribution(visibleMs),
    askedEveryMs: ASK_EVERY_MS,
  }
}

let begun = 0

/** Creates events at its share of the rate. */
async function write(
  writer: EventWriter,
  created: Map<string, number>,
  started: number,
  rate: number,
  seconds: number,
): Promise<void> {
  for (;;) {
    const due = started + (begun++ * 1_000) / rate
    if (due > started + seconds * 1_000) return
    await delay(Math.max(0, due - performance.now()))
    created.set(await writer.create(), performance.now())
  }
}

/** Asks for the newest events again and again, and takes the time at which each is seen first. */
async function watch(
  collector: CollectorProcess,
  created: Map<string, number>,
  visibleMs: number[],
  signal: AbortSignal,
): Promise<void> {
  const seen = new Set<string>()
  while (!signal.aborted) {
    const { observations } = await collector.get<{ observations: readonly { name: string }[] }>(
      `/api/v1/events?view=observations&limit=${NEWEST}`,
    )
    const now = performance.now()
    for (const { name } of observations) seen.add(name)
    // Seen may come before the answer of the create call.
    for (const [name, time] of created) {
      if (!seen.has(name)) continue
      visibleMs.push(now - time)
      created.delete(name)
      seen.delete(name)
    }
    await delay(ASK_EVERY_MS)
  }
}
