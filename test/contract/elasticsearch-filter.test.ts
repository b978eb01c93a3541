import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { DAY } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { compileFilter } from '../../collector/src/query/filter.ts'
import type { Filter } from '../../collector/src/query/model.ts'
import { InvalidQueryError } from '../../collector/src/query/invalid-query.ts'
import { documentOf, observationOf } from '../../collector/src/store/elasticsearch/document.ts'
import { matchQuery } from '../../collector/src/store/elasticsearch/filter-query.ts'
import {
  DEFAULT_LAYOUT,
  indexOf,
  indexTemplate,
  readAliasOf,
  recordIndex,
  recordIndexOf,
  writeAliasOf,
} from '../../collector/src/store/elasticsearch/layout.ts'
import { anObservation, NOON } from '../support/an-observation.ts'
import { filters, observations } from '../support/arbitrary-observations.ts'
import { missingForElasticsearch } from '../support/elasticsearch-distribution.ts'
import { callElasticsearch } from '../support/elasticsearch-store.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const RUNS = Number(process.env['EVENTLOOM_CASES'] ?? 20)
const START_MS = 300_000
const PREFIX = 'filters'
const RANGE = { from: NOON - 10 * DAY, to: NOON + 10 * DAY }

describe.runIf(missingForElasticsearch() === null)('the layout on a real Elasticsearch', () => {
  let url: string
  beforeAll(async () => {
    url = await sharedElasticsearch()
    await call('PUT', `/_index_template/${PREFIX}`, indexTemplate({ ...DEFAULT_LAYOUT, prefix: PREFIX, replicas: 0 }))
  }, START_MS)

  const call = (method: string, path: string, body?: unknown) => callElasticsearch(url, method, path, body)

  const put = async (rows: readonly Observation[]) => {
    const lines = rows.flatMap((row) => [
      JSON.stringify({ create: { _index: indexOf(PREFIX, row), _id: row.id } }),
      JSON.stringify(documentOf(row).document),
    ])
    if (lines.length === 0) return
    expect(await call('POST', '/_bulk?refresh=true', `${lines.join('\n')}\n`)).toMatchObject({ errors: false })
  }

  const clear = async () => {
    const indices = (await call('GET', '/_cat/indices?format=json')) as readonly { readonly index: string }[]
    for (const { index } of indices) if (index.startsWith(`${PREFIX}-`)) await call('DELETE', `/${index}`)
  }

  const find = async (filter: Filter) => {
    const body = { query: matchQuery({ ...RANGE, filter }), size: 1_000 }
    const path = `/${readAliasOf(PREFIX)}/_search?ignore_unavailable=true`
    const { hits } = (await call('POST', path, body)) as {
      hits: { hits: readonly { readonly _id: string; readonly _source: Record<string, unknown> }[] }
    }
    return hits.hits.map(({ _id, _source }) => observationOf(_id, _source))
  }
  const byId = (a: Observation, b: Observation) => (a.id < b.id ? -1 : 1)

  it(
    'finds by generated filters what the memory store finds, and gives it back whole',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          observations({ maxLength: 40 }).filter((rows) => rows.length > 0),
          fc.array(filters, { minLength: 10, maxLength: 10 }),
          async (rows, asked) => {
            await clear()
            await put(rows)
            for (const filter of asked) {
              const found = await find(filter).catch((error: unknown) => {
                if (error instanceof InvalidQueryError) return null
                throw error
              })
              if (found !== null) expect(found.sort(byId)).toEqual(rows.filter(compileFilter(filter)).sort(byId))
            }
          },
        ),
        { numRuns: RUNS },
      )
    },
    START_MS,
  )

  it(
    'takes hostile labels without a new field and without a refusal',
    async () => {
      await clear()
      const fields = async () =>
        JSON.stringify(await call('GET', `/${PREFIX}-other-2026.05.11/_mapping`)).split('"type"').length
      await put([anObservation({ uid: 'plain' })])
      const before = await fields()
      const deep = Array.from({ length: 30 }).reduce<unknown>((inner) => ({ a: inner }), 'x')
      const rows = [
        anObservation({
          uid: 'many',
          labels: Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k.${String(at)}/x`, 'v'])),
        }),
        anObservation({
          uid: 'nested',
          labels: { app: 'a', 'app.kubernetes.io/name': 'b', '.': 'c', 'a..b': 'd', ' ': 'e' },
        }),
        anObservation({
          uid: 'long',
          annotations: { big: 'x'.repeat(40_000), [`${'a.'.repeat(40)}b`]: 'deep' },
          reason: 'r'.repeat(9_000),
        }),
        anObservation({ uid: 'deep', rest: { deep } }),
        anObservation({ uid: 'NUL', labels: { 'a\0b': 'x', c: 'y\0z', '': 'w' }, note: 'a\0b' }),
      ]
      await put(rows)
      expect(await fields()).toBe(before)
      const found = await find({ op: 'in', field: 'uid', values: rows.map(({ uid }) => uid) })
      expect(found.sort(byId)).toEqual(rows.sort(byId))
      expect(await find({ op: 'in', field: 'labels.app.kubernetes.io/name', values: ['b'] })).toHaveLength(1)
    },
    START_MS,
  )

  it(
    'takes the index of records, and a write by alias makes no index of its own',
    async () => {
      await clear()
      await call('PUT', `/${recordIndexOf(PREFIX)}`, recordIndex({ ...DEFAULT_LAYOUT, replicas: 0 }))
      const row = anObservation()
      const alias = writeAliasOf(indexOf(PREFIX, row))
      const write = () => call('PUT', `/${alias}/_create/${row.id}?require_alias=true`, documentOf(row).document)
      await expect(write()).rejects.toThrow(/is not an alias/)
      await call('PUT', `/${indexOf(PREFIX, row)}`, { aliases: { [alias]: {} } })
      expect(await write()).toMatchObject({ result: 'created', _index: indexOf(PREFIX, row) })
    },
    START_MS,
  )
})
