import { setTimeout as delay } from 'node:timers/promises'
import type { Accounts } from '../../collector/src/event/outcome.ts'
import { startCollector, type CollectorProcess } from '../support/collector-process.ts'
import { startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts'
import type { Bench } from './bench.ts'
import { megabytes, roundTo, sizeOf } from './figures.ts'
import { inDirectory, KEEP_EVERYTHING } from './workspace.ts'

const LINE_BYTES = 1_000
/** Lists after the first, in the same process: memory must not grow with their number. */
const REPEATS = 3
const LOOK_EVERY_MS = 200

/** A list of everything, again and again because the watch has expired, then once more after a restart. */
export const bench: Bench = {
  description: 'memory and time of a list of live events, first and repeated (EVENTLOOM_BENCH_LISTED)',
  async run() {
    const listed = sizeOf('EVENTLOOM_BENCH_LISTED', 500_000)
    return { listed, lists: await inDirectory((data) => lists(data, listed)) }
  },
}

async function lists(data: string, listed: number) {
  const server = await startFakeApiServer({ flood: { events: 0, bytes: LINE_BYTES, listed } })
  const options = { data, kubeconfig: server.kubeconfig, config: { retention: KEEP_EVERYTHING } }
  const results = []
  let collector = await startCollector(options)
  try {
    results.push({ list: 'first', ...(await oneList(server, collector, 0, listed)) })
    for (let repeat = 1; repeat <= REPEATS; repeat += 1) {
      const before = await ended(collector)
      await expireWatch(server)
      results.push({ list: `repeat ${repeat}`, ...(await oneList(server, collector, before, listed)) })
    }
    const before = await ended(collector)
    await collector.stop()
    server.fail('watch', { kind: 'error notice', code: 410 })
    collector = await startCollector(options)
    results.push({ list: 'after a restart', ...(await oneList(server, collector, before, listed)) })
  } finally {
    await collector.kill()
    await server.close()
  }
  return results
}

/** Cuts the connection, and answers the next watch as the real server does when it has compacted. */
async function expireWatch(server: FakeApiServer): Promise<void> {
  await server.kill()
  server.fail('watch', { kind: 'error notice', code: 410 })
  await server.restart()
}

/** From the first request of the list to the end of its last event. */
async function oneList(server: FakeApiServer, collector: CollectorProcess, before: number, listed: number) {
  const first = before === 0 ? null : await collector.get<Accounts>('/api/v1/accounts')
  let mostResident = 0
  while ((await ended(collector)) - before < listed) {
    mostResident = Math.max(mostResident, collector.residentBytes())
    await delay(LOOK_EVERY_MS)
  }
  // A list of one item only asks for the version.
  const began = server.requests.findLast(({ kind, query }) => kind === 'list' && query.get('limit') !== '1')
  const seconds = (Date.now() - (began?.timeMs ?? 0)) / 1_000
  const last = await collector.get<Accounts>('/api/v1/accounts')
  return {
    seconds: roundTo(seconds, 1),
    eventsPerSecond: Math.round(listed / seconds),
    mostResidentMegabytes: megabytes(mostResident),
    stored: last.stored - (first?.stored ?? 0),
    alreadyStored: last.alreadyStored - (first?.alreadyStored ?? 0),
  }
}

async function ended(collector: CollectorProcess): Promise<number> {
  const { received, buffered } = await collector.get<Accounts>('/api/v1/accounts')
  return received - buffered
}
