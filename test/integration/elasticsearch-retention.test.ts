import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DAY, HOUR } from '../../collector/src/clock.ts'
import { aRecord } from '../support/a-record.ts'
import { SEVERITIES } from '../../collector/src/event/words.ts'
import type { EventStore, RetentionPolicy } from '../../collector/src/store/store.ts'
import { NOON } from '../support/an-observation.ts'
import { anElasticsearchStore, callElasticsearch } from '../support/elasticsearch-store.ts'
import { generateObservations } from '../support/generate-observations.ts'
import { recordAges } from '../support/record-ages.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 300_000
const DAYS = 4
const ROWS_PER_DAY = 1_500
const never = new AbortController().signal
/** Midnight of the newest day. */
const NEWEST = NOON - 12 * HOUR
const OLDEST = NEWEST - (DAYS - 1) * DAY
const EVER = { from: 0, to: NOON + DAY }

const ROWS = Array.from({ length: DAYS }, (_, day) => OLDEST + day * DAY).flatMap((from, seed) => [
  ...generateObservations({ rows: ROWS_PER_DAY, from: from + HOUR, to: from + 20 * HOUR, seed: seed + 1 }),
])
const oldestFirst = ROWS.map(({ lastObserved }) => lastObserved).sort((a, b) => a - b)
const GROUPS = Array.from({ length: DAYS * 24 }, (_, hour) => {
  const from = OLDEST + hour * HOUR
  return aRecord('correlation', { id: `c-${String(hour)}`, from, to: from })
})

function policy(maxBytes: number): RetentionPolicy {
  const classes = [{ name: 'everything', severities: SEVERITIES, maxAge: 1_000 * DAY }]
  return { classes, maxBytes, recordMaxAge: recordAges(1_000 * DAY), includeRecordings: true }
}

describe('retention by bytes', () => {
  let url: string
  let prefix: string
  let store: EventStore
  beforeEach(async () => {
    url = await sharedElasticsearch()
    prefix = `bytes-${String(Date.now())}`
    store = anElasticsearchStore(url, prefix)
    const rows = ROWS.map((observation) => ({ observation, undecided: false }))
    await store.write({ bufferId: 'a buffer', sequence: 1, rows, records: GROUPS }, never)
  }, START_MS)
  afterEach(async () => {
    await store.close()
    const indices = (await callElasticsearch(url, 'GET', `/${prefix}-*/_settings`)) as Record<string, unknown>
    for (const name of Object.keys(indices)) await callElasticsearch(url, 'DELETE', `/${name}`)
    await callElasticsearch(url, 'DELETE', `/_index_template/${prefix}`)
  })

  const left = async () => {
    const { observations, oldest } = await store.statistics(never)
    const groups = await store.records('correlation', EVER, never)
    return { observations, oldest: oldest ?? 0, oldestGroup: groups[0]?.from ?? 0 }
  }
  const rolledUpRows = async () => {
    const rollUps = await store.records('roll-up', EVER, never)
    return { count: rollUps.length, rows: rollUps.reduce((sum, { body }) => sum + body.observations, 0) }
  }

  it(
    'takes the oldest days with the records of their time, rolled up, and leaves the newest day however little may stay',
    async () => {
      expect((await left()).observations).toBe(ROWS.length)
      const { bytes } = await store.statistics(never)
      expect((await store.expire(policy(2 * bytes), NOON, never)).removed).toEqual({ everything: 0 })

      const first = await store.expire(policy(0.6 * bytes), NOON, never)
      const removed = first.removed['maxBytes'] ?? 0
      const after = await left()
      expect(removed).toBeGreaterThan(0)
      expect(after.observations).toBe(ROWS.length - removed)
      expect(after.observations).toBeGreaterThan(ROWS_PER_DAY)
      // Each day is one index of each type, and one of them may be enough.
      expect(Math.abs(after.oldest - (oldestFirst[removed] ?? 0))).toBeLessThan(DAY)
      expect(Math.abs(after.oldestGroup - after.oldest)).toBeLessThan(DAY)
      expect(await rolledUpRows()).toEqual({ count: first.rolledUp, rows: removed })

      const second = await store.expire(policy(1), NOON, never)
      const last = await left()
      expect(last.observations).toBe(ROWS_PER_DAY)
      expect(last.oldest).toBeGreaterThan(NEWEST)
      expect(last.oldestGroup).toBe(NEWEST)
      expect(removed + (second.removed['maxBytes'] ?? 0)).toBe(ROWS.length - ROWS_PER_DAY)
      expect((await rolledUpRows()).rows).toBe(ROWS.length - ROWS_PER_DAY)
    },
    START_MS,
  )
})
