import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { LayoutSettings } from '../../collector/src/store/elasticsearch/layout.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { anObservation } from '../support/an-observation.ts'
import { anElasticsearchStore, callElasticsearch } from '../support/elasticsearch-store.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 300_000
const never = new AbortController().signal

describe('what a site may set about its indices', () => {
  let url: string
  let prefix: string
  let number = 0
  const stores: EventStore[] = []
  beforeAll(async () => {
    url = await sharedElasticsearch()
  }, START_MS)
  beforeEach(() => {
    prefix = `settings-${String(Date.now())}-${String(++number)}`
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    const made = [`${prefix}-other-2026.05.11`, `${prefix}-records`, `_index_template/${prefix}`]
    for (const name of [...made, `_component_template/${prefix}-site`, `_ingest/pipeline/${prefix}-pipeline`])
      await fetch(`${url}/${name}`, { method: 'DELETE' })
  })

  const call = <Answer>(method: string, path: string, body?: unknown) =>
    callElasticsearch(url, method, path, body) as Promise<Answer>
  /** Writes one row as a collector with these settings does. */
  const write = (layout: Partial<LayoutSettings>, sequence = 1) => {
    const store = anElasticsearchStore(url, prefix, { layout })
    stores.push(store)
    const rows = [{ observation: anObservation(), undecided: false }]
    return store.write({ bufferId: prefix, sequence, rows, records: [] }, never)
  }
  const settingsOfDay = async () => {
    const day = `${prefix}-other-2026.05.11`
    const answer = await call<Record<string, { settings: { index: unknown } }>>('GET', `/${day}/_settings`)
    return answer[day]?.settings.index
  }

  it('reaches the index of a day, component templates of the site included', async () => {
    const slowLog = { settings: { 'index.search.slowlog.threshold.query.warn': '2s', 'index.refresh_interval': '7s' } }
    await call('PUT', `/_component_template/${prefix}-site`, { template: slowLog })
    await call('PUT', `/_ingest/pipeline/${prefix}-pipeline`, { processors: [] })
    const ofSite = { componentTemplates: [`${prefix}-site`], pipeline: `${prefix}-pipeline` }
    await write({ shards: 2, replicas: 0, refreshInterval: '30s', codec: 'default', ...ofSite })
    expect(await settingsOfDay()).toMatchObject({
      number_of_shards: '2',
      number_of_replicas: '0',
      refresh_interval: '30s',
      codec: 'default',
      default_pipeline: `${prefix}-pipeline`,
      search: { slowlog: { threshold: { query: { warn: '2s' } } } },
    })
  })

  it('counts for the days that begin after a change', async () => {
    await write({ refreshInterval: '5s' })
    await write({ refreshInterval: '9s' }, 2)
    expect(await settingsOfDay()).toMatchObject({ refresh_interval: '5s' })
    await call('DELETE', `/${prefix}-other-2026.05.11`)
    await write({ refreshInterval: '9s' }, 3)
    expect(await settingsOfDay()).toMatchObject({ refresh_interval: '9s' })
  })

  const refusals: readonly {
    readonly name: string
    readonly layout: Partial<LayoutSettings>
    readonly says: RegExp
  }[] = [
    // The server of the tests has no module for it.
    {
      name: 'a policy, when the cluster knows none',
      layout: { lifecyclePolicy: 'events' },
      says: /putting the index template .*unknown setting \[index\.lifecycle\.name\]/,
    },
    {
      name: 'a component template that is not there',
      layout: { componentTemplates: ['nowhere'] },
      says: /putting the index template .*component templates \[nowhere\] that do not exist/,
    },
    {
      name: 'a pipeline that is not there',
      layout: { pipeline: 'nowhere' },
      says: /pipeline with id \[nowhere\] does not exist/,
    },
  ]
  it.each(refusals)('waits, and says why, for $name', async ({ layout, says }) => {
    await expect(write(layout)).rejects.toThrow(says)
  })
})
