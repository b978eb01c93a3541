import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startAlertmanager } from './alertmanager.ts'
import { startCollector, until, type CollectorProcess } from './collector-process.ts'
import { startFakeApiServer, type FakeApiServer } from './fake-api-server.ts'

const RULE = {
  name: 'image',
  class: ['ImagePullBackOff'],
  for: '0s',
  groupBy: ['namespace', 'workload'],
  severity: 'high',
  annotations: { summary: '{{ $labels.workload }} waits for an image' },
}

/** What was heard of each workload: ids of its changes by state. */
export type Heard = ReadonlyMap<string, { readonly firing: readonly string[]; readonly resolved: readonly string[] }>

export interface AlertKills {
  /** Keys of changes at a webhook that the collector tells by itself; the same key twice is one. */
  readonly direct: Heard
  /** Messages at the webhook behind Alertmanager, each by itself. */
  readonly behind: Heard
  readonly workloads: readonly string[]
}

/**
 * An alert for each kill: the collector is killed (kill -9) when the alert is known and its message has not left, or when it has
 * left and no answer has come, by turns. Then all of them end, and everybody is heard out.
 */
export async function killBetweenChangeAndMessage(kills: number): Promise<AlertKills> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-alerts-'))
  const server = await startFakeApiServer()
  const [direct, behind] = [new Listener(directKeys), new Listener(alertmanagerKeys)]
  await Promise.all([direct.listen(), behind.listen()])
  const alertmanager = await startAlertmanager(directory, await freePort(), behind.url)
  const workloads = Array.from({ length: kills }, (_, index) => `web-${index}`)
  const start = () => startAlerting(directory, server, direct.url, alertmanager.url)
  let collector: CollectorProcess | null = null
  try {
    // What is there at the first start is told by its state alone.
    await (await start()).stop()
    for (const [index, workload] of workloads.entries()) {
      const running = await start()
      collector = running
      direct.isHeld = true
      server.etcd.create({ name: `${workload}.fails`, type: 'Warning', reason: 'Failed', note: `Failed to pull image "shop/${workload}:2": not found` }) // prettier-ignore
      const isKnown = index % 2 === 0 ? knownTo(running, workload) : async () => direct.heldOf(workload)
      await until(isKnown, 120_000, () => running.output())
      await running.kill()
      direct.isHeld = false
    }
    collector = await start()
    await heard([direct, behind], workloads, 'firing', collector)
    for (const workload of workloads) server.etcd.create({ name: `${workload}.pulled`, reason: 'Pulled' })
    await heard([direct, behind], workloads, 'resolved', collector)
    await collector.stop()
    return { direct: direct.heard, behind: behind.heard, workloads }
  } finally {
    await collector?.kill()
    await alertmanager.stop()
    await Promise.all([direct.close(), behind.close(), server.close()])
    rmSync(directory, { recursive: true })
  }
}

function startAlerting(directory: string, server: FakeApiServer, hook: string, alertmanager: string) {
  const file = join(directory, 'alerts.yaml')
  writeFileSync(file, JSON.stringify({ alerts: [RULE] }))
  const own = { wait: '1s', interval: '1s', groupBy: ['workload'], mostPerMinute: 10_000 }
  const receivers = [
    { name: 'hook', ...own, webhook: { url: hook } },
    { name: 'alertmanager', alertmanager: { url: alertmanager, sendAgain: '2s' } },
  ]
  return startCollector({
    data: join(directory, 'data'),
    kubeconfig: server.kubeconfig,
    config: { alerts: { shipped: false, files: [file] }, notify: { receivers } },
    timeoutMs: 120_000,
  })
}

function knownTo(collector: CollectorProcess, workload: string) {
  return async () => (await collector.text('/api/v1/alerts')).includes(`"${workload}"`)
}

async function heard(
  listeners: readonly Listener[],
  workloads: readonly string[],
  state: 'firing' | 'resolved',
  collector: CollectorProcess,
): Promise<void> {
  const isHeard = async () => listeners.every((each) => workloads.every((name) => each.of(name)[state].length > 0))
  const said = () => JSON.stringify(listeners.map((each) => [...each.heard])) + collector.output()
  await until(isHeard, 180_000, said)
}

/** Of a body: workload, state, and what tells this telling from others. */
type Keys = (body: unknown) => readonly (readonly [workload: string, state: 'firing' | 'resolved', key: string])[]

const directKeys: Keys = (body) =>
  (body as { changes: { key: string; state: string; labels: { workload: string } }[] }).changes.map((change) => [
    change.labels.workload,
    change.state === 'resolved' ? 'resolved' : 'firing',
    change.key,
  ])

let told = 0
const alertmanagerKeys: Keys = (body) =>
  (body as { alerts: { status: 'firing' | 'resolved'; labels: { workload: string } }[] }).alerts.map((alert) => [
    alert.labels.workload,
    alert.status,
    String((told += 1)),
  ])

/** A webhook that takes everything, unless it is held: then it hears, and does not answer. */
class Listener {
  isHeld = false
  readonly #heard = new Map<string, { firing: string[]; resolved: string[] }>()
  readonly #held = new Set<string>()
  readonly #keys: Keys
  readonly #server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      for (const [workload, state, key] of this.#keys(JSON.parse(Buffer.concat(parts).toString()))) {
        this.#held.add(workload)
        const known = this.of(workload)
        if (!known[state].includes(key)) known[state].push(key)
      }
      if (!this.isHeld) response.end()
    })
  })

  constructor(keys: Keys) {
    this.#keys = keys
  }

  get heard(): Heard {
    return this.#heard
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  of(workload: string): { firing: string[]; resolved: string[] } {
    const known = this.#heard.get(workload) ?? { firing: [], resolved: [] }
    this.#heard.set(workload, known)
    return known
  }

  heldOf(workload: string): boolean {
    return this.#held.has(workload)
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
