import { connect, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { createMemoryStore } from '../../store/memory/memory-store.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { Admission } from '../admission.ts'
import { answerErrors } from '../problem-details.ts'
import { grafanaRoutes } from './routes.ts'
import { MOST_TAILS, Tails } from './tails.ts'

const signal = new AbortController().signal
const QUERY = { schemaVersion: 1, filter: { text: 'namespace:shop', terms: [] } }

interface TailLine {
  readonly frame?: { readonly data: { readonly values: readonly (readonly unknown[])[] } }
  readonly cursor: string
  readonly dropped: number
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

async function start(stored: readonly Observation[] = []) {
  const admission = new Admission(200_000_000)
  const store = createMemoryStore()
  const rows = stored.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'test', sequence: 1, rows, records: [] }, signal)
  const tails = new Tails()
  const health = () => ({ live: true, ready: true, problems: [] })
  const routes = grafanaRoutes({ reader: store, tails, health, version: '', clock: () => NOON + MINUTE, door: { admission, answerTimeoutMs: 5_000 } }) // prettier-ignore
  const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
  const server = express().use(express.json(), routes, answerErrors(logger)).listen(0, '127.0.0.1')
  closing.push(() => server.closeAllConnections(), () => server.close()) // prettier-ignore
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/tail`
  return { tails, url, admission }
}

async function open(url: string, body: object) {
  const controller = new AbortController()
  closing.push(() => controller.abort())
  const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: controller.signal }) // prettier-ignore
  expect(response.status).toBe(200)
  if (response.body === null) throw new Error('no body')
  const lines = createInterface({ input: Readable.fromWeb(response.body as never) })[Symbol.asyncIterator]()
  const next = async () => JSON.parse(String((await lines.next()).value)) as TailLine
  return { next, leave: () => controller.abort() }
}

function row(id: string, more: Partial<Observation> = {}) {
  return anObservation({ id, received: NOON, namespace: 'shop', ...more })
}

function idsOf({ frame }: TailLine): readonly unknown[] | undefined {
  return frame?.data.values[3]
}

function publish(tails: Tails, ...rows: readonly Observation[]): void {
  tails.publish(rows.map((observation) => ({ observation })))
}

describe('a live tail', () => {
  it('begins with its schema, and then gives what is stored and matches', async () => {
    const { tails, url } = await start()
    const viewer = await open(url, { query: QUERY })
    expect(idsOf(await viewer.next())).toEqual([])
    publish(tails, row('a'), row('b', { namespace: 'pay' }), row('c'))
    expect(idsOf(await viewer.next())).toEqual(['a', 'c'])
  })

  it('goes on behind the cursor of the last line, with what came meanwhile, and nothing twice', async () => {
    const { tails, url } = await start([row('a'), row('b'), row('c', { received: NOON + 1 })])
    const viewer = await open(url, { query: QUERY, after: `${NOON}.a` })
    await viewer.next()
    const missed = await viewer.next()
    expect(idsOf(missed)).toEqual(['b', 'c'])
    publish(tails, row('c', { received: NOON + 1 }), row('d', { received: NOON + 2 }))
    const line = await viewer.next()
    expect(idsOf(line)).toEqual(['d'])
    expect(line.cursor).toBe(`${NOON + 2}.d`)
  })

  it('counts what a viewer could not be shown', async () => {
    const { tails, url } = await start()
    const viewer = await open(url, { query: QUERY })
    await viewer.next()
    publish(tails, ...Array.from({ length: 1_200 }, (_, index) => row(`r${index}`)))
    const line = await viewer.next()
    expect(idsOf(line)).toHaveLength(1_000)
    expect(line.dropped).toBe(200)
  })

  it('is cut off when nobody reads it, and holds no more meanwhile', { timeout: 120_000 }, async () => {
    const { tails, url } = await start()
    const body = JSON.stringify({ query: QUERY })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    closing.push(() => socket.destroy())
    socket.on('error', () => undefined).pause()
    socket.write(`POST /tail HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`) // prettier-ignore
    await expect.poll(() => tails.size).toBe(1)
    const note = 'x'.repeat(1_000)
    const rows = Array.from({ length: 1_000 }, (_, index) => row(`r${index}`, { note }))
    const publishMore = () => {
      publish(tails, ...rows)
      return tails.size
    }
    await expect.poll(publishMore, { timeout: 110_000 }).toBe(0)
  })

  it('catches up in the room of all answers', async () => {
    const { admission, url } = await start([row('a')])
    const light = [25_000_000, 25_000_000]
    const taken = await Promise.all(light.map((weight) => admission.enter(weight, signal)))
    const refused = fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query: QUERY, after: `${NOON}.` }) }) // prettier-ignore
    await (await open(url, { query: QUERY })).next()
    expect((await refused).status).toBe(504)
    for (const leave of taken) leave()
  })

  it('ends with its viewer', async () => {
    const { tails, url } = await start()
    const viewer = await open(url, { query: QUERY })
    await viewer.next()
    expect(tails.size).toBe(1)
    viewer.leave()
    await expect.poll(() => tails.size).toBe(0)
  })

  it('is refused when too many are open, when its query is wrong and when its cursor is none', async () => {
    const { tails, url } = await start()
    const refusal = async (body: object) => {
      const response = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }) // prettier-ignore
      return `${response.status} ${await response.text()}`
    }
    expect(await refusal({ query: QUERY, after: 'yesterday' })).toMatch(/^400 .*no cursor/)
    expect(await refusal({ query: { schemaVersion: 1, filter: { text: 'reason:(' } } })).toMatch(/^400 .*column/)
    for (let each = 0; each < MOST_TAILS; each += 1) tails.open({ op: 'all' })
    expect(await refusal({ query: QUERY })).toMatch(/^429 .*live tails/)
  })
})
