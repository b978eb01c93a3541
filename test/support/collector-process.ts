import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const COMMAND = join(import.meta.dirname, '..', '..', 'collector', 'bin', 'eventloom.mjs')

export interface CollectorProcessOptions {
  /** Data directory; made when absent. */
  readonly data: string
  /** Text of the kubeconfig; the cluster is called `lab`. */
  readonly kubeconfig: string
  /** More of the configuration, top-level sections as JSON. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Flags of `run` besides `--config`. */
  readonly flags?: readonly string[]
  /** Variables besides our own. */
  readonly environment?: Readonly<Record<string, string>>
  /** Words before the command, which end in running it. */
  readonly before?: readonly string[]
  /** How long the API may take to answer. */
  readonly timeoutMs?: number
}

/** `eventloom run` as a process of its own, on a free port. */
export interface CollectorProcess {
  readonly pid: number
  readonly url: string
  /** From the spawn to the first answer of the API. */
  readonly startMs: number
  /** What it printed so far. */
  output(): string
  get<T>(path: string): Promise<T>
  text(path: string): Promise<string>
  /** Resident memory now, bytes. */
  residentBytes(): number
  /** SIGKILL, at once. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
}

export async function startCollector(options: CollectorProcessOptions): Promise<CollectorProcess> {
  const { data, kubeconfig, config = {}, flags = [], environment = {}, before = [], timeoutMs = 30_000 } = options
  mkdirSync(data, { recursive: true })
  const kubeconfigFile = join(data, 'kubeconfig.yaml')
  const configFile = join(data, 'config.yaml')
  writeFileSync(kubeconfigFile, kubeconfig)
  const clusters = [{ name: 'lab', kubeconfig: kubeconfigFile }]
  writeFileSync(configFile, JSON.stringify({ data, clusters, api: { port: 0 }, ...config }))
  rmSync(join(data, 'collector.json'), { force: true })

  const started = performance.now()
  const [command = '', ...words] = [...before, process.execPath, COMMAND, 'run', '--config', configFile, ...flags]
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const url = await waitForUrl(child, data, timeoutMs, () => printed).catch(async (error: unknown) => {
    await end(child, 'SIGKILL')
    throw error
  })
  const startMs = performance.now() - started
  const text = async (path: string) => {
    const response = await fetch(url + path)
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return response.text()
  }
  return {
    pid: child.pid ?? 0,
    url,
    startMs,
    output: () => printed,
    text,
    get: async <T>(path: string) => JSON.parse(await text(path)) as T,
    residentBytes: () => residentBytes(child.pid ?? 0),
    kill: () => end(child, 'SIGKILL').then(() => undefined),
    stop: () => end(child, 'SIGTERM'),
  }
}

/** Polls until `condition` holds. @throws Error after `timeoutMs`, with what `describe` says. */
export async function until(
  condition: () => Promise<boolean>,
  timeoutMs: number,
  describe: () => string | Promise<string>,
  everyMs = 50,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${await describe()}`)
    await delay(everyMs)
  }
}

async function waitForUrl(
  child: ChildProcess,
  data: string,
  timeoutMs: number,
  printed: () => string,
): Promise<string> {
  let url = ''
  const answers = async () => {
    if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}:\n${printed()}`)
    try {
      url = (JSON.parse(readFileSync(join(data, 'collector.json'), 'utf8')) as { url: string }).url
      return (await fetch(`${url}/healthz`)).status > 0
    } catch {
      return false
    }
  }
  await until(answers, timeoutMs, printed, 20)
  return url
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  return child.exitCode
}

function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1])
  return pages * 4096
}
