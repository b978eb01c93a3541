import { connect, type Socket } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filledFile, placeHistory } from '../bench/stored-history.ts'
import { KEEP_EVERYTHING } from '../bench/workspace.ts'
import { startCollector, type CollectorProcess } from './collector-process.ts'
import { startFakeApiServer } from './fake-api-server.ts'

/** What the shipped pod may take: provisioning/kubernetes/deployment.yaml. */
export const POD_BYTES = 1_073_741_824

/** What Node lets its heap have in such a pod: half of the memory, and 16 MiB thrice for what is new. Of a machine with more it takes more. */
const HEAP = `--max-old-space-size=${POD_BYTES / 2 / 1_048_576} --max-semi-space-size=16`

/** How often memory and health are looked at. */
const LOOK_EVERY_MS = 50

export interface Attacked extends CollectorProcess {
  readonly data: string
  /** Most memory since the last call, bytes. */
  readonly mostResident: () => number
  /** Longest that /healthz took since the last call, ms; Infinity while one is not answered. */
  readonly slowestHealth: () => number
  /** Asks, whatever the answer. */
  readonly ask: (path: string, body?: unknown) => Promise<Asked>
  /** A connection that sends a request and never reads. */
  readonly deafClient: (path: string, body?: unknown) => Promise<Socket>
  readonly end: () => Promise<void>
}

export interface Asked {
  readonly status: number
  readonly text: string
  readonly ms: number
  readonly retryAfter: string | null
}

/** A collector process over generated rows, with its memory and its health watched from outside. */
export async function startAttacked(rows: number): Promise<Attacked> {
  return startOver((await filledFile(rows)).file)
}

/** As {@link startAttacked}, over a copy of a DuckDB file. */
export async function startOver(file: string): Promise<Attacked> {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-attacked-'))
  placeHistory(file, data)
  const server = await startFakeApiServer()
  const collector = await startCollector({
    data,
    kubeconfig: server.kubeconfig,
    config: { retention: KEEP_EVERYTHING },
    // As the image sets it.
    environment: { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: HEAP },
    timeoutMs: 120_000,
  })
  const watch = watched(collector)
  return {
    ...collector,
    data,
    ...watch,
    ask: (path, body) => askOf(collector.url, path, body),
    deafClient: (path, body) => deafClient(collector.url, path, body),
    async end() {
      watch.unwatch()
      await collector.kill()
      await server.close()
      rmSync(data, { recursive: true })
    },
  }
}

function watched(collector: CollectorProcess) {
  let [most, slowest, isAsking] = [0, 0, false]
  const look = async () => {
    most = Math.max(most, collector.residentBytes())
    if (isAsking) return
    isAsking = true
    const started = performance.now()
    try {
      await (await fetch(`${collector.url}/healthz`)).arrayBuffer()
    } finally {
      slowest = Math.max(slowest, performance.now() - started)
      isAsking = false
    }
  }
  const timer = setInterval(() => void look().catch(() => (slowest = Infinity)), LOOK_EVERY_MS)
  const taken = (value: number, forget: () => void) => {
    forget()
    return value
  }
  return {
    mostResident: () => taken(most, () => (most = 0)),
    slowestHealth: () => taken(slowest, () => (slowest = 0)),
    unwatch: () => clearInterval(timer),
  }
}

/** Asks, whatever the answer. */
export async function askOf(url: string, path: string, body?: unknown): Promise<Asked> {
  const started = performance.now()
  const sent =
    body === undefined
      ? {}
      : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(url + path, sent)
  const text = await response.text()
  return {
    status: response.status,
    text,
    ms: performance.now() - started,
    retryAfter: response.headers.get('retry-after'),
  }
}

function deafClient(url: string, path: string, body?: unknown): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const text = body === undefined ? '' : JSON.stringify(body)
  const head = [
    `${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    ...(body === undefined ? [] : ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`]),
  ]
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.pause()
      socket.write(`${head.join('\r\n')}\r\n\r\n${text}`)
      resolve(socket)
    })
    socket.on('error', reject)
  })
}
