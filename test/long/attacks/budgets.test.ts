import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY, HOUR, MILLISECOND } from '../../../collector/src/clock.ts'
import { formatTime } from '../../../collector/src/query/time.ts'
import { HISTORY_TO } from '../../bench/stored-history.ts'
import { until } from '../../support/collector-process.ts'
import { POD_BYTES, startAttacked, type Asked, type Attacked } from '../../support/attacked-collector.ts'

/** Each of these, alone, killed a collector or took it from everybody else. */
const ROWS = 300_000

const RANGE = { from: formatTime(HISTORY_TO - 135 * DAY), to: formatTime(HISTORY_TO) }
const PODS = Array.from({ length: 40_000 }, (_, index) => `web-${index.toString(16).padStart(9, '0')}-x${index}`)

function address(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  return `/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`
}

function panel(query: object) {
  const timeRange = { from: (HISTORY_TO - 30 * DAY) / MILLISECOND, to: HISTORY_TO / MILLISECOND }
  return {
    queries: [{ refId: 'A', schemaVersion: 1, intervalMs: 3_600_000, maxDataPoints: 1_000, timeRange, ...query }],
  }
}

const oneOf = (key: string, ...lists: readonly (readonly string[])[]) =>
  panel({
    queryType: 'aggregate',
    filter: { text: '', terms: lists.map((values) => ({ key, operator: '=|', values })) },
  })

const GRAFANA = '/api/v1/grafana/query'
const phrases = Array.from({ length: 200 }, (_, index) => `note:"restarting failed container ${index}"`).join(' OR ')

const KILLERS: Readonly<Record<string, (collector: Attacked) => Promise<Asked>>> = {
  'five fields by windows of 20 minutes over four and a half months': ({ ask }) =>
    ask(address('aggregate', { ...RANGE, groupBy: 'namespace,reason,regarding.kind,owner.name,node', window: '20m', zeroFill: 'true' })), // prettier-ignore
  'a group for each of 300,000 names': ({ ask }) => ask(address('aggregate', { groupBy: 'regarding.name' })),
  'five costly metrics for each object': ({ ask }) =>
    ask(address('aggregate', { groupBy: 'regarding.uid,regarding.name', metrics: 'occurrences,objects,events,gapP50,gapP95' })), // prettier-ignore
  '40,000 pods': ({ ask }) => ask(GRAFANA, oneOf('regarding.name', PODS.slice(0, 20_000), PODS.slice(20_000))),
  '20,000 names of events': ({ ask }) => ask(GRAFANA, oneOf('name', PODS.slice(0, 20_000).map((pod) => `${pod}.18a`))), // prettier-ignore
  '20,000 counts': ({ ask }) =>
    ask(
      GRAFANA,
      oneOf(
        'count',
        PODS.slice(0, 20_000).map((_, index) => `${index}`),
      ),
    ),
  '20,000 pods as one expression': ({ ask }) =>
    ask(GRAFANA, panel({ queryType: 'aggregate', filter: { text: '', terms: [{ key: 'regarding.name', operator: '=~', values: [PODS.slice(0, 20_000).join('|')] }] } })), // prettier-ignore
  '200 phrases': ({ ask }) => ask('/api/v1/aggregate', { query: phrases }),
  'the largest page': ({ ask }) => ask('/api/v1/events?view=observations&limit=10000'),
  'the largest list of patterns': ({ ask }) =>
    ask(address('patterns', { key: 'regarding.name,reason', minOccurrences: '1', minRatePerMinute: '0', limit: '10000', samples: '20' })), // prettier-ignore
  'a hundred panels of logs in one request': ({ ask }) =>
    ask(GRAFANA, { queries: Array.from({ length: 100 }, (_, index) => ({ ...panel({ queryType: 'events', view: 'observations', limit: 5_000 }).queries[0], refId: `R${index}` })) }), // prettier-ignore
}

describe('one request', () => {
  let collector: Attacked
  beforeAll(async () => (collector = await startAttacked(ROWS)), 300_000)
  afterAll(() => collector.end(), 60_000)

  it.each(Object.entries(KILLERS))('%s: is answered or refused, in a pod’s memory', async (_, attack) => {
    const { status, text, retryAfter } = await attack(collector)
    expect([200, 400, 422, 503, 504], text.slice(0, 300)).toContain(status)
    if (status === 503) expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(collector.mostResident()).toBeLessThan(POD_BYTES)
    expect((await collector.ask('/healthz')).status).toBe(200)
  })

  it('1,900 phrases are refused, with what to do instead', async () => {
    const many = Array.from({ length: 1_900 }, (_, index) => `note:"a ${index}"`).join(' OR ')
    const { status, text } = await collector.ask('/api/v1/aggregate', { query: many })
    expect(status).toBe(400)
    expect(text).toContain('Search for whole values of a field')
  })

  it('whose client leaves ends in the store', async () => {
    const controller = new AbortController()
    const asked = fetch(`${collector.url}/api/v1/aggregate`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ query: phrases }), signal: controller.signal }) // prettier-ignore
    await Promise.all(Array.from({ length: 3 }, () => collector.ask('/api/v1/statistics')))
    controller.abort()
    await asked.catch(() => undefined)
    // All four readers are free again, so that these are answered at once and not behind what nobody waits for.
    const answers = await Promise.all(Array.from({ length: 8 }, () => collector.ask(`/api/v1/events?from=${formatTime(HISTORY_TO - HOUR)}&limit=10`))) // prettier-ignore
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  })
})

describe('many at once', () => {
  it('420 clients that do not read are cut off, in a pod’s memory, and others are answered', async () => {
    const collector = await startAttacked(ROWS)
    try {
      const page = '/api/v1/events?view=observations&limit=10000'
      const deaf = await Promise.all(Array.from({ length: 420 }, () => collector.deafClient(page)))
      expect((await collector.ask('/api/v1/events?limit=10')).status).toBe(200)
      // There is room for another page of this size only once those that do not read were cut off.
      await until(
        async () => (await collector.ask(page)).status === 200,
        300_000,
        () => collector.output(),
        1_000,
      )
      expect(collector.mostResident()).toBeLessThan(POD_BYTES)
      for (const socket of deaf) socket.destroy()
    } finally {
      await collector.end()
    }
  })

  it('a stop takes seconds, whatever is being answered', async () => {
    const collector = await startAttacked(ROWS)
    try {
      const asked = Array.from({ length: 12 }, () => collector.ask('/api/v1/aggregate', { query: phrases }).catch(() => null)) // prettier-ignore
      await Promise.all(Array.from({ length: 3 }, () => collector.ask('/api/v1/statistics')))
      const begun = performance.now()
      expect(await collector.stop()).toBe(0)
      expect(performance.now() - begun).toBeLessThan(5_000)
      await Promise.all(asked)
    } finally {
      await collector.end()
    }
  })
})
