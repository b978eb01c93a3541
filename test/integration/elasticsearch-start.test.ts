import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Accounts } from '../../collector/src/event/outcome.ts'
import { startCollector, until } from '../support/collector-process.ts'
import { callElasticsearch } from '../support/elasticsearch-store.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import { startFaultProxy } from '../support/fault-proxy.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 300_000
const SHOWN_MS = 60_000

let url: string
let data: string
const prefix = `start-${String(Date.now())}`
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'eventloom-start-'))
  url = await sharedElasticsearch()
}, START_MS)
afterAll(async () => {
  rmSync(data, { recursive: true, force: true })
  await callElasticsearch(url, 'DELETE', `/_index_template/${prefix}*`)
})

it('a collector whose store fails in its first seconds goes on, and stores what came in when it is back', async () => {
  let isDown = false
  const proxy = await startFaultProxy(url, () => (isDown ? { kind: 'cut', when: 'before' } : null))
  const server = await spawnFakeApiServer({ flood: { events: 500, eventsPerSecond: 100 } })
  const store = { kind: 'elasticsearch', elasticsearch: { nodes: [proxy.url], prefix, replicas: 0 } }
  const collector = await startCollector({
    data,
    kubeconfig: server.kubeconfig,
    config: { store },
    timeoutMs: SHOWN_MS,
  })
  try {
    isDown = true
    const accounts = () => collector.get<Accounts>('/api/v1/accounts')
    await until(
      async () => collector.output().includes('Watching.'),
      SHOWN_MS,
      () => collector.output(),
    )
    expect((await accounts()).stored).toBeLessThan(500)
    isDown = false
    await until(
      async () => (await accounts()).stored === 500,
      SHOWN_MS,
      async () => JSON.stringify(await accounts()),
    )
  } finally {
    await collector.kill()
    await server.stop()
    await proxy.close()
  }
})
