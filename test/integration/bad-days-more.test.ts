import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

  it('goes on by itself when watches are reset and closed', async () => {
    createSome(3)
    await start()
    await caughtUp()
    for (const strike of ['resetWatches', 'closeWatches'] as const) {
      server[strike]()
      createSome(5)
      await caughtUp()
    }
    await becomes(200)
    const page = await caughtUp()
    expect(page.observations).toHaveLength(13)
    expect(page.notices.filter(({ severity }) => severity === 'warning')).toEqual([])
  })

  it('sets a damaged DuckDB file aside, says in answers that data may be missing, and lists again what the server holds', async () => {
    createSome(20)
    await start()
    await caughtUp()
    await collector?.stop()
    writeFileSync(join(data, 'eventloom.duckdb'), 'this is no database'.repeat(1_000))
    createSome(5)
    await start()
    const { observations, notices } = await caughtUp()
    expect(observations).toHaveLength(25)
    expect(notices.some(({ severity, text }) => severity === 'warning' && text.includes('aside'))).toBe(true)
    expect(collector?.output()).toContain('aside')
    expect(readdirSync(data).filter((name) => name.startsWith('eventloom.duckdb')).length).toBeGreaterThan(1)
  })

  it('sets a damaged buffer aside, says so, and stores nothing twice', async () => {
    createSome(20)
    await start()
    await caughtUp()
    await collector?.stop()
    writeFileSync(join(data, 'buffer.sqlite'), 'this is no database'.repeat(1_000))
    createSome(5)
    await start()
    const { observations, notices } = await caughtUp()
    expect(observations).toHaveLength(25)
    expect(notices.some(({ severity, text }) => severity === 'warning' && text.includes('aside'))).toBe(true)
    expect(readdirSync(data).filter((name) => name.startsWith('buffer.sqlite')).length).toBeGreaterThan(1)
  })

  it('lists every mistake of rules with its place, and starts nothing', async () => {
    const [config, rules] = [join(directory, 'config.yaml'), join(directory, 'rules.yaml')]
    writeFileSync(rules, [
      'rules:',
      '  - name: typo',
      '    when: event.raeson == "BackOff"',
      '    set: { severity: hihg }',
      'filters:',
      '  - name: globs',
      '    namespaces: ["*test*|*temp*"]',
      '',
    ].join('\n')) // prettier-ignore
    writeFileSync(config, JSON.stringify({ data, rules: { files: [rules] } }))
    const { code, stdout, stderr } = await runCommand(['run', '--config', config])
    expect(code).toBe(2)
    for (const words of ['rules.yaml:3', 'raeson', 'rules.yaml:4', 'hihg', 'rules.yaml:7', '["*test*", "*temp*"]']) {
      expect(stdout + stderr).toContain(words)
    }
    expect(existsSync(data)).toBe(false)
  })

  it('lists every wrong flag, and starts nothing', async () => {
    const { code, stdout, stderr } = await runCommand(['query', 'reason:(A', '--from', 'yesterdayish', '--limit', 'many', '--colour', '--data', data]) // prettier-ignore
    expect(code).toBe(2)
    for (const words of ['yesterdayish', '--limit', '--colour']) expect(stdout + stderr).toContain(words)
    expect(existsSync(data)).toBe(false)
  })

  it('keeps the right rules when a changed file is wrong, and takes it when it is mended', async () => {
    const rules = join(directory, 'rules.yaml')
    writeFileSync(rules, 'filters:\n  - { name: one, reasons: [Noise] }\n')
    await start({ config: { rules: { files: [rules] } } })
    await caughtUp()
    writeFileSync(rules, 'filters:\n  - { name: two, raesons: [Noise] }\n')
    await until(
      async () => collector?.output().includes('raesons') === true,
      20_000,
      () => collector?.output() ?? '',
    )
    server.etcd.create({ name: 'noise-1.x', reason: 'Noise' })
    await until(async () => (await accounts()).filtered['one'] === 1, 20_000, async () => JSON.stringify(await accounts())) // prettier-ignore
    writeFileSync(rules, 'filters:\n  - { name: three, reasons: [Noise] }\n')
    await until(async () => collector?.output().includes('rules read again') === true, 20_000, () => collector?.output() ?? '') // prettier-ignore
    server.etcd.create({ name: 'noise-2.x', reason: 'Noise' })
    await until(async () => (await accounts()).filtered['three'] === 1, 20_000, async () => JSON.stringify(await accounts())) // prettier-ignore
    expect(readFileSync(rules, 'utf8')).toContain('three')
  })
})
