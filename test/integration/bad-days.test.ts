import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import { runCommand } from '../support/cli.ts'
import {
  startCollector,
  until,
  type CollectorProcess,
  type CollectorProcessOptions,
} from '../support/collector-process.ts'
import { startFakeApiServer, type FakeApiServer } from '../support/fake-api-server.ts'

const ALL_TIME = 'from=1970-01-01T00:00:00Z&to=2100-01-01T00:00:00Z'

interface Page {
  readonly observations: readonly { readonly id: string; readonly uid: string; readonly resourceVersion: number }[]
  readonly notices: readonly { readonly severity: string; readonly text: string }[]
}

/** A start takes a second. Beside other work on the machine it may take much longer. */
const START_MS = 90_000

describe('the collector on a bad day', () => {
  let directory: string
  let data: string
  let server: FakeApiServer
  let collector: CollectorProcess | undefined

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-bad-day-'))
    data = join(directory, 'data')
    server = await startFakeApiServer()
  })

  afterEach(async () => {
    await collector?.kill()
    collector = undefined
    await server.close()
    rmSync(directory, { recursive: true })
  })

  async function start(options: Partial<CollectorProcessOptions> = {}): Promise<CollectorProcess> {
    collector = await startCollector({ data, kubeconfig: server.kubeconfig, timeoutMs: START_MS, ...options })
    return collector
  }

  let made = 0
  function createSome(count: number, note = 'made for a test'): void {
    for (let index = 0; index < count; index += 1) server.etcd.create({ name: `pod-${++made}.x`, note })
  }

  /** Waits until every version the server holds is in the store, once, and the accounts balance. */
  async function caughtUp(timeoutMs = 40_000): Promise<Page> {
    let page: Page = { observations: [], notices: [] }
    const missing = () => {
      const stored = new Set(page.observations.map((row) => `${row.uid} ${row.resourceVersion}`))
      return server.etcd.live.filter(({ metadata }) => !stored.has(`${metadata.uid} ${metadata.resourceVersion}`))
    }
    await until(
      async () => {
        page = (await collector?.get<Page>(`/api/v1/events?view=observations&limit=1000&${ALL_TIME}`)) ?? page
        return missing().length === 0
      },
      timeoutMs,
      () => `${missing().length} versions are missing\n${collector?.output()}`,
    )
    expect(new Set(page.observations.map(({ id }) => id)).size).toBe(page.observations.length)
    expect(isBalanced(await accounts())).toBe(true)
    return page
  }

  async function accounts(): Promise<Accounts> {
    if (collector === undefined) throw new Error('no collector runs')
    return collector.get<Accounts>('/api/v1/accounts')
  }

  /** The answer of a probe, whatever its status. */
  async function readiness(): Promise<{ readonly status: number; readonly text: string }> {
    const response = await fetch(`${collector?.url}/readyz`)
    return { status: response.status, text: await response.text() }
  }

  function becomes(status: number, words = '', timeoutMs = 40_000): Promise<void> {
    return until(
      async () => {
        const now = await readiness()
        return now.status === status && now.text.includes(words)
      },
      timeoutMs,
      async () => `${JSON.stringify(await readiness())}\n${collector?.output()}`,
    )
  }

  it('says that its credentials are refused, is not ready, and goes on when they are accepted again', async () => {
    createSome(2)
    server.requireToken('right')
    const { kubeconfig } = server
    server.requireToken('other')
    await start({ kubeconfig })
    await becomes(503, 'does not accept the credentials')
    server.requireToken('right')
    await caughtUp()
    await becomes(200)
  })

  it('waits while the disk is full, says so, loses nothing accepted, and goes on when there is room', async ({
    skip,
  }) => {
    const disk = join(directory, 'disk')
    try {
      execFileSync('mkdir', [disk])
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch (error) {
      if (process.env.CI !== undefined) throw error
      return skip('a small file system can be mounted by root only')
    }
    try {
      data = join(disk, 'data')
      createSome(10)
      await start()
      await caughtUp()
      const filler = join(disk, 'filler')
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${filler} bs=64k 2>/dev/null || true`])
      createSome(400, 'x'.repeat(3_000))
      await becomes(503, 'full')
      expect((await fetch(`${collector?.url}/healthz`)).status).toBe(200)
      rmSync(filler)
      const { observations } = await caughtUp(60_000)
      expect(observations).toHaveLength(410)
      await becomes(200)
      await collector?.kill()
      await start()
      expect((await caughtUp()).observations).toHaveLength(410)
    } finally {
      await collector?.kill()
      execFileSync('umount', ['-l', disk])
    }
  })

  it('lists every mistake of a configuration, and starts nothing', async () => {
    const config = join(directory, 'wrong.yaml')
    writeFileSync(config, `data: ${data}\nstore: { kind: papyrus }\nretention: { maxAge: { info: soon } }\nbufer: {}\n`)
    const { code, stdout, stderr } = await runCommand(['run', '--config', config])
    expect(code).toBe(2)
    for (const words of ['wrong.yaml:2', 'papyrus', 'wrong.yaml:3', 'soon', 'wrong.yaml:4', 'bufer']) {
      expect(stdout + stderr).toContain(words)
    }
    expect(existsSync(data)).toBe(false)
  })
})
