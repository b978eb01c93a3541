import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import { startCollector, until, type CollectorProcess, type CollectorProcessOptions } from './collector-process.ts'
import { startFakeApiServer, type FakeApiServer } from './fake-api-server.ts'

const ALL_TIME = 'from=1970-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'

/** A start takes a second. Beside other work on the machine it may take much longer. */
const START_MS = 90_000
const PATIENCE_MS = 40_000

interface Page {
  readonly observations: readonly { readonly id: string; readonly uid: string; readonly resourceVersion: number }[]
  readonly notices: readonly { readonly severity: string; readonly text: string }[]
}

/** A fake API server and a collector process over a fresh directory, new for each test of the suite that calls {@link badDay}. */
class BadDay {
  directory = ''
  server!: FakeApiServer
  collector: CollectorProcess | undefined
  #made = 0

  /** Data directory of the collector. */
  get data(): string {
    return join(this.directory, 'data')
  }

  async begin(): Promise<void> {
    this.directory = mkdtempSync(join(tmpdir(), 'eventloom-bad-day-'))
    this.server = await startFakeApiServer()
  }

  async end(): Promise<void> {
    await this.collector?.kill()
    this.collector = undefined
    await this.server.close()
    rmSync(this.directory, { recursive: true })
  }

  async start(options: Partial<CollectorProcessOptions> = {}): Promise<CollectorProcess> {
    const { data, server } = this
    this.collector = await startCollector({ data, kubeconfig: server.kubeconfig, timeoutMs: START_MS, ...options })
    return this.collector
  }

  createSome(count: number, note = 'made for a test'): void {
    for (let index = 0; index < count; index += 1) {
      this.#made += 1
      this.server.etcd.create({ name: `pod-${this.#made}.x`, note })
    }
  }

  /** Waits until every version the server holds is in the store, once, and the accounts balance. */
  async caughtUp(timeoutMs = PATIENCE_MS): Promise<Page> {
    let page: Page = { observations: [], notices: [] }
    const missing = () => {
      const stored = new Set(page.observations.map((row) => `${row.uid} ${row.resourceVersion}`))
      return this.server.etcd.live.filter(({ metadata }) => !stored.has(`${metadata.uid} ${metadata.resourceVersion}`))
    }
    await until(
      async () => {
        page = (await this.collector?.get<Page>(`/api/v1/events?view=observations&limit=1000&${ALL_TIME}`)) ?? page
        return missing().length === 0
      },
      timeoutMs,
      () => `${missing().length} versions are missing\n${this.collector?.output()}`,
    )
    expect(new Set(page.observations.map(({ id }) => id)).size).toBe(page.observations.length)
    expect(isBalanced(await this.accounts())).toBe(true)
    return page
  }

  async accounts(): Promise<Accounts> {
    if (this.collector === undefined) throw new Error('no collector runs')
    return this.collector.get<Accounts>('/api/v1/accounts')
  }

  /** Waits until /readyz answers with this status and these words. */
  becomes(status: number, words = '', timeoutMs = PATIENCE_MS): Promise<void> {
    const readiness = async () => {
      const response = await fetch(`${this.collector?.url}/readyz`)
      return { status: response.status, text: await response.text() }
    }
    return until(
      async () => {
        const now = await readiness()
        return now.status === status && now.text.includes(words)
      },
      timeoutMs,
      async () => `${JSON.stringify(await readiness())}\n${this.collector?.output()}`,
    )
  }
}

/** Gives each test of the calling suite a day of its own. */
export function badDay(): BadDay {
  const day = new BadDay()
  beforeEach(() => day.begin())
  afterEach(() => day.end())
  return day
}
