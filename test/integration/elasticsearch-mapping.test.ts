import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { isBalanced } from '../../collector/src/event/outcome.ts'
import { countObjects } from '../../collector/src/query/measure.ts'
import type { Filter } from '../../collector/src/query/model.ts'
import { reindexElasticsearch } from '../../collector/src/store/elasticsearch/elasticsearch-store.ts'
import { indexTemplate, MAPPING_VERSION } from '../../collector/src/store/elasticsearch/layout.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { NOON } from '../support/an-observation.ts'
import { ask, runCommand } from '../support/cli.ts'
import { startCollector } from '../support/collector-process.ts'
import { Delivery } from '../support/elasticsearch-delivery.ts'
import { anElasticsearchStore, callElasticsearch, elasticsearchOptions } from '../support/elasticsearch-store.ts'
import { spawnFakeApiServer } from '../support/fake-api-server-process.ts'
import { generateObservations } from '../support/generate-observations.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'
import { recordAges } from '../support/record-ages.ts'

const START_MS = 300_000
const never = new AbortController().signal
const ALL = { op: 'all' } as const
const EVER = { from: 0, to: Date.UTC(2250, 1) * 1_000 }
/** Two hours of a day, and one of the next, whose indices are made with the current mapping. */
const OLD_ROWS = [...generateObservations({ rows: 6_000, from: NOON - 2 * HOUR, to: NOON })]
const NEW_ROWS = [...generateObservations({ rows: 500, from: NOON + 24 * HOUR, to: NOON + 25 * HOUR, seed: 2 })]

describe('a change of the mapping', () => {
  let url: string
  let prefix: string
  let delivery: Delivery
  let store: EventStore
  let runs = 0

  beforeAll(async () => {
    url = await sharedElasticsearch()
  }, START_MS)
  beforeEach(async () => {
    prefix = `mapping-${String(Date.now())}-${String(++runs)}`
    delivery = new Delivery()
    store = anElasticsearchStore(url, prefix)
    for (const type of ['normal', 'other']) await makeOldIndex(`${prefix}-${type}-2026.05.11`)
  })
  afterEach(async () => {
    await store.close()
    for (const name of [...Object.keys(await versions()), `${prefix}-records`])
      await call('DELETE', `/${name}?ignore_unavailable=true`)
    await call('DELETE', `/_index_template/${prefix}*`)
    delivery.remove()
  })

  const call = (method: string, path: string, body?: unknown) => callElasticsearch(url, method, path, body)

  /** As an earlier version of the collector made it: it knew no nodes and no numbers of objects, and counts were small. */
  const makeOldIndex = async (name: string) => {
    const { template } = indexTemplate(elasticsearchOptions(url, prefix).layout) as unknown as OldTemplate
    const { _meta: meta, properties: all } = template.mappings
    const properties = Object.entries(all).filter(([field]) => !['node', 'host', 'objectHash'].includes(field))
    const mappings = {
      ...template.mappings,
      _meta: { ...meta, mappingVersion: MAPPING_VERSION - 1 },
      properties: { ...Object.fromEntries(properties), count: { type: 'byte' } },
    }
    await call('PUT', `/${name}`, { ...template, mappings, aliases: { [`${prefix}-read`]: {}, [`${name}-write`]: {} } })
  }
  const versions = async () => {
    const found = (await call('GET', `/${prefix}-*-2026*/_mapping`)) as Record<string, OldTemplate['template']>
    const entries = Object.entries(found)
    return Object.fromEntries(entries.map(([name, { mappings }]) => [name, mappings._meta['mappingVersion']]))
  }
  const reindex = (signal = never, report: (done: number) => void = () => undefined) =>
    reindexElasticsearch(elasticsearchOptions(url, prefix), ({ done }) => report(done), signal)
  const read = async (filter: Filter = ALL) => {
    const rows: Observation[] = []
    for await (const page of store.scan({ ...EVER, filter }, never)) rows.push(...page)
    return rows.sort(byId)
  }
  const objects = async () => {
    const query = {
      ...EVER,
      filter: ALL,
      groupBy: [],
      window: null,
      metrics: ['objects' as const],
      top: null,
      zeroFill: false,
    }
    return (await store.aggregate(query, never)).groups[0]?.points[0]?.values[0]
  }

  it('is read over both versions, stops halfway, goes on, and then all days have the new one', async () => {
    delivery.accept([...OLD_ROWS, ...NEW_ROWS])
    await delivery.drain(store)
    const all = [...OLD_ROWS, ...NEW_ROWS].sort(byId)
    expect(await read()).toEqual(all)
    expect(await objects()).toBe(countObjects(all))
    const ofNode: Filter = { op: 'in', field: 'node', values: ['worker-7'] }
    expect((await read(ofNode)).length).toBeLessThan(all.filter(({ node }) => node === 'worker-7').length)

    const stop = new AbortController()
    await expect(reindex(stop.signal, (done) => void (done > 0 && stop.abort()))).rejects.toThrow()
    expect(await read()).toEqual(all)
    const late = { ...OLD_ROWS[7]!, id: 'comes-while-it-is-stopped' }
    delivery.accept([late])
    await delivery.drain(store)

    const done = await reindex()
    expect(done).toMatchObject({ mappingVersion: MAPPING_VERSION, indices: 2, documents: 6_001 })
    expect(done.copied).toBeLessThan(6_001)
    expect(new Set(Object.values(await versions()))).toEqual(new Set([MAPPING_VERSION]))
    expect(Object.keys(await versions())).toHaveLength(4)
    expect(await read()).toEqual([...all, late].sort(byId))
    expect(await read(ofNode)).toEqual([...all, late].filter(({ node }) => node === 'worker-7').sort(byId))
    expect(await objects()).toBe(countObjects([...all, late]))
    expect(await reindex()).toMatchObject({ indices: 0, documents: 0 })
  })

  it('is nothing that a running collector has to know', async () => {
    delivery.accept(OLD_ROWS.slice(0, 1_000))
    await delivery.drain(store)
    await reindex()
    delivery.accept(OLD_ROWS.slice(1_000, 1_500))
    delivery.accept(OLD_ROWS.slice(0, 200), true)
    await delivery.drain(store)
    await delivery.drain(anElasticsearchStore(url, prefix))
    expect(delivery.accounts).toMatchObject({ stored: 1_500, alreadyStored: 200, buffered: 0 })
    expect((await store.findStored(OLD_ROWS, never)).size).toBe(1_500)
    const classes = [{ name: 'all', severities: ['info', 'low', 'medium', 'high', 'critical'], maxAge: HOUR }]
    const policy = { classes, maxBytes: 1e12, recordMaxAge: recordAges(1e15), includeRecordings: false }
    const { removed } = await store.expire(policy, NOON + 48 * HOUR, never)
    expect(removed).toEqual({ all: 1_500 })
    expect(Object.keys(await versions())).toEqual([])
  })

  it('is what dead letters wait for', async () => {
    const isLarge = (place: number) => place % 100 === 7
    const rows = OLD_ROWS.slice(0, 2_000).map((row, place) => (isLarge(place) ? { ...row, count: 300 } : row))
    delivery.accept(rows)
    await delivery.drain(store)
    expect(delivery.accounts).toMatchObject({ stored: 1_980, deadLettered: { document_parsing_exception: 20 } })
    await delivery.lend(async (data) => {
      const list = await ask<Letters>(['dead-letters', 'list', '--data', data, '--limit', '5'], { environment })
      expect(list.total).toBe(20)
      expect(list.letters).toHaveLength(5)
      expect(list.letters[0]).toMatchObject({ cause: 'document_parsing_exception', observation: { count: 300 } })
      expect(list.letters[0]?.detail).toMatch(/count.*300.*out of range/)
      const server = await spawnFakeApiServer({ flood: { events: 0 } })
      const config = { store: { kind: 'elasticsearch', elasticsearch: { nodes: [url], prefix, replicas: 0 } } }
      const collector = await startCollector({ data, kubeconfig: server.kubeconfig, config, timeoutMs: START_MS })
      expect(await ask(['dead-letters', 'list', '--data', data, '--limit', '5'], { environment })).toEqual(list)
      await collector.stop()
      await server.stop()

      const refused = await runCommand(['dead-letters', 'replay', '--data', data, '--json'], { environment })
      expect(JSON.parse(refused.stdout)).toEqual({ replayed: 20, accepted: 0, refused: 20, waiting: 0 })
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('refused again') as string })

      expect(await ask(['elasticsearch', 'reindex'], { environment })).toMatchObject({ indices: 2, copied: 1_980 })
      const accepted = await ask(['dead-letters', 'replay', '--data', data], { environment })
      expect(accepted).toEqual({ replayed: 20, accepted: 20, refused: 0, waiting: 0 })
    })
    expect(await read()).toEqual([...rows].sort(byId))
    expect(delivery.accounts).toMatchObject({ stored: 2_000, deadLettered: {}, buffered: 0 })
    expect(isBalanced(delivery.accounts)).toBe(true)
  })

  const environment = {
    EVENTLOOM_STORE_KIND: 'elasticsearch',
    get EVENTLOOM_STORE_ELASTICSEARCH_NODES() {
      return url
    },
    get EVENTLOOM_STORE_ELASTICSEARCH_PREFIX() {
      return prefix
    },
    EVENTLOOM_STORE_ELASTICSEARCH_REPLICAS: '0',
  }
})

interface OldTemplate {
  readonly template: {
    readonly mappings: { readonly _meta: Record<string, unknown>; readonly properties: Record<string, unknown> }
  }
}

interface Letters {
  readonly total: number
  readonly letters: readonly { readonly detail: string }[]
}

function byId(a: Observation, b: Observation): number {
  return a.id < b.id ? -1 : 1
}
