import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../collector/src/clock.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { rounded } from '../contract/store-contract.ts'
import { NOON } from '../support/an-observation.ts'
import { startOwnElasticsearch, type ElasticsearchServer } from '../support/elasticsearch.ts'
import { distribution, missingForOwnElasticsearch, OLDEST_VERSION } from '../support/elasticsearch-distribution.ts'
import { anElasticsearchStore } from '../support/elasticsearch-store.ts'
import { generateObservations } from '../support/generate-observations.ts'
import { recordAges } from '../support/record-ages.ts'

const START_MS = 400_000
const never = new AbortController().signal
/** Of two days. */
const RANGE = { from: NOON - 14 * HOUR, to: NOON, filter: { op: 'all' as const } }
const ROWS = [...generateObservations({ rows: 200, ...RANGE })]

/** One question of each kind, and what retention leaves. */
async function answersOf(store: EventStore): Promise<unknown> {
  const rows = ROWS.map((observation) => ({ observation, undecided: true }))
  const batch = { bufferId: 'a buffer', sequence: 1, rows, records: [] }
  const written = [await store.write(batch, never), await store.write({ ...batch, sequence: 2 }, never)]
  const top = { groups: 5, orderBy: 'objects' as const }
  const grouped = { ...RANGE, groupBy: ['reason', 'namespace'], top, zeroFill: true }
  const window = { kind: 'fixed' as const, every: HOUR }
  const metrics = ['occurrences', 'objects', 'events', 'gapP95', 'maxSeverity'] as const
  const filter = { op: 'not' as const, filter: { op: 'in' as const, field: 'type', values: ['Normal'] } }
  const asked = [
    await store.events({ ...RANGE, filter, view: 'events', order: 'newest', limit: 50 }, never),
    await store.aggregate({ ...grouped, window, metrics }, never),
    await store.latest({ ...RANGE, limit: 20 }, never),
    await store.patterns(
      { ...RANGE, key: ['reason'], minOccurrences: 2, minRatePerMinute: 0, limit: 20, samples: 2 },
      never,
    ),
    await store.values({ ...RANGE, order: 'newest', field: 'regarding.name', prefix: '', limit: 20 }, never),
    [...(await store.findChains(ROWS.slice(0, 50), never))].sort(),
  ]
  const classes = [{ name: 'all', severities: ['info' as const, 'low' as const, 'medium' as const], maxAge: 8 * HOUR }]
  const policy = { classes, maxBytes: 1e12, recordMaxAge: recordAges(800 * DAY), includeRecordings: true }
  const { removed, rolledUp } = await store.expire(policy, NOON, never)
  const rollUps = await store.records('roll-up', RANGE, never)
  const left: unknown[] = []
  for await (const page of store.scan(RANGE, never)) left.push(...page)
  return rounded({ written, asked, removed, rolledUp, rollUps, left })
}

describe.runIf(missingForOwnElasticsearch() === null)('the oldest Elasticsearch that the store takes', () => {
  let server: ElasticsearchServer
  let store: EventStore
  beforeAll(async () => {
    server = await startOwnElasticsearch({ home: distribution(OLDEST_VERSION) })
    store = anElasticsearchStore(server.url, 'oldest')
  }, START_MS)
  afterAll(async () => {
    await store.close()
    await server.stop()
  })

  it(
    `${OLDEST_VERSION} keeps and answers what the memory store does`,
    async () => {
      const answers = await answersOf(store)
      expect(answers).toEqual(await answersOf(createMemoryStore()))
    },
    START_MS,
  )

  it(
    'still refuses after kill -9 to create what it acknowledged before',
    async () => {
      const create = async (id: string) => {
        const headers = { 'content-type': 'application/json' }
        const request = { method: 'PUT', headers, body: JSON.stringify({ id }) }
        return (await fetch(`${server.url}/a-test/_create/${id}`, request)).status
      }
      expect(await create('one')).toBe(201)
      await server.kill()
      await server.start()
      expect(await create('one')).toBe(409)
      expect(await create('two')).toBe(201)
    },
    START_MS,
  )
})
