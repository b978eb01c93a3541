import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openData, type OpenData } from '../../collector/src/app.ts'
import { systemClock } from '../../collector/src/clock.ts'
import { parseConfig } from '../../collector/src/config/config.ts'
import { Shutdown } from '../../collector/src/shutdown.ts'
import { openRecording } from '../../collector/src/source/source.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import type { Bench } from './bench.ts'
import { megabytes, roundTo, sizeOf } from './figures.ts'
import { inDirectory } from './workspace.ts'

const never = new AbortController().signal
const START = Date.UTC(2026, 10, 30, 6)
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789'

/** What the stages remember when everything is broken at once, and how long a start takes that reads it again. */
export const bench: Bench = {
  description:
    'MB on the heap with so many failing pods of so many workloads (EVENTLOOM_BENCH_OBJECTS), and ms of a restart',
  run: () => inDirectory((data) => fill(data, sizeOf('EVENTLOOM_BENCH_OBJECTS', 20_000))),
}

async function fill(data: string, pods: number) {
  const recording = join(data, 'failing.jsonl')
  await writeFailing(recording, pods)
  const before = heapBytes()
  const filled = await play(data, recording, before)
  const restarted = await restart(data, before)
  return { pods, ...filled, ...restarted }
}

async function play(data: string, recording: string, before: number) {
  const { opened, shutdown } = await open(data)
  const input = { paths: [recording], name: 'bench', cluster: 'bench', spoolDirectory: opened.spoolDirectory }
  const begun = process.cpuUsage()
  for await (const batch of openRecording({ ...input, clock: systemClock, signal: never })) {
    await opened.line.accept(batch, never)
  }
  await opened.line.settle(never)
  const cpuSeconds = secondsOf(process.cpuUsage(begun))
  const heapMb = megabytes(heapBytes() - before)
  await shutdown.stop()
  return { cpuSeconds, heapMb }
}

async function restart(data: string, before: number) {
  const [begun, started] = [process.cpuUsage(), performance.now()]
  const { shutdown } = await open(data)
  const [restartMs, restartCpuSeconds] = [Math.round(performance.now() - started), secondsOf(process.cpuUsage(begun))]
  const heapAfterRestartMb = megabytes(heapBytes() - before)
  await shutdown.stop()
  return { restartMs, restartCpuSeconds, heapAfterRestartMb }
}

async function open(data: string): Promise<{ opened: OpenData; shutdown: Shutdown }> {
  const shutdown = new Shutdown()
  const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
  const config = parseConfig(JSON.stringify({ data: join(data, 'data'), store: { kind: 'duckdb' } }), 'settings', {})
  return { opened: await openData(config, { clock: systemClock, random: Math.random, logger }, shutdown), shutdown }
}

/** Of each third pod of a workload of its own: it was bound, and then fails in one of three ways. */
async function writeFailing(file: string, pods: number): Promise<void> {
  const out = createWriteStream(file)
  for (let pod = 0; pod < pods; pod += 1) {
    const name = `w${String(Math.floor(pod / 3))}-7c9d8f6b5d-${suffixOf(pod)}`
    const lines = [
      anEvent(pod, 0, name, 'Scheduled', 'Normal', `Successfully assigned shop/${name} to node-${String(pod % 500)}`),
      anEvent(pod, 1, name, ...failureOf(pod, name)),
    ]
    if (!out.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))) await once(out, 'drain')
  }
  out.end()
  await once(out, 'finish')
}

function failureOf(pod: number, name: string): readonly [reason: string, type: string, note: string] {
  const number = String(pod)
  if (pod % 3 === 0)
    return ['BackOff', 'Warning', `Back-off restarting failed container app in pod ${name}_shop(${number})`]
  if (pod % 3 === 1) return ['Failed', 'Warning', `Failed to pull image "registry.example.org/w${number}:1": not found`]
  return ['FailedMount', 'Warning', `MountVolume.SetUp failed for volume "data" : secret "s${number}" not found`]
}

function anEvent(pod: number, place: number, name: string, reason: string, type: string, note: string): object {
  const at = `${new Date(START + pod * 30 + place * 1_000).toISOString().slice(0, 19)}.${String(pod % 1_000_000).padStart(6, '0')}Z`
  const uid = `${String(pod).padStart(8, '0')}-0000-4000-8000-00000000000${String(place)}`
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${String(place)}`,
      namespace: 'shop',
      uid,
      resourceVersion: String(10 + 2 * pod + place),
      creationTimestamp: at,
    },
    eventTime: at,
    reportingController: place === 0 ? 'default-scheduler' : 'kubelet',
    reportingInstance: `node-${String(pod % 500)}`,
    action: reason,
    reason,
    type,
    note,
    regarding: { kind: 'Pod', namespace: 'shop', name, uid: uid.replace(/.$/, '9'), apiVersion: 'v1' },
  }
}

function suffixOf(pod: number): string {
  return [0, 1, 2, 3, 4].map((place) => LETTERS[Math.floor(pod / LETTERS.length ** place) % LETTERS.length]).join('')
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return roundTo((user + system) / 1_000_000, 1)
}

/** Of what is still reachable. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}
