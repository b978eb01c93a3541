import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask, runCommand } from '../support/cli.ts'
import { startCollector } from '../support/collector-process.ts'
import { startFakeApiServer } from '../support/fake-api-server.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')
const START_MS = 300_000

interface Summary {
  readonly received: number
  readonly outcomes: Readonly<Record<string, number>>
}

describe('store.kind elasticsearch is all it takes', () => {
  let directory: string
  let url: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-elasticsearch-cli-'))
    url = await sharedElasticsearch()
  }, START_MS)
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const environment = (kind: string) => ({
    EVENTLOOM_STORE_KIND: kind,
    EVENTLOOM_STORE_ELASTICSEARCH_NODES: url,
    EVENTLOOM_STORE_ELASTICSEARCH_PREFIX: 'cli',
    EVENTLOOM_STORE_ELASTICSEARCH_REPLICAS: '0',
  })
  const replay = (kind: string, data: string) =>
    ask<Summary>(['replay', RECORDING, '--data', join(directory, data)], { environment: environment(kind) })
  const answers = async (kind: string) => {
    const questions = [
      ['patterns', '--from', '2000-01-01', '--limit', '500'],
      ['query', '--from', '2000-01-01', '--limit', '50', 'severity:high'],
      ['aggregate', '--from', '2000-01-01', '--group-by', 'reason', '--metrics', 'occurrences,objects,events'],
      ['correlations', '--from', '2000-01-01'],
    ]
    const found = []
    for (const question of questions)
      found.push(await ask([...question, '--data', join(directory, kind)], { environment: environment(kind) }))
    return found
  }

  it('plays the shipped recording, answers as DuckDB does, and stores nothing twice', async () => {
    const [here, there] = [await replay('duckdb', 'duckdb'), await replay('elasticsearch', 'elasticsearch')]
    expect(there.outcomes).toEqual(here.outcomes)
    expect(here.received).toBeGreaterThan(100)
    expect(withoutReceived(await answers('elasticsearch'))).toEqual(withoutReceived(await answers('duckdb')))
    // Another collector plays it again: every version is known by its id.
    const again = await replay('elasticsearch', 'another')
    expect(again.outcomes).toMatchObject({ alreadyStored: there.outcomes['stored'] })
  })

  it('takes two replays that begin at once where nothing is yet', async () => {
    const fresh = { ...environment('elasticsearch'), EVENTLOOM_STORE_ELASTICSEARCH_PREFIX: 'at-once' }
    const begin = (data: string) =>
      ask<Summary>(['replay', RECORDING, '--data', join(directory, data)], { environment: fresh })
    const both = await Promise.all([begin('at-once-1'), begin('at-once-2')])
    const ended = both.map(
      ({ received, outcomes: { stored = 0, alreadyStored = 0 } }) => received - stored - alreadyStored,
    )
    expect(ended).toEqual([0, 0])
  }, 180_000)

  it('is waited for by a collector that starts before it', async () => {
    const proxy = await startFaultProxy(url, ({ number }) => (number <= 3 ? { kind: 'cut', when: 'before' } : null))
    const server = await startFakeApiServer()
    const store = { kind: 'elasticsearch', elasticsearch: { nodes: [proxy.url], prefix: 'early', replicas: 0 } }
    try {
      const options = { data: join(directory, 'early'), kubeconfig: server.kubeconfig, config: { store } }
      const collector = await startCollector({ ...options, timeoutMs: 60_000 })
      expect(collector.output()).toMatch(/Elasticsearch .*store unavailable/)
      expect(collector.output()).toContain('the store works again')
      expect(await collector.stop()).toBe(0)
    } finally {
      await proxy.close()
      await server.close()
    }
  })

  it('says in words that nobody answers, and keeps what it accepted', async () => {
    const nowhere = { ...environment('elasticsearch'), EVENTLOOM_STORE_ELASTICSEARCH_NODES: 'http://127.0.0.1:9' }
    const result = await runCommand(['replay', RECORDING, '--data', join(directory, 'nowhere')], {
      environment: nowhere,
    })
    expect(result.code).not.toBe(0)
    expect(result.stderr).toMatch(/Elasticsearch .*http:\/\/127\.0\.0\.1:9.*store unavailable/)
    expect(result.stderr).not.toMatch(/^\s+at /m)
  })
})

/** When a collector got an event is the one thing in which two differ. */
function withoutReceived(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer, (name, value: unknown) => (name === 'received' ? undefined : value)))
}
