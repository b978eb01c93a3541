import { aRecord } from '../support/a-record.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../collector/src/clock.ts'
import { reindexElasticsearch } from '../../collector/src/store/elasticsearch/elasticsearch-store.ts'
import { chainKey, StoreUnavailableError, type EventStore, type WriteResult } from '../../collector/src/store/store.ts'
import { anObservation, NOON } from '../support/an-observation.ts'
import { missingForOwnElasticsearch } from '../support/elasticsearch-distribution.ts'
import { anElasticsearchStore, elasticsearchOptions } from '../support/elasticsearch-store.ts'
import { callSecured, type SecuredElasticsearch } from '../support/secured-elasticsearch.ts'
import { sharedSecuredElasticsearch } from '../support/shared-elasticsearch.ts'
import { recordAges } from '../support/record-ages.ts'

const START_MS = 400_000
const PROVISIONING = join(import.meta.dirname, '..', '..', 'provisioning', 'elasticsearch')
const never = new AbortController().signal
const EVER = { from: NOON - 400 * DAY, to: NOON + DAY, filter: { op: 'all' as const } }

/** A role as its file says it. */
interface Role {
  readonly cluster?: readonly string[]
  readonly indices: readonly [{ readonly names: readonly string[]; readonly privileges: readonly string[] }]
}

const COLLECTOR = roleOf('role.json')
const READER = roleOf('role-read.json')

/** Of two days: one goes whole, of the other one row stays. */
const ROWS = [
  anObservation({ uid: 'old', severity: 'low', lastObserved: NOON - 40 * DAY, firstObserved: NOON - 40 * DAY }),
  anObservation({ uid: 'old too', severity: 'low', lastObserved: NOON - 35 * DAY, firstObserved: NOON - 35 * DAY }),
  anObservation({ uid: 'stays', severity: 'high', lastObserved: NOON - 35 * DAY, firstObserved: NOON - 35 * DAY }),
]
const GAP = aRecord('gap', { to: NOON + HOUR })
const POLICY = {
  classes: [{ name: 'low', severities: ['low' as const], maxAge: 30 * DAY }],
  maxBytes: 1e12,
  recordMaxAge: recordAges(800 * DAY),
  includeRecordings: true,
}

/** All that a collector asks of its store. */
async function live(store: EventStore): Promise<void> {
  expect(await store.applied('a buffer')).toMatchObject({ sequence: 0 })
  expect(await write(store)).toMatchObject({ stored: ROWS.length, rejected: [] })
  await read(store, ROWS.length)
  expect(await store.expire(POLICY, NOON, never)).toMatchObject({ removed: { low: 2 }, rolledUp: 2 })
  expect(await store.records('roll-up', EVER, never)).toHaveLength(2)
  await read(store, ROWS.length - 2)
}

function write(store: EventStore): Promise<WriteResult> {
  const rows = ROWS.map((observation) => ({ observation, undecided: true }))
  return store.write({ bufferId: 'a buffer', sequence: 1, rows, records: [GAP] }, never)
}

/** All that a reader asks. */
async function read(store: EventStore, rows: number): Promise<void> {
  const events = { ...EVER, view: 'observations' as const, order: 'newest' as const, limit: 10 }
  expect((await store.events(events, never)).rows).toHaveLength(rows)
  const query = {
    ...EVER,
    groupBy: ['reason'],
    window: null,
    metrics: ['objects' as const],
    top: null,
    zeroFill: false,
  }
  expect((await store.aggregate(query, never)).groups).toHaveLength(1)
  expect(await store.latest({ ...EVER, limit: 10 }, never)).toHaveLength(1)
  const patterns = { ...EVER, key: ['reason'], minOccurrences: 1, minRatePerMinute: 0, limit: 10, samples: 1 }
  expect(await store.patterns(patterns, never)).toHaveLength(1)
  expect(await store.values({ ...EVER, order: 'newest', field: 'reason', prefix: '', limit: 10 }, never)).toHaveLength(
    1,
  )
  for await (const page of store.scan(EVER, never)) expect(page).toHaveLength(rows)
  expect(await store.records('gap', EVER, never)).toHaveLength(1)
  expect(await store.statistics(never)).toMatchObject({ observations: rows })
  expect(await store.findStored(ROWS.slice(-1), never)).toEqual(new Set([ROWS.at(-1)?.id]))
  expect([...(await store.findChains(ROWS.slice(-1), never)).keys()]).toEqual(ROWS.slice(-1).map(chainKey))
}

describe.runIf(missingForOwnElasticsearch() === null)('the least that a role has to hold', () => {
  let secured: SecuredElasticsearch
  let number = 0
  const stores: EventStore[] = []
  beforeAll(async () => {
    secured = await sharedSecuredElasticsearch()
  }, START_MS)
  afterAll(async () => {
    for (const store of stores.splice(0)) await store.close()
  })

  const call = <Answer>(method: string, path: string, body?: unknown) =>
    callSecured<Answer>(secured, method, path, body)
  const connectionOf = async (role: Role) => {
    const key = { name: 'a collector', role_descriptors: { 'what it may': role } }
    const { encoded } = await call<{ encoded: string }>('POST', '/_security/api_key', key)
    return { caFile: secured.authority.certificate, apiKey: encoded }
  }
  const open = async (prefix: string, role: Role) => {
    const store = anElasticsearchStore(secured.url, prefix, { connection: await connectionOf(role) })
    stores.push(store)
    return store
  }
  // Of this run: a server may keep what earlier ones left.
  const newPrefix = () => `eventloom-role-${String(Date.now())}-${String(++number)}`

  it('lets a collector write, read and expire', async () => {
    await live(await open(newPrefix(), COLLECTOR))
  })

  const missing: readonly { readonly privilege: string; readonly action: string; readonly grants?: string }[] = [
    { privilege: 'manage_index_templates', action: 'indices:admin/index_template/put' },
    { privilege: 'read', action: 'indices:data/read/get' },
    { privilege: 'index', action: 'indices:data/write/index' },
    { privilege: 'delete', action: 'indices:data/write/delete' },
    { privilege: 'create_index', action: 'indices:admin/create' },
    { privilege: 'delete_index', action: 'indices:admin/delete' },
    { privilege: 'view_index_metadata', action: 'indices:admin/get' },
    { privilege: 'monitor', action: 'indices:monitor/stats' },
    { privilege: 'maintenance', action: 'indices:admin/refresh' },
    // A privilege with a name of its own that grants it grants much more.
    { privilege: 'indices:admin/aliases', action: 'indices:admin/aliases', grants: 'manage' },
  ]
  it.concurrent.each(missing)(
    'names $privilege when it is missing',
    async ({ privilege, action, grants = privilege }) => {
      const store = await open(newPrefix(), without(COLLECTOR, privilege))
      const error: unknown = await live(store).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(StoreUnavailableError)
      expect((error as Error).message).toMatch(
        new RegExp(`action \\[${action}[^\\]]*\\] is unauthorized.* privileges \\[.*\\b${grants}\\b`),
      )
    },
  )

  it('is known whole: each privilege of the role was left out once', () => {
    const { cluster = [], indices } = COLLECTOR
    const asked = missing.map(({ privilege }) => privilege)
    expect(new Set(asked)).toEqual(new Set([...cluster, ...indices[0].privileges]))
  })

  const less: readonly { readonly name: string; readonly cluster: readonly string[] }[] = [
    { name: 'to put the template, once it is there', cluster: ['monitor'] },
    { name: 'to ask for the version', cluster: ['manage_index_templates'] },
  ]
  it.each(less)('a collector works without the right $name', async ({ cluster }) => {
    const prefix = newPrefix()
    await (await open(prefix, COLLECTOR)).applied('a buffer')
    expect(await write(await open(prefix, { ...COLLECTOR, cluster }))).toMatchObject({ stored: ROWS.length })
  })

  it('lets a reader read, and tells it what it may not', async () => {
    const prefix = newPrefix()
    const writer = await open(prefix, COLLECTOR)
    await write(writer)
    await read(writer, ROWS.length)
    const reader = await open(prefix, READER)
    await read(reader, ROWS.length)
    await expect(write(reader)).rejects.toThrow(/is unauthorized.* privileges \[manage_index_templates/)
  })

  it('lets nobody re-index without manage', async () => {
    const prefix = newPrefix()
    await write(await open(prefix, COLLECTOR))
    const _meta = { owner: 'eventloom', mappingVersion: 0 }
    await call('PUT', `/${prefix}-other-2026.04.01/_mapping`, { _meta })
    const copy = async (role: Role) => {
      const options = elasticsearchOptions(secured.url, prefix, { connection: await connectionOf(role) })
      return reindexElasticsearch(options, () => undefined, never)
    }
    await expect(copy(COLLECTOR)).rejects.toThrow(/is unauthorized.* privileges \[manage/)
    const [{ names, privileges }] = COLLECTOR.indices
    const administrator = { ...COLLECTOR, indices: [{ names, privileges: [...privileges, 'manage'] }] as const }
    expect(await copy(administrator)).toMatchObject({ indices: 1, documents: 1 })
  })
})

function roleOf(file: string): Role {
  return JSON.parse(readFileSync(join(PROVISIONING, file), 'utf8')) as Role
}

/** Of the cluster's privileges and the indices' both: what is called alike means different things. */
function without(role: Role, privilege: string): Role {
  const [{ names, privileges }] = role.indices
  return {
    cluster: (role.cluster ?? []).filter((name) => name !== privilege),
    indices: [{ names, privileges: privileges.filter((name) => name !== privilege) }],
  }
}
