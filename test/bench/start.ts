import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Accounts } from '../../collector/src/event/outcome.ts'
import { until } from '../support/collector-process.ts'
import type { Bench } from './bench.ts'
import { quantileOf, roundTo, sizeOf } from './figures.ts'
import { inDirectory } from './workspace.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 20

/** `npm start` as a newcomer types it, after the installation and without a cluster: it plays the shipped recording. */
export const bench: Bench = {
  description: 'ms from `npm start` until the API answers, and until the recording is stored (EVENTLOOM_BENCH_RUNS)',
  async run() {
    const runs = []
    for (let run = 0; run < sizeOf('EVENTLOOM_BENCH_RUNS', 5); run += 1) runs.push(await inDirectory(startOnce))
    const median = (values: readonly number[]) => Math.round(quantileOf(values, 0.5) ?? 0)
    return {
      answersMs: median(runs.map(({ answersMs }) => answersMs)),
      recordingStoredMs: median(runs.map(({ recordingStoredMs }) => recordingStoredMs)),
      runs,
    }
  },
}

async function startOnce(data: string) {
  const config = join(data, 'config.yaml')
  writeFileSync(config, JSON.stringify({ data, api: { port: 0 } }))
  const environment = { ...process.env, KUBECONFIG: join(data, 'no-such-kubeconfig'), HOME: data }
  const started = performance.now()
  // A group of its own: npm starts a shell, and that the collector.
  const child = spawn('npm', ['start', '--', '--config', config], {
    cwd: ROOT,
    env: environment,
    stdio: 'ignore',
    detached: true,
  })
  const exited = once(child, 'exit')
  const elapsed = () => roundTo(performance.now() - started, 0)
  try {
    let url = ''
    await within(async () => {
      url = (JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as { url: string }).url
      return (await fetch(`${url}/healthz`)).ok
    })
    const answersMs = elapsed()
    await within(async () => {
      const accounts = (await (await fetch(`${url}/api/v1/accounts`)).json()) as Accounts
      return accounts.stored > 0 && accounts.buffered === 0
    })
    return { answersMs, recordingStoredMs: elapsed() }
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGTERM')
    await exited
  }
}

/** Waits for the condition; one that cannot be asked yet does not hold. */
function within(condition: () => Promise<boolean>): Promise<void> {
  return until(
    () => condition().catch(() => false),
    PATIENCE_MS,
    () => 'npm start did not get there',
    LOOK_EVERY_MS,
  )
}
