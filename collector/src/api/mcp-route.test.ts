import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import request from 'supertest'
import { afterEach, describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { MINUTE } from '../clock.ts'
import { MOST_BYTES } from '../mcp/mcp.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { StoreUnavailableError, type EventReader } from '../store/store.ts'
import { createLogger } from '../telemetry/logger.ts'
import { createMetrics } from '../telemetry/metrics.ts'
import { createApi, Tails, type ApiDependencies } from './api.ts'

const TOKEN = 'a-token-of-sixteen-characters'
const signal = new AbortController().signal
const NONE = { received: 0, stored: 0, alreadyStored: 0, filtered: {}, signalled: {}, dropped: {}, deadLettered: {}, buffered: 0 } // prettier-ignore

const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

async function storeWith(count: number): Promise<EventReader> {
  const store = createMemoryStore()
  const rows = Array.from({ length: count }, (_, place) => ({
    observation: anObservation({ id: `id-${String(place)}`, uid: `u-${String(place)}`, note: 'x'.repeat(900) }),
    undecided: false,
  }))
  await store.write({ bufferId: 'test', sequence: 1, rows, records: [] }, signal)
  return store
}

function apiOver(reader: EventReader, overrides: Partial<ApiDependencies> = {}) {
  const log: string[] = []
  const app = createApi({
    reader,
    tails: new Tails(),
    accounts: () => NONE,
    deadLetters: () => ({ total: 0, letters: [] }),
    health: () => ({ live: true, ready: true, problems: [] }),
    metrics: createMetrics({
      accounts: () => NONE,
      buffer: () => ({ rows: 0, bytes: 0, fullness: 0 }),
      rules: () => [],
      usage: () => ({ residentBytes: 0, cpuSeconds: 0, loopDelay: { p50: 0, p99: 0, max: 0 } }),
      version: '0.1.0',
    }),
    token: TOKEN,
    requestsPerMinute: 0,
    version: '0.1.0',
    clock: () => NOON + 5 * MINUTE,
    logger: createLogger({ level: 'debug', format: 'json', isTerminal: false, write: (line) => log.push(line) }),
    ...overrides,
  })
  return { app, log }
}

async function clientOf({ app }: ReturnType<typeof apiOver>, token = TOKEN): Promise<Client> {
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = new URL(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}/mcp`)
  const client = new Client({ name: 'test', version: '1' })
  open.push(async () => {
    await client.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  await client.connect(
    new StreamableHTTPClientTransport(address, { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  )
  return client
}

async function call(client: Client, name: string, parameters: Record<string, unknown> = {}) {
  const { content, isError = false } = await client.callTool({ name, arguments: parameters })
  const [first] = content as readonly { readonly text: string }[]
  return { isError, text: first?.text ?? '' }
}

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' }
const ACCEPT = 'application/json, text/event-stream'

describe('/mcp', () => {
  it('lists its questions, each of which only reads', async () => {
    const { tools } = await (await clientOf(apiOver(await storeWith(1)))).listTools()
    expect(tools.map(({ name }) => name)).toEqual([
      'incidents',
      'incident',
      'similar',
      'changes',
      'timeline',
      'query',
      'aggregate',
    ])
    expect(tools.map(({ annotations }) => annotations?.readOnlyHint)).toEqual(tools.map(() => true))
  })

  it('answers as the API does, within its bytes, and says what it left out', async () => {
    const client = await clientOf(apiOver(await storeWith(400)))
    const { text, isError } = await call(client, 'query', { limit: 400 })
    expect([isError, Buffer.byteLength(text) <= MOST_BYTES]).toEqual([false, true])
    const answer = JSON.parse(text) as {
      readonly total: number
      readonly leftOut: readonly string[]
      readonly cursor: null
    }
    expect([answer.total, answer.cursor]).toEqual([400, null])
    expect(answer.leftOut[0]).toMatch(/^\d+ of observations are left out/)
  })

  it('says every mistake of a question, and answers the next one', async () => {
    const client = await clientOf(apiOver(await storeWith(1)))
    const wrong = await call(client, 'query', { query: 'foo:1', limit: 0 })
    expect(wrong.isError).toBe(true)
    expect(wrong.text).toContain('there is no field "foo"')
    expect(wrong.text).toContain('limit')
    const absent = await call(client, 'incident', { id: 'i-nope' })
    expect(absent).toEqual({ isError: true, text: expect.stringContaining('There is no incident "i-nope"') as string })
    expect((await call(client, 'aggregate', { groupBy: 'nonsense' })).text).toContain('nonsense')
    expect((await call(client, 'incidents')).isError).toBe(false)
  })

  it('waits for room as others do, and leaves it again', async () => {
    const client = await clientOf(apiOver(await storeWith(1), { answerBytes: 1 }))
    const asked = await Promise.all(['incidents', 'changes', 'query', 'aggregate'].map((name) => call(client, name)))
    expect(asked.map(({ isError }) => isError)).toEqual([false, false, false, false])
  })

  it('tells what to do when it fails, and nothing of what is inside', async () => {
    const store = await storeWith(1)
    const away = new StoreUnavailableError('events', { cause: new Error('secret address') })
    const failing = (error: Error): EventReader => Object.assign(Object.create(store) as EventReader, { events: () => Promise.reject(error) }) // prettier-ignore
    const down = await call(await clientOf(apiOver(failing(away))), 'query')
    expect(down).toEqual({ isError: true, text: expect.stringContaining('Try again') as string })
    const broken = apiOver(failing(new Error('secret inside')))
    const { text, isError } = await call(await clientOf(broken), 'query')
    expect([isError, text.includes('secret')]).toEqual([true, false])
    expect(broken.log.join('')).toContain('secret inside')
  })

  it('keeps no connection open for news: there are none', async () => {
    const client = await clientOf(apiOver(await storeWith(1)))
    await expect(client.listen({ toolsListChanged: true })).rejects.toThrow()
  })

  it('is behind the same door: token, origin, host, and the bytes of a body', async () => {
    const reader = await storeWith(1)
    const { app } = apiOver(reader)
    const post = () => request(app).post('/mcp').set('Accept', ACCEPT)
    await post().send(LIST).expect(401)
    await post().set('Authorization', 'Bearer wrong').send(LIST).expect(401)
    const known = () => post().set('Authorization', `Bearer ${TOKEN}`)
    await known().send(LIST).expect(200)
    await known().set('Origin', 'https://evil.example').send(LIST).expect(403)
    await known()
      .send({ ...LIST, params: { x: 'x'.repeat(1_100_000) } })
      .expect(413)
    await known().set('Content-Type', 'application/json').send('{"jsonrpc":').expect(400)
    const local = apiOver(reader, { token: null })
    await request(local.app).post('/mcp').set('Host', 'evil.example').send(LIST).expect(421)
  })

  it('takes no other method, and nothing that is no question', async () => {
    const { app } = apiOver(await storeWith(1), { token: null })
    await request(app).get('/mcp').set('Accept', ACCEPT).expect(405)
    await request(app).delete('/mcp').set('Accept', ACCEPT).expect(405)
    for (const body of [{}, [], { jsonrpc: '2.0' }, 7]) {
      const { status } = await request(app).post('/mcp').set('Accept', ACCEPT).set('Content-Type', 'application/json').send(JSON.stringify(body)) // prettier-ignore
      expect([JSON.stringify(body), status]).toEqual([JSON.stringify(body), 400])
    }
  })
})
