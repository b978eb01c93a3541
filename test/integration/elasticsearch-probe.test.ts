import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { EventStore } from '../../collector/src/store/store.ts'
import { anObservation } from '../support/an-observation.ts'
import { runCommand } from '../support/cli.ts'
import { anElasticsearchStore } from '../support/elasticsearch-store.ts'
import { startFaultProxy, type Fault, type FaultProxy } from '../support/fault-proxy.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 300_000
const RECORDING = join(import.meta.dirname, '..', '..', 'collector', 'recordings', 'shop.jsonl.gz')
const never = new AbortController().signal

const answer = (status: number, body: string, contentType = 'application/json'): Fault => {
  return { kind: 'answer', status, contentType, body }
}
const ofVersion = (version: string) => answer(200, JSON.stringify({ nodes: { aNode: { version } } }))

describe('the question which server that is', () => {
  let url: string
  let proxy: FaultProxy | undefined
  const stores: EventStore[] = []
  beforeAll(async () => {
    url = await sharedElasticsearch()
  }, START_MS)
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    await proxy?.close()
  })

  /** What is asked for the version gets this answer, and no answer says that it is Elasticsearch's. */
  const openBehind = async (fault: Fault) => {
    const judge = ({ path }: { readonly path: string }) => (path === '/' || path.startsWith('/_nodes') ? fault : null)
    proxy = await startFaultProxy(url, judge, ['x-elastic-product'])
    const store = anElasticsearchStore(proxy.url, `probe-${String(Date.now())}`)
    stores.push(store)
    return store
  }

  const hiding: readonly { readonly name: string; readonly fault: Fault }[] = [
    { name: 'refuses the question', fault: answer(403, '<html>Forbidden</html>', 'text/html') },
    { name: 'does not know the address', fault: answer(404, '{"message":"no such route"}') },
    { name: 'takes out the version', fault: answer(200, '{"nodes":{"aNode":{}}}') },
    { name: 'answers nothing', fault: answer(200, '') },
    {
      name: 'is that of a service without nodes',
      fault: answer(410, '{"error":{"type":"api_not_available_exception","reason":"not available"}}'),
    },
  ]
  it.each(hiding)('may stay open: a proxy that hides the product and $name', async ({ fault }) => {
    const store = await openBehind(fault)
    const rows = [{ observation: anObservation(), undecided: false }]
    expect(await store.write({ bufferId: 'b', sequence: 1, rows, records: [] }, never)).toMatchObject({ stored: 1 })
    expect(await store.statistics(never)).toMatchObject({ observations: 1 })
  })

  it.each(['8.19.0', '8.19.21', '9.0.0-SNAPSHOT', '9.1.0', '10.0.0'])('takes version %s', async (version) => {
    expect(await (await openBehind(ofVersion(version))).applied('b')).toMatchObject({ sequence: 0 })
  })

  it.each(['8.18.8', '7.17.29', '2.19.1', '3.0.0'])('refuses version %s, whoever makes it', async (version) => {
    const refused = (await openBehind(ofVersion(version))).applied('b')
    await expect(refused).rejects.toThrow(
      `the server says it is version ${version}. This store needs Elasticsearch 8.19 or newer; OpenSearch is not supported`,
    )
  })

  it('ends a command with the version that is refused, and nothing else', async () => {
    await openBehind(ofVersion('7.17.29'))
    const data = mkdtempSync(join(tmpdir(), 'eventloom-probe-'))
    const environment = { EVENTLOOM_STORE_KIND: 'elasticsearch', EVENTLOOM_STORE_ELASTICSEARCH_NODES: proxy?.url ?? '' }
    const { code, stderr } = await runCommand(['replay', RECORDING, '--data', data], { environment })
    rmSync(data, { recursive: true })
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/the server says it is version 7\.17\.29\. This store needs Elasticsearch 8\.19 or newer/)
    expect(stderr).not.toMatch(/^\s+at /m)
  })
})
