import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openData } from '../../collector/src/app.ts'
import { HOUR, MINUTE, SECOND } from '../../collector/src/clock.ts'
import { parseConfig } from '../../collector/src/config/config.ts'
import { isBalanced, type Accounts } from '../../collector/src/event/outcome.ts'
import { formatMicros } from '../../collector/src/event/rfc3339.ts'
import { Shutdown } from '../../collector/src/shutdown.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import { anElasticsearchStore, callElasticsearch } from '../support/elasticsearch-store.ts'
import { aLegacyEvent } from '../support/raw-events.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'
import { recordAges } from '../support/record-ages.ts'

const START_MS = 300_000
const never = new AbortController().signal
const ORIGIN = { cluster: 'lab', clusterUid: 'c', source: 'live' }

/** The events lie on both sides of it, and the last is of now: for a clock that is behind, it is of the future. */
const MIDNIGHT = Date.UTC(2026, 4, 12) * 1_000
const NOW = MIDNIGHT + 30 * MINUTE
const EVENTS = Array.from({ length: 600 }, (_, place) => NOW - place * 6 * SECOND)

describe('a collector whose clock is an hour off', () => {
  let directory: string
  let url: string
  const prefix = `clock-${String(Date.now())}`
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'eventloom-clock-'))
    url = await sharedElasticsearch()
  }, START_MS)
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true })
    for (const name of [...(await days()), `${prefix}-records`]) await callElasticsearch(url, 'DELETE', `/${name}`)
    await callElasticsearch(url, 'DELETE', `/_index_template/${prefix}*`)
  })

  const days = async () => Object.keys((await callElasticsearch(url, 'GET', `/${prefix}-*-2*/_alias`)) as object).sort()

  /** A collector of its own, with a data directory of its own, takes all the events; what it has stored, and its accounts. */
  const collect = async (name: string, kind: string, off: number) => {
    const text = JSON.stringify({
      data: join(directory, name),
      store: { kind, elasticsearch: { nodes: [url], prefix, replicas: 0 } },
    })
    const shutdown = new Shutdown()
    const clock = () => NOW + off
    const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
    const data = await openData(
      parseConfig(text, 'eventloom.yaml', {}),
      { clock, random: Math.random, logger },
      shutdown,
    )
    try {
      const deliveries = EVENTS.map((time, place) => ({
        kind: 'event' as const,
        raw: eventAt(time, place),
        place: { stream: 's' },
      }))
      await data.line.accept({ origin: ORIGIN, received: clock(), deliveries, position: null }, never)
      expect(await data.line.settle(AbortSignal.timeout(60_000))).toBe(true)
      const ids: string[] = []
      const range = { from: NOW - 2 * HOUR, to: NOW + 2 * HOUR, filter: { op: 'all' as const } }
      for await (const rows of data.store.scan(range, never)) ids.push(...rows.map(({ id }) => id))
      return { ids: ids.sort(), accounts: data.buffer.accounts() }
    } finally {
      await shutdown.stop()
    }
  }
  const expectBalanced = (accounts: Accounts, ends: object) => {
    expect(accounts).toMatchObject({ received: 600, buffered: 0, filtered: {}, dropped: {}, ...ends })
    expect(isBalanced(accounts)).toBe(true)
  }

  it('stores what one with the right clock stores, in the same days, and nothing twice', async () => {
    const right = await collect('right', 'memory', 0)
    expect(new Set(right.ids).size).toBe(600)
    const ahead = await collect('ahead', 'elasticsearch', HOUR)
    expect(ahead.ids).toEqual(right.ids)
    expectBalanced(ahead.accounts, { stored: 600 })
    const behind = await collect('behind', 'elasticsearch', -HOUR)
    expect(behind.ids).toEqual(right.ids)
    expectBalanced(behind.accounts, { stored: 0, alreadyStored: 600 })
    expect(await days()).toEqual([`${prefix}-other-2026.05.11`, `${prefix}-other-2026.05.12`])
  })

  it('leaves what retention keeps by the right clock, but for the hour it is off', async () => {
    const store = anElasticsearchStore(url, prefix)
    try {
      const classes = [{ name: 'all', severities: ['info', 'low', 'medium', 'high', 'critical'], maxAge: HOUR }]
      const policy = { classes, maxBytes: 1e12, recordMaxAge: recordAges(1e15), includeRecordings: false }
      const remaining = async () => (await store.statistics(never)).observations
      await store.expire(policy, NOW - HOUR, never)
      expect(await remaining()).toBe(600)
      await store.expire(policy, NOW + HOUR, never)
      // Whole hours before 00:30 of the next day.
      expect(await remaining()).toBe(EVENTS.filter((time) => time >= MIDNIGHT).length)
    } finally {
      await store.close()
    }
  })
})

function eventAt(time: number, place: number) {
  const at = formatMicros(time)
  return aLegacyEvent({
    metadata: {
      name: `payments-0.${String(place)}`,
      namespace: 'shop',
      uid: `11111111-1111-4111-8111-${String(place).padStart(12, '0')}`,
      resourceVersion: String(5_000 - place),
      creationTimestamp: at,
    },
    deprecatedFirstTimestamp: at,
    deprecatedLastTimestamp: at,
    deprecatedCount: 1,
  })
}
