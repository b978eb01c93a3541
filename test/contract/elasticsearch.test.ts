import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, describe } from 'vitest'
import { RECORD_KINDS } from '../../collector/src/event/record.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { missingForElasticsearch } from '../support/elasticsearch-distribution.ts'
import { anElasticsearchStore, callElasticsearch } from '../support/elasticsearch-store.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'
import { describeProblems } from './problem-contract.ts'
import { describeStore, describeStoreAgainstReference, type OpenStore } from './store-contract.ts'

const START_MS = 300_000
/** More than a tick of the clock by which the server forgets deleted documents. */
const SERVER_CLOCK_MS = 300
const PREFIX = 'contract'
const ALL = `${PREFIX}-read,${PREFIX}-records`

describe.runIf(missingForElasticsearch() === null)('on a real Elasticsearch', () => {
  let url: string
  beforeAll(async () => {
    url = await sharedElasticsearch()
  }, START_MS)

  /** Making an index takes the server a tenth of a second: they stay from test to test, without documents. */
  const clear = async () => {
    const path = `/${ALL}/_search?ignore_unavailable=true`
    const refresh = () => callElasticsearch(url, 'POST', `/${ALL}/_refresh?ignore_unavailable=true`)
    await refresh()
    for (let ids = ['']; ids.length > 0;) {
      const found = (await callElasticsearch(url, 'POST', path, { size: 10_000, _source: false })) as Found
      ids = found.hits.hits.map(({ _id }) => _id)
      const lines = found.hits.hits.map(({ _index, _id }) => `${JSON.stringify({ delete: { _index, _id } })}\n`)
      if (ids.length > 0) await callElasticsearch(url, 'POST', '/_bulk?refresh=true', lines.join(''))
      if (!ids.some((id) => RECORD_KINDS.some((kind) => id.startsWith(`${kind}:`)))) continue
      await delay(SERVER_CLOCK_MS)
      await refresh()
    }
  }

  const open: OpenStore = async () => {
    const store: EventStore = anElasticsearchStore(url, PREFIX)
    await store.applied('any')
    // Else a deleted record would be remembered, with its revision, for a minute, and not only for a tick of the server's clock.
    await callElasticsearch(url, 'PUT', `/${PREFIX}-records/_settings`, { 'index.gc_deletes': '0s' })
    return {
      ...store,
      async close() {
        await store.close()
        await clear()
      },
    }
  }

  describeStore('Elasticsearch', open)
  describeStoreAgainstReference('Elasticsearch', open)
  describeProblems('Elasticsearch', open)
})

interface Found {
  readonly hits: { readonly hits: readonly { readonly _index: string; readonly _id: string }[] }
}
