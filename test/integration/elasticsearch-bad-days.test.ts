import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HOUR } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { isBalanced } from '../../collector/src/event/outcome.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { anObservation, NOON } from '../support/an-observation.ts'
import { Delivery } from '../support/elasticsearch-delivery.ts'
import { anElasticsearchStore, callElasticsearch } from '../support/elasticsearch-store.ts'
import { startFaultProxy, type Fault, type FaultProxy, type ProxiedRequest } from '../support/fault-proxy.ts'
import { generateObservations } from '../support/generate-observations.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 300_000
const never = new AbortController().signal
const EVER = { from: 0, to: Date.UTC(2250, 1) * 1_000, filter: { op: 'all' as const } }
const ROWS = [...generateObservations({ rows: 3_000, from: NOON - 2 * HOUR, to: NOON })]

const TOO_MANY: Fault = {
  kind: 'answer',
  status: 429,
  contentType: 'application/json',
  body: '{"error":{"type":"es_rejected_execution_exception","reason":"queue full"},"status":429}',
}
const HTML: Fault = { kind: 'answer', status: 200, contentType: 'text/html', body: '<html>Please log in</html>' }
const BAD_GATEWAY: Fault = { kind: 'answer', status: 502, contentType: 'text/html', body: '<html>Bad gateway</html>' }
const TOO_LARGE: Fault = { kind: 'answer', status: 413, contentType: 'text/html', body: '<html>Too large</html>' }

describe('a bad day of Elasticsearch', () => {
  let url: string
  let prefix: string
  let delivery: Delivery
  let proxy: FaultProxy | undefined
  let days = 0
  const stores: EventStore[] = []

  beforeAll(async () => {
    url = await sharedElasticsearch()
  }, START_MS)
  beforeEach(() => {
    // Of this run: a server given by address keeps what earlier ones left.
    prefix = `bad-day-${String(Date.now())}-${String(++days)}`
    delivery = new Delivery()
  })
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close()
    for (const name of [...(await namesOf()), `${prefix}-records`])
      await call('DELETE', `/${name}?ignore_unavailable=true`)
    await call('DELETE', `/_index_template/${prefix}*`)
    await proxy?.close()
    proxy = undefined
    delivery.remove()
  })

  const open = (address = url) => {
    const store = anElasticsearchStore(address, prefix)
    stores.push(store)
    return store
  }
  const openBehind = async (judge: (request: ProxiedRequest) => Fault | null) => {
    proxy = await startFaultProxy(url, judge)
    return open(proxy.url)
  }
  const stored = async () => {
    await call('POST', `/${prefix}-read/_refresh`)
    const rows: Observation[] = []
    for await (const page of open().scan(EVER, never)) rows.push(...page)
    return rows
  }
  const namesOf = async () =>
    Object.keys((await call('GET', `/_alias?filter_path=${prefix}-*`)) as Record<string, unknown>).filter(
      (name) => name !== `${prefix}-records`,
    )
  const call = (method: string, path: string, body?: unknown) => callElasticsearch(url, method, path, body)
  const sorted = (rows: readonly Observation[]) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))

  /** Exactly the rows that were accepted are there, whole and once, and the accounts say so. */
  const expectDelivered = async (rows: readonly Observation[], ends: object = { stored: rows.length }) => {
    expect(sorted(await stored())).toEqual(sorted(rows))
    expect(delivery.accounts).toMatchObject({ buffered: 0, ...ends })
    expect(isBalanced(delivery.accounts)).toBe(true)
  }

  const storms: readonly { readonly name: string; readonly fault: Fault; readonly says: RegExp | null }[] = [
    { name: '429 to every other request', fault: TOO_MANY, says: null },
    { name: 'a proxy that answers HTML, with 200', fault: HTML, says: /the answer is not JSON/ },
    { name: 'a proxy that answers HTML, with 502', fault: BAD_GATEWAY, says: /it answered 502/ },
    { name: 'connections cut before the request arrives', fault: { kind: 'cut', when: 'before' }, says: /unavailable/ },
    { name: 'connections cut after the server did it', fault: { kind: 'cut', when: 'after' }, says: /unavailable/ },
  ]
  it.each(storms)('$name: everything arrives once', async ({ fault, says }) => {
    const random = randomNumbers(1)
    const store = await openBehind(() => (random() < 0.5 ? null : fault))
    delivery.accept(ROWS)
    await delivery.drain(store)
    await expectDelivered(ROWS)
    expect(proxy?.faults).toBeGreaterThan(2)
    if (says !== null) expect(delivery.failures.join('\n')).toMatch(says)
  })

  it('a proxy that lets only small requests pass gets small ones', async () => {
    const limit = 20_000
    const store = await openBehind(({ bytes }) => (bytes > limit ? TOO_LARGE : null))
    delivery.accept(ROWS)
    await delivery.drain(store)
    await expectDelivered(ROWS)
    expect(proxy?.faults).toBeGreaterThan(0)
  })

  it('one document in a hundred that does not fit is a dead letter with the reason, the others are stored', async () => {
    const isPoison = (place: number) => place % 100 === 7
    // Beyond 2262 no clock of Elasticsearch goes.
    const rows = ROWS.map((row, place) => (isPoison(place) ? { ...row, received: Date.UTC(2_300, 1) * 1_000 } : row))
    delivery.accept(rows)
    await delivery.drain(open())
    await expectDelivered(
      rows.filter((_, place) => !isPoison(place)),
      { stored: 2_970, deadLettered: { document_parsing_exception: 30 } },
    )
  })

  it('what the server refused is known although the collector was killed before it noted the answer', async () => {
    const poison = anObservation({ name: 'poison', received: Date.UTC(2_300, 1) * 1_000 })
    delivery.accept([...ROWS.slice(0, 20), poison])
    await delivery.sendWithoutAcknowledging(open())
    delivery.restart()
    await delivery.drain(open())
    await expectDelivered(ROWS.slice(0, 20), { stored: 20, deadLettered: { document_parsing_exception: 1 } })
  })

  it('a document whose id the server refuses does not stop the others of its request', async () => {
    const rows = [...ROWS.slice(0, 20), anObservation({ id: 'x'.repeat(600) })]
    delivery.accept(rows)
    await delivery.drain(open())
    const ends = { stored: 20, deadLettered: { action_request_validation_exception: 1 } }
    await expectDelivered(rows.slice(0, 20), ends)
  })

  it('two collectors that send the same rows at once store each row once', async () => {
    const other = new Delivery()
    try {
      delivery.accept(ROWS)
      other.accept(ROWS.toReversed())
      await Promise.all([delivery.drain(open()), other.drain(open())])
      await expectDelivered(ROWS)
      expect(isBalanced(other.accounts)).toBe(true)
      expect(other.pendingRows).toBe(0)
    } finally {
      other.remove()
    }
  })

  it('rows that the gate could not ask about are stored unless they are there', async () => {
    delivery.accept(ROWS.slice(0, 1_000))
    await delivery.drain(open())
    delivery.accept(ROWS.slice(500, 2_000), true)
    await delivery.drain(open())
    await expectDelivered(ROWS.slice(0, 2_000), { stored: 2_000, alreadyStored: 500 })
  })

  it('a collector killed between the answer and its own note sends nothing twice', async () => {
    delivery.accept(ROWS)
    await delivery.sendWithoutAcknowledging(open())
    delivery.restart()
    expect(delivery.pendingRows).toBe(3_000)
    delivery.accept([anObservation({ uid: 'after the restart' })])
    await delivery.drain(open())
    await expectDelivered([...ROWS, anObservation({ uid: 'after the restart' })])
  })

  it('a collector killed before the sequence was noted sends again what is there already', async () => {
    const store = await openBehind(({ method, path }) =>
      method === 'PUT' && path.includes('_doc') ? BAD_GATEWAY : null,
    )
    delivery.accept(ROWS)
    await expect(delivery.sendWithoutAcknowledging(store)).rejects.toThrow(/502/)
    delivery.restart()
    await delivery.drain(open())
    await expectDelivered(ROWS)
  })

  const blocks = [
    { name: 'read-only, as on a full disk', block: 'read_only_allow_delete', says: /index \[.*\] blocked by/ },
    { name: 'blocked for writes by an administrator', block: 'write', says: /index \[.*\] blocked by/ },
  ]
  it.each(blocks)('an index that is $name waits in the buffer, with the reason', async ({ block, says }) => {
    delivery.accept(ROWS.slice(0, 100))
    await delivery.drain(open())
    await call('PUT', `/${prefix}-read/_settings`, { [`index.blocks.${block}`]: true })
    delivery.accept(ROWS.slice(100, 200))
    const giveUp = AbortSignal.timeout(3_000)
    await delivery.drain(open(), giveUp)
    expect(delivery.pendingRows).toBe(100)
    expect(delivery.failures.at(-1)).toMatch(says)
    await call('PUT', `/${prefix}-read/_settings`, { [`index.blocks.${block}`]: null })
    await delivery.drain(open())
    await expectDelivered(ROWS.slice(0, 200))
  })

  it('a closed index waits, with the reason', async () => {
    delivery.accept(ROWS.slice(0, 100))
    await delivery.drain(open())
    const names = (await namesOf()).join(',')
    await call('POST', `/${names}/_close`)
    delivery.accept(ROWS.slice(100, 200))
    await delivery.drain(open(), AbortSignal.timeout(3_000))
    expect(delivery.failures.at(-1)).toMatch(/closed/)
    await expect(open().events({ ...EVER, view: 'events', order: 'newest', limit: 1 }, never)).rejects.toThrow(/closed/)
    await call('POST', `/${names}/_open`)
    await delivery.drain(open())
    await expectDelivered(ROWS.slice(0, 200))
  })

  it('an index deleted under a collector is made again, with our mapping', async () => {
    const store = open()
    delivery.accept(ROWS.slice(0, 100))
    await delivery.drain(store)
    await call('DELETE', `/${(await namesOf()).join(',')}`)
    delivery.accept(ROWS.slice(100, 200))
    await delivery.drain(store)
    expect(sorted(await stored())).toEqual(sorted(ROWS.slice(100, 200)))
    expect(JSON.stringify(await call('GET', `/${prefix}-read/_mapping`))).toContain('"owner":"eventloom"')
  })

  it('a cluster that allows no more shards waits, with the reason', async () => {
    await call('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': 1 } })
    try {
      delivery.accept(ROWS.slice(0, 100))
      await delivery.drain(open(), AbortSignal.timeout(3_000))
      expect(delivery.failures.at(-1)).toMatch(/maximum normal shards open/)
    } finally {
      await call('PUT', '/_cluster/settings', { persistent: { 'cluster.max_shards_per_node': null } })
    }
    await delivery.drain(open())
    await expectDelivered(ROWS.slice(0, 100))
  })

  it('a template of somebody else is left alone, and the store says so', async () => {
    await call('PUT', `/_index_template/${prefix}`, { index_patterns: [`${prefix}-unrelated-*`] })
    await expect(open().applied('b')).rejects.toThrow(/is not Eventloom's. Choose another store.elasticsearch.prefix/)
  })
})

/** The same numbers in each run, in [0, 1): Lehmer's generator. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
