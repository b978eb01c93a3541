import { setTimeout as delay } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../collector/src/clock.ts'
import { isBalanced } from '../../collector/src/event/outcome.ts'
import { openElasticsearchStore } from '../../collector/src/store/elasticsearch/elasticsearch-store.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { NOON } from '../support/an-observation.ts'
import { startOwnElasticsearch, type ElasticsearchServer } from '../support/elasticsearch.ts'
import { Delivery } from '../support/elasticsearch-delivery.ts'
import { elasticsearchOptions } from '../support/elasticsearch-store.ts'
import { startFaultProxy, type FaultProxy, type ProxiedRequest, type Fault } from '../support/fault-proxy.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'

const START_MS = 300_000
/** Each new start of the server takes six seconds, and a minute on a machine that others use. */
const KILLS_MS = 2_400_000
const KILLS = 20
/** The kill comes while a request of writing is at the server, or just after its answer. */
const LONGEST_FUSE_MS = 80
const never = new AbortController().signal

describe('outages of Elasticsearch', () => {
  let server: ElasticsearchServer
  let delivery: Delivery
  let proxy: FaultProxy
  let store: EventStore
  let judge: (request: ProxiedRequest) => Fault | null

  beforeAll(async () => {
    server = await startOwnElasticsearch()
  }, START_MS)
  afterAll(() => server.stop())
  beforeEach(async ({ task }) => {
    judge = () => null
    delivery = new Delivery()
    proxy = await startFaultProxy(server.url, (request) => judge(request))
    const options = elasticsearchOptions(proxy.url, `outage-${task.id.replaceAll(/\W/g, '')}`)
    // Small requests, so that there are enough of them to be killed in.
    store = openElasticsearchStore({ ...options, bulk: { ...options.bulk, maxDocuments: 250 } })
  })
  afterEach(async () => {
    await store.close()
    await proxy.close()
    delivery.remove()
  })

  /** The ids that were accepted are there, each once, nothing else, and the accounts say so. */
  const expectDelivered = async (accepted: readonly string[]) => {
    const ids: string[] = []
    const range = { from: NOON - DAY, to: NOON + DAY, filter: { op: 'all' as const } }
    for await (const rows of store.scan(range, never)) ids.push(...rows.map(({ id }) => id))
    expect(ids.sort()).toEqual([...accepted].sort())
    expect(delivery.accounts).toMatchObject({ received: accepted.length, stored: accepted.length, buffered: 0, deadLettered: {} }) // prettier-ignore
    expect(isBalanced(delivery.accounts)).toBe(true)
  }

  it(
    'killed in the middle of writing and started again, 20 times: everything arrives once',
    async () => {
      let kills = 0
      const restarts: Promise<void>[] = []
      let isUp = true
      judge = ({ path }) => {
        if (!path.startsWith('/_bulk') || !isUp || kills >= KILLS) return null
        kills++
        isUp = false
        const restart = async () => {
          await delay(Math.random() * LONGEST_FUSE_MS)
          await server.kill()
          await server.start()
          isUp = true
        }
        restarts.push(restart())
        return null
      }
      const rows = [...generateObservations({ rows: 20_000, from: NOON - 2 * HOUR, to: NOON })]
      delivery.accept(rows)
      await delivery.drain(store)
      await Promise.all(restarts)
      expect(kills).toBe(KILLS)
      await expectDelivered(rows.map(({ id }) => id))
    },
    KILLS_MS,
  )

  it('down for longer than memory remembers: rows wait on disk, and memory does not grow with them', async () => {
    const collectGarbage = garbageCollector()
    judge = () => ({ kind: 'cut', when: 'before' })
    const giveUp = new AbortController()
    const draining = delivery.drain(store, giveUp.signal)
    const ids: string[] = []
    const heapMb: number[] = []
    for (const rows of inBatches(generateObservations({ rows: 60_000, from: NOON - 2 * HOUR, to: NOON }), 20_000)) {
      delivery.accept(rows)
      ids.push(...rows.map(({ id }) => id))
      await delay(500)
      collectGarbage()
      heapMb.push(process.memoryUsage().heapUsed / 1e6)
    }
    giveUp.abort()
    await draining
    expect(delivery.failures.length).toBeGreaterThan(0)
    expect(delivery.pendingRows).toBe(60_000)
    // Each 20,000 rows would take 40 MB.
    expect((heapMb[2] ?? Infinity) - (heapMb[0] ?? 0)).toBeLessThan(25)
    judge = () => null
    await delivery.drain(store)
    await expectDelivered(ids)
  })
})

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}
