import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import type { CollectorProcess } from '../support/collector-process.ts'
import { megabytes, quantileOf, roundTo } from './figures.ts'

/** How often accounts and memory are looked at. */
const LOOK_EVERY_MS = 500
/** The collector's own gauge of loop delay is since its last reading, so that a point of the curve is one reading. */
const POINT_EVERY_MS = 10_000

/** What happened between two points of the curve. */
interface Point {
  readonly seconds: number
  readonly receivedPerSecond: number
  readonly storedPerSecond: number
  readonly residentMegabytes: number
  readonly bufferRows: number
  readonly loopDelayP99Ms: number
}

/**
 * Follows a collector until it has received `events` versions since `received`, and the store has them all. Without
 * `received` those that come from now on are meant: a flood that began with the collector passes 0.
 */
export async function followIngest(
  collector: CollectorProcess,
  events: number,
  { received, timeoutMs = 1_200_000 }: { readonly received?: number; readonly timeoutMs?: number } = {},
) {
  const started = performance.now()
  const first = await collector.get<Accounts>('/api/v1/accounts')
  const before = received ?? first.received
  const cpuBefore = cpuSeconds(collector.pid)
  const curve: Point[] = []
  let [last, lastTime] = [first, started]
  let receivedAfterMs: number | null = null
  let [mostResident, mostBuffered, unbalanced] = [0, 0, 0]
  await loopDelayP99(collector) // what came before does not count
  for (;;) {
    await delay(LOOK_EVERY_MS)
    const accounts = await collector.get<Accounts>('/api/v1/accounts')
    const now = performance.now()
    mostResident = Math.max(mostResident, collector.residentBytes())
    mostBuffered = Math.max(mostBuffered, accounts.buffered)
    if (!isBalanced(accounts)) unbalanced += 1
    const hasAll = accounts.received - before >= events
    if (hasAll) receivedAfterMs ??= now - started
    const isDone = hasAll && accounts.buffered === 0
    if (isDone || now - lastTime >= POINT_EVERY_MS) {
      const span = (now - lastTime) / 1_000
      curve.push({
        seconds: roundTo((now - started) / 1_000, 1),
        receivedPerSecond: Math.round((accounts.received - last.received) / span),
        storedPerSecond: Math.round((ended(accounts) - ended(last)) / span),
        residentMegabytes: megabytes(collector.residentBytes()),
        bufferRows: accounts.buffered,
        loopDelayP99Ms: roundTo((await loopDelayP99(collector)) * 1_000, 1),
      })
      ;[last, lastTime] = [accounts, now]
    }
    if (isDone) break
    if (now - started > timeoutMs) throw new Error(`not done within ${timeoutMs} ms: ${JSON.stringify(accounts)}`)
  }
  const cpu = cpuSeconds(collector.pid)
  const delays = curve.map(({ loopDelayP99Ms }) => loopDelayP99Ms)
  return {
    seconds: roundTo((performance.now() - started) / 1_000, 1),
    receivedPerSecond: Math.round((events + before - first.received) / ((receivedAfterMs ?? 0) / 1_000)),
    storedPerSecond: Math.round((last.stored - first.stored) / ((performance.now() - started) / 1_000)),
    mostResidentMegabytes: megabytes(mostResident),
    mostBufferedRows: mostBuffered,
    loopDelayP99Ms: { median: quantileOf(delays, 0.5), worst: quantileOf(delays, 1) },
    cpuMicrosecondsPerEvent: {
      mainThread: roundTo(((cpu.mainThread - cpuBefore.mainThread) * 1e6) / events, 1),
      process: roundTo(((cpu.process - cpuBefore.process) * 1e6) / events, 1),
    },
    looksUnbalanced: unbalanced,
    accounts: last,
    curve,
  }
}

/** 99th percentile of the collector's event-loop delay since the last reading, seconds. */
export async function loopDelayP99(collector: Pick<CollectorProcess, 'text'>): Promise<number> {
  const metrics = await collector.text('/metrics')
  const found = /^eventloom_event_loop_delay_seconds\{quantile="0\.99"\} (\S+)$/m.exec(metrics)
  if (found === null) throw new Error('/metrics has no 99th percentile of eventloom_event_loop_delay_seconds')
  return Number(found[1])
}

/** Clock ticks of Linux in a second. */
const TICKS = 100

/** CPU time so far: less noisy than the wall's on a machine that others use. */
function cpuSeconds(pid: number): { readonly mainThread: number; readonly process: number } {
  const seconds = (thread: string) => {
    // utime and stime are the 14th and 15th field; the 2nd, in brackets, may hold blanks.
    const fields = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  }
  const threads = readdirSync(`/proc/${pid}/task`)
  return { mainThread: seconds(String(pid)), process: threads.reduce((sum, thread) => sum + seconds(thread), 0) }
}

function ended({ received, buffered }: Accounts): number {
  return received - buffered
}
