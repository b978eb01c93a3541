import { aDetector } from '../../../../test/support/as-configured.ts'
import { aCorrelation, aRecord } from '../../../../test/support/a-record.ts'
import express from 'express'
import fc from 'fast-check'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { HOUR, MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { StoreRecord } from '../../event/record.ts'
import { parsePatternRequest } from '../../query/request.ts'
import { createMemoryStore } from '../../store/memory/memory-store.ts'
import { StoreUnavailableError, type EventReader } from '../../store/store.ts'
import { createLogger } from '../../telemetry/logger.ts'
import { Admission, MOST_WAITING } from '../admission.ts'
import { answerErrors } from '../problem-details.ts'
import { parseGrafanaQuery } from './query-schema.ts'
import { grafanaRoutes } from './routes.ts'
import { Tails } from './tails.ts'

const signal = new AbortController().signal
const RANGE = { from: (NOON - HOUR) / 1_000, to: (NOON + 5 * MINUTE) / 1_000 }

async function storeWith(rows: readonly Observation[], records: readonly StoreRecord[] = []): Promise<EventReader> {
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'test', sequence: 1, rows: pending, records }, signal)
  return store
}

/** A store whose cluster was watched all the time, as the stages would have left it. */
const watched = (rows: readonly Observation[]) => storeWith(rows, problemRecordsOf(rows, NOON + 3 * MINUTE))

function appOver(reader: EventReader, tails = new Tails()) {
  const app = express().use(express.json())
  const health = () => ({ live: true, ready: true, problems: [] })
  app.use(
    grafanaRoutes({
      reader,
      tails,
      health,
      version: '0.1.0',
      clock: () => NOON + 5 * MINUTE,
      door: { admission: new Admission(200_000_000), answerTimeoutMs: 5_000 },
    }),
  )
  app.use(answerErrors(createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })))
  return app
}

interface Field {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
}

interface SentFrame {
  readonly schema: {
    readonly name?: string
    readonly meta: { readonly type?: string; readonly typeVersion?: readonly number[]; readonly notices?: readonly { readonly text: string }[]; readonly custom?: Readonly<Record<string, unknown>> } // prettier-ignore
    readonly fields: readonly Field[]
  }
  readonly data: { readonly values: readonly (readonly unknown[])[] }
}

interface Result {
  readonly status: number
  readonly error?: string
  readonly errorSource?: string
  readonly frames: readonly SentFrame[]
}

async function ask(
  reader: EventReader,
  query: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Result> {
  const body = { queries: [{ refId: 'A', schemaVersion: 1, timeRange: RANGE, intervalMs: 60_000, maxDataPoints: 100, ...query }] } // prettier-ignore
  const response = await request(appOver(reader)).post('/query').set(headers).send(body).expect(200)
  const { results } = response.body as { readonly results: { readonly A: Result } }
  return results.A
}

async function frameOf(reader: EventReader, query: object, headers: Readonly<Record<string, string>> = {}) {
  const { frames, error } = await ask(reader, query, headers)
  expect(error).toBeUndefined()
  const [frame] = frames
  if (frame === undefined) throw new Error('no frame')
  return { ...frame, column: columnsOf(frame) }
}

function columnsOf({ schema, data }: SentFrame): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(schema.fields.map(({ name }, place) => [name, data.values[place] ?? []]))
}

/** Pods of one workload that fail, one a minute before noon, in two namespaces in turn. */
function failures(count: number): Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const namespace = index % 2 === 0 ? 'shop' : 'pay'
    const time = NOON - (count - 1 - index) * MINUTE
    return anObservation({
      id: `id-${String(index).padStart(4, '0')}`,
      uid: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`,
      resourceVersion: 1_000 + index,
      firstObserved: time,
      lastObserved: time,
      deltaSince: time,
      countDelta: 1,
      count: 1,
      severity: index % 2 === 0 ? 'high' : 'low',
      namespace,
      regarding: { ...anObservation().regarding, namespace, name: `payments-${index}` },
    })
  })
}

const ALERT = { FromAlert: 'true' }

describe('query type events', () => {
  it('gives log lines, newest first, with levels that Grafana knows and labels that filters understand', async () => {
    const { schema, column } = await frameOf(await storeWith(failures(3)), { queryType: 'events' })
    expect(schema.meta).toMatchObject({ type: 'log-lines', custom: { total: 3, limit: 1_000 } })
    expect(column['severity']).toEqual(['error', 'info', 'error'])
    expect(column['labels']?.[0]).toMatchObject({ 'regarding.name': 'payments-2', severity: 'high', count: '1' })
    expect(Object.keys(column['labelTypes']?.[0] ?? {})).toEqual(expect.arrayContaining(Object.keys(column['labels']?.[0] ?? {}))) // prettier-ignore
    expect(column['labels']?.[0]).not.toHaveProperty('action')
    expect(new Set(column['id']).size).toBe(3)
  })

  it('lets every key pass that Grafana writes into a query, of whatever type', async () => {
    const ofGrafana = { key: 'Q-6e1d-0', datasource: { uid: 'eventloom' }, datasourceId: 1, hide: false, instant: true, range: true, editorMode: 'code' } // prettier-ignore
    const reader = await storeWith(failures(6))
    for (const queryType of ['events', 'patterns', 'aggregate']) {
      expect((await ask(reader, { ...ofGrafana, queryType })).error).toBeUndefined()
    }
  })

  it('shows a gap where Explore looks for it', async () => {
    const body = { cluster: 'lab', stream: 'all', cause: 'history forgotten' }
    const gap: StoreRecord = { kind: 'gap', id: 'g-1', revision: 1, from: NOON - MINUTE, to: NOON, body }
    const { schema } = await frameOf(await storeWith(failures(1), [gap]), { queryType: 'events' })
    expect(schema.meta.notices?.[0]?.text).toContain('history forgotten')
    expect(schema.meta.custom?.['error']).toContain('history forgotten')
  })

  it('reaches every row of one millisecond by scrolling', async () => {
    const rows = failures(100).map((row) => ({ ...row, lastObserved: NOON, firstObserved: NOON }))
    const older = anObservation({
      id: 'older',
      uid: 'older',
      lastObserved: NOON - MINUTE,
      firstObserved: NOON - MINUTE,
    })
    const timeRange = { from: RANGE.from, to: NOON / 1_000 }
    const query = { queryType: 'events', limit: 40, supportingQueryType: 'infiniteScroll', timeRange }
    const { column } = await frameOf(await storeWith([...rows, older]), query)
    expect(column['id']).toHaveLength(101)
  })

  it('shows each event once over all pages, in both directions', async () => {
    // Each event was seen twice: an older version lies on a later page than the newest one.
    const rows = failures(40).map((row, index) => ({ ...row, uid: `22222222-2222-4222-8222-${String(index % 20).padStart(12, '0')}` })) // prettier-ignore
    const reader = await storeWith(rows)
    const whole = { from: (NOON - 39 * MINUTE) / 1_000, to: NOON / 1_000 + 1 }
    for (const order of ['newest', 'oldest']) {
      const first = await frameOf(reader, { queryType: 'events', limit: 5, order, timeRange: whole })
      const seen = [...(first.column['id'] ?? [])]
      for (let page = 0; page < 6; page += 1) {
        const edge = Number(rows.find(({ id }) => id === seen.at(-1))?.lastObserved) / 1_000
        const timeRange = order === 'newest' ? { ...whole, to: edge } : { ...whole, from: edge }
        const next = { queryType: 'events', limit: 5, order, supportingQueryType: 'infiniteScroll', scrolled: whole, timeRange } // prettier-ignore
        const { column } = await frameOf(reader, next)
        seen.push(...(column['id'] ?? []).filter((id) => !seen.includes(id)))
      }
      const newest = rows.slice(20).map(({ id }) => id)
      expect(seen).toEqual(order === 'newest' ? newest.toReversed() : newest)
    }
  })

  it('is refused in an alert rule, with the way out', async () => {
    const result = await ask(await storeWith(failures(1)), { queryType: 'events' }, ALERT)
    expect(result).toMatchObject({ status: 400, errorSource: 'downstream' })
    expect(result.error).toContain('Choose Count')
  })

  it('is what the editor proposes when a rule was stored without a word of it', async () => {
    const unwritten = { schemaVersion: undefined, queryType: '' }
    const { frames, error } = await ask(await watched(failures(3)), unwritten, ALERT)
    expect(error).toBeUndefined()
    expect(Object.keys(columnsOf(frames[0] as never))).toEqual([
      'cluster',
      'namespace',
      'owner.name',
      'reason',
      'active',
    ])
  })

  it('holds the start of a range and not its end, in rows, marks and counts alike', async () => {
    const reader = await storeWith(failures(2))
    const timeRange = { from: (NOON - MINUTE) / 1_000, to: NOON / 1_000 }
    const rows = async (query: object) => (await frameOf(reader, { timeRange, ...query })).data.values[0]
    expect(await rows({ queryType: 'events' })).toHaveLength(1)
    expect(await rows({ queryType: 'annotations' })).toHaveLength(1)
    expect(await rows({ queryType: 'aggregate', format: 'numeric' })).toEqual([1])
  })

  it('filters by text, terms, ad hoc filters and levels together', async () => {
    const reader = await storeWith(failures(10))
    const term = (key: string, operator: string, ...values: string[]) => ({ key, operator, values })
    const count = async (query: object) => (await frameOf(reader, { queryType: 'events', ...query })).column['id']?.length // prettier-ignore
    expect(await count({ filter: { text: 'namespace:shop', terms: [] } })).toBe(5)
    expect(await count({ adHoc: [term('namespace', '!=', 'shop')] })).toBe(5)
    expect(await count({ filter: { terms: [term('level', '=', 'error')] } })).toBe(5)
    expect(await count({ filter: { terms: [term('namespace', '=~', 'sh.*|none')] } })).toBe(5)
    expect(await count({ filter: { terms: [term('namespace', '=|', 'shop', 'pay')] } })).toBe(10)
    expect(await count({ filter: { terms: [term('namespace', '=|')] } })).toBe(10)
    expect(await count({ filter: { text: 'namespace:shop', terms: [term('severity', '>', 'medium')] } })).toBe(5)
    expect(await count({ filter: { terms: [term('resourceVersion', '<', '1003')] } })).toBe(3)
  })
})

it('says that a variable was not filled in, as on a public dashboard, instead of finding nothing', async () => {
  const terms = [{ key: 'cluster', operator: '=|', values: ['$cluster'] }]
  const { error } = await ask(await storeWith(failures(1)), { queryType: 'events', filter: { terms } })
  expect(error).toContain('public dashboards and alert rules have none')
})

describe('query type context', () => {
  it('goes on exactly behind a row, in both directions, however many share its time', async () => {
    const rows = failures(30).map((row) => ({
      ...row,
      lastObserved: NOON,
      namespace: 'shop',
      regarding: { ...row.regarding, namespace: 'shop', name: 'payments-0' },
    }))
    const reader = await storeWith(rows)
    const labels = { cluster: rows[0]?.cluster ?? '', namespace: 'shop', 'regarding.kind': 'Pod', 'regarding.name': 'payments-0', resourceVersion: '1010' } // prettier-ignore
    const around = async (direction: string) => {
      const context = { id: 'id-0010', direction, labels, timeNs: String(BigInt(NOON) * 1_000n) }
      return (await frameOf(reader, { queryType: 'context', context })).column['id']
    }
    expect(await around('backward')).toEqual(rows.slice(0, 10).map(({ id }) => id).reverse()) // prettier-ignore
    expect(await around('forward')).toEqual(rows.slice(11).map(({ id }) => id))
  })

  it('says so when the row has no node to have neighbours on', async () => {
    const context = { id: 'x', direction: 'backward', scope: 'node', labels: {}, timeNs: '1' }
    expect((await ask(await storeWith([]), { queryType: 'context', context })).error).toContain('no node')
  })
})

describe('query type aggregate', () => {
  it('begins a series within the range, however long its intervals are', async () => {
    const query = { queryType: 'aggregate', interval: 'day' }
    expect((await frameOf(await storeWith(failures(3)), query)).column['time']).toEqual([RANGE.from])
  })

  it('writes an empty value as (none) where people read it, not in the labels of a rule, and takes it back as a filter', async () => {
    const node = { namespace: '', regarding: { ...anObservation().regarding, kind: 'Node', namespace: '', name: 'worker-1' } } // prettier-ignore
    const reader = await storeWith([...failures(2), anObservation({ id: 'node', uid: 'node', ...node })])
    const query = { queryType: 'aggregate', groupBy: ['namespace'], format: 'numeric' }
    expect((await frameOf(reader, query)).column['namespace']).toContain('(none)')
    expect((await frameOf(reader, query, ALERT)).column['namespace']).toContain('')
    const { schema } = await frameOf(reader, { ...query, format: 'timeseries' })
    expect(JSON.stringify(schema.fields)).toContain('"displayNameFromDS":"(none)"')
    const terms = [{ key: 'namespace', operator: '=', values: ['(none)'] }]
    expect((await frameOf(reader, { queryType: 'events', filter: { terms } })).column['id']).toEqual(['node'])
    const listed = await request(appOver(reader)).post('/tag-values').send({ key: 'namespace', timeRange: RANGE }).expect(200) // prettier-ignore
    expect(listed.body).toContainEqual({ text: '(none)', value: '(none)' })
  })

  it('draws one labelled series a group on one time axis, zeros included', async () => {
    const query = { queryType: 'aggregate', groupBy: ['namespace'], interval: '1m' }
    const { schema, column, data } = await frameOf(await storeWith(failures(10)), query)
    expect(schema.meta).toMatchObject({ type: 'timeseries-wide', typeVersion: [0, 1] })
    expect(schema.fields.map(({ labels }) => labels)).toEqual([undefined, { namespace: 'pay' }, { namespace: 'shop' }])
    expect(column['time']).toHaveLength(65)
    expect(data.values.slice(1).map((values) => values.reduce<number>((sum, value) => sum + Number(value), 0))).toEqual([5, 5]) // prettier-ignore
  })

  it('gives an alert one number a group, with the same labels', async () => {
    const query = { queryType: 'aggregate', groupBy: ['namespace'] }
    const { schema, column } = await frameOf(await storeWith(failures(10)), query, ALERT)
    expect(schema.meta).toMatchObject({ type: 'numeric-long', typeVersion: [0, 1] })
    expect(column).toEqual({ namespace: ['pay', 'shop'], occurrences: [5, 5] })
  })

  it.each(['other', '(all others)'])(
    'never gives the rest of the groups the labels of a group called %s',
    async (name) => {
      const rows = failures(10).map((row, index) => ({ ...row, namespace: ['shop', name, 'pay'][index % 3] ?? '' }))
      const query = { queryType: 'aggregate', groupBy: ['namespace'], top: 2, format: 'timeseries' }
      const { schema } = await frameOf(await storeWith(rows), query)
      const labels = schema.fields.slice(1).map((field) => JSON.stringify(field.labels ?? {}))
      expect(labels).toContain(JSON.stringify({ namespace: name }))
      expect(new Set(labels).size).toBe(3)
      expect(schema.fields.at(-1)?.labels).toBeUndefined()
    },
  )

  it('gives an alert no series of the rest, and says so', async () => {
    const rows = failures(10).map((row, index) => ({ ...row, namespace: ['shop', 'other', 'pay'][index % 3] ?? '' }))
    const query = { queryType: 'aggregate', groupBy: ['namespace'], top: 2, format: 'timeseries' }
    const { schema } = await frameOf(await storeWith(rows), query, ALERT)
    expect(schema.fields.slice(1).map(({ labels }) => labels)).toEqual([{ namespace: 'shop' }, { namespace: 'other' }])
    expect(schema.meta.notices?.[0]?.text).toContain('the others are left out')
  })

  it('gives an alert without groups an explicit zero', async () => {
    const { column } = await frameOf(await storeWith([]), { queryType: 'aggregate' }, ALERT)
    expect(column).toEqual({ occurrences: [0] })
  })

  it('makes the volume by level out of severities', async () => {
    const { frames } = await ask(await storeWith(failures(10)), { queryType: 'aggregate', groupBy: ['level'] })
    expect(frames.map(({ schema }) => schema.fields[1]?.labels)).toEqual([{ level: 'info' }, { level: 'error' }])
  })

  it('cuts days where the reader has them, over a change of the clock', async () => {
    const timeRange = { from: Date.parse('2026-10-23T22:00Z'), to: Date.parse('2026-10-26T23:00Z') }
    const query = { queryType: 'aggregate', interval: '1d', timezone: 'Europe/Berlin', timeRange }
    const { column } = await frameOf(await storeWith([]), query)
    expect(column['time']?.map((time) => new Date(Number(time)).toISOString())).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ])
  })

  it('never sends more points than the budget, and says when it widened an interval', async () => {
    const timeRange = { from: RANGE.to - 100 * 3_600_000, to: RANGE.to }
    const query = { queryType: 'aggregate', groupBy: ['regarding.name'], top: 20, interval: '1m', timeRange }
    const { column, schema } = await frameOf(await storeWith(failures(50)), query)
    expect((column['time']?.length ?? 0) * 21).toBeLessThanOrEqual(50_000)
    expect(schema.meta.notices?.[0]?.text).toContain('instead of 1m')
  })
})

describe('the metric active', () => {
  const query = { queryType: 'aggregate', metric: 'active', groupBy: ['owner.name'] }
  const said = (reason: string, minutesBefore: number, more: Partial<Observation> = {}) =>
    anObservation({
      id: `${reason}-${minutesBefore}-${more.owner?.name ?? ''}`,
      uid: `${reason}-${minutesBefore}`,
      reason,
      type: 'Warning',
      severity: 'high',
      category: 'storage',
      firstObserved: NOON + 5 * MINUTE - minutesBefore * MINUTE,
      lastObserved: NOON + 5 * MINUTE - minutesBefore * MINUTE,
      ...more,
    })
  const calm = { type: 'Normal', severity: 'info' } as const
  const regarding = { ...anObservation().regarding, name: 'payments-9', uid: '99999999-2222-4222-8222-222222222222' }
  const other = { regarding }
  const owner = { kind: 'Deployment', name: 'payments' }

  const cases: readonly (readonly [string, readonly Observation[], number])[] = [
    ['is 1 long after the last word of an emitter that pauses', [said('FailedMount', 30)], 1],
    ['is 0 when the reason was silent for longer than it may be', [said('FailedMount', 60)], 0],
    ['is 0 after an event of the same object that clears it', [said('FailedMount', 20), said('Started', 19, calm)], 0],
    ['is 1 when that event came before', [said('FailedMount', 20), said('Started', 21, calm)], 1],
    ['is 1 while another pod of the workload merely starts beside it', [said('FailedMount', 20), said('Started', 18, { ...calm, ...other })], 1], // prettier-ignore
    ['is 0 when a pod that came in its place starts after a quiet time', [said('FailedMount', 30, { owner }), said('Started', 5, { ...calm, ...other, owner })], 0], // prettier-ignore
    ['of a crashing container is not cleared by its next start', [said('BackOff', 6, { category: 'container' }), said('Started', 2, calm)], 1], // prettier-ignore
    ['of a lost node, which says so once, stays for a day', [said('NodeNotReady', 600, { type: 'Normal' })], 1],
  ]

  it.each(cases)('%s', async (_name, rows, value) => {
    const { column, schema } = await frameOf(await watched(rows), query, ALERT)
    expect(schema.meta).toMatchObject({ type: 'numeric-long', typeVersion: [0, 1] })
    expect(column['active']).toEqual([value])
  })

  it('has a row for a group whose problem is over, and none for what was never in trouble', async () => {
    const rows = [said('FailedMount', 50), said('Started', 3, { ...calm, owner: { kind: 'Deployment', name: 'calm' } })]
    const { column } = await frameOf(await watched(rows), query, ALERT)
    expect(column).toEqual({ 'owner.name': [rows[0]?.owner.name], active: [0] })
  })
})

describe('other query types', () => {
  it('patterns are a table for people and one number each for alerts', async () => {
    const reader = await storeWith(failures(10))
    const { column, schema } = await frameOf(reader, { queryType: 'patterns' })
    expect(column).toMatchObject({ namespace: ['shop', 'pay'], occurrences: [5, 5] })
    // Each in Grafana's usual format: left alone, it shows milliseconds in some columns of a table and not in others.
    expect(JSON.stringify(schema.fields).match(/"type":"time"/g)).toHaveLength(2)
    expect(JSON.stringify(schema.fields).match(/"unit":"dateTimeAsSystem"/g)).toHaveLength(2)
    const alert = await frameOf(reader, { queryType: 'patterns' }, ALERT)
    expect(alert.schema.fields.map(({ name }) => name)).toEqual(['reason', 'regarding.kind', 'namespace', 'occurrences']) // prettier-ignore
  })

  it('patterns have the thresholds that the command line has', async () => {
    const slow = [0, 10, 20, 30].map((minutes) => anObservation({ id: `slow-${minutes}`, uid: `slow-${minutes}`, lastObserved: NOON - minutes * MINUTE, deltaSince: NOON - minutes * MINUTE })) // prettier-ignore
    const rows = async (query: object) => (await frameOf(await storeWith(slow), { queryType: 'patterns', ...query })).column['occurrences'] // prettier-ignore
    expect(await rows({})).toBeUndefined()
    expect(await rows({ minRatePerMinute: 0 })).toEqual([4])
    const asked = parsePatternRequest({}, NOON)
    const { minOccurrences, minRatePerMinute } = parseGrafanaQuery({ schemaVersion: 1, timeRange: RANGE })
    expect({ minOccurrences, minRatePerMinute }).toEqual({ minOccurrences: asked.minOccurrences, minRatePerMinute: asked.minRatePerMinute }) // prettier-ignore
  })

  it('patterns that are periodic have a line for each workload, with when it is expected', async () => {
    const detector = aDetector()
    const runs = ['backup', 'report'].flatMap((name) => [6, 5, 4, 3, 2, 1, 0].map((back) => anObservation({ id: `${name}-${back}`, uid: `${name}-${back}`, owner: { kind: 'CronJob', name }, lastObserved: NOON - back * 5 * MINUTE, received: NOON, note: `run ${back}` }))) // prettier-ignore
    for (const run of runs) detector.detect(run)
    const reader = await storeWith(runs, detector.changedRecords(true))
    const { column, schema } = await frameOf(reader, { queryType: 'patterns', traits: ['periodic', 'silent'] })
    const next = (NOON + 5 * MINUTE) / 1_000
    expect(column).toMatchObject({ workload: ['CronJob/backup', 'CronJob/report'], period: [300, 300], nextExpected: [next, next], template: ['run <n>', 'run <n>'], pattern: ['BackOff:Pod:shop', 'BackOff:Pod:shop'] }) // prettier-ignore
    expect(JSON.stringify(schema.fields)).toContain('"config":{"displayNameFromDS":"Every","unit":"s"}')
    expect((await frameOf(reader, { queryType: 'patterns', traits: ['silent'] })).column).toEqual({})
    expect((await frameOf(reader, { queryType: 'patterns', minRatePerMinute: 0 })).column['traits']).toEqual([
      'periodic',
    ])
  })

  it('a timeline of nothing is one calm row that says so: its panel takes no frame without times', async () => {
    const { column } = await frameOf(await storeWith([]), { queryType: 'timeline' })
    expect(column['Nothing in this range']).toEqual([0])
    expect(column['time']).toHaveLength(1)
  })

  it('a timeline has a band of states for each workload', async () => {
    const query = { queryType: 'timeline', timelineBy: 'namespace', interval: '1m' }
    const { schema, data } = await frameOf(await watched(failures(10)), query)
    expect(schema.fields).toHaveLength(3)
    // The worst comes first; what is quiet inside a problem is no calm.
    expect(new Set(data.values[1])).toEqual(new Set([0, 4]))
    expect(new Set(data.values[2])).toEqual(new Set([0]))
    // Painted as CSS, to which Grafana's own names of colours mean nothing.
    expect(JSON.stringify(schema.fields[1])).toMatch(/"color":\["transparent"(,"#[0-9a-f]{6}")+\]/)
  })

  it('annotations are regions from their true start to their end, with tags', async () => {
    const row = anObservation({ firstObserved: NOON - 5 * HOUR, lastObserved: NOON })
    const { column } = await frameOf(await storeWith([row]), { queryType: 'annotations' })
    expect(column['time']).toEqual([(NOON - 5 * HOUR) / 1_000])
    expect(column['timeEnd']).toEqual([NOON / 1_000])
    expect(column['tags']).toEqual([`${row.reason},${row.namespace}`])
  })

  it('correlations are a table, and one of them a graph in which every edge has both its nodes', async () => {
    const end = (reason: string, object: string) => ({ observation: 'o', reason, object })
    const causes = [{ id: 'e', causation: 1, words: 'the volume is not there', trust: 'certain', lagSeconds: 30, cause: end('FailedAttachVolume', 'Pod shop/gone'), effect: end('FailedMount', 'Pod shop/web') }].flatMap((edge) => [edge, { ...edge, id: 'again' }]) // prettier-ignore
    const record = aRecord('correlation', {
      id: 'c-1',
      from: NOON - MINUTE,
      body: aCorrelation({ title: 'web', causes }),
    })
    const rows = ['FailedMount', 'Pulled'].map((reason, place) => anObservation({ id: `o${place}`, correlationId: 'c-1', reason })) // prettier-ignore
    const reader = await storeWith(rows, [record])
    const { column } = await frameOf(reader, { queryType: 'correlations' })
    expect(column).toMatchObject({ correlationId: ['c-1'], title: ['web'], causes: [2] })
    const { frames } = await ask(reader, { queryType: 'correlations', correlationId: 'c-1' })
    const [nodes = {}, edges = {}] = frames.map(columnsOf)
    for (const node of [...(edges['source'] ?? []), ...(edges['target'] ?? [])]) expect(nodes['id']).toContain(node)
    // One arrow for both, and nothing that no arrow touches.
    expect(edges).toMatchObject({ id: ['e'], secondarystat: ['30 s, certain, ×2'] })
    expect(nodes['title']).not.toContain('Pulled')
  })
})

describe('a query that cannot be answered', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    ['an unknown query type', { queryType: 'logs' }, 'none of events'],
    ['a later version', { schemaVersion: 7 }, 'version 7'],
    ['a reversed range', { timeRange: { from: RANGE.to, to: RANGE.from } }, 'ends before it begins'],
    ['an unknown field', { adHoc: [{ key: 'namespce', operator: '=', values: ['a'] }] }, 'Did you mean namespace?'],
    ['an expression beyond filters', { adHoc: [{ key: 'reason', operator: '=~', values: ['[ab]+'] }] }, 'one of'],
    ['wrong Lucene text', { filter: { text: 'reason:(' } }, 'column'],
    ['an unknown zone', { timezone: 'browser' }, 'IANA'],
    ['a wrong interval', { queryType: 'aggregate', interval: 'often' }, 'auto'],
    ['seconds over ten years', { queryType: 'aggregate', interval: '1s', timeRange: { from: 0, to: 315_360_000_000 } }, 'windows'], // prettier-ignore
    ['a group by the note', { queryType: 'aggregate', groupBy: ['note'] }, 'cannot be grouped by'],
  ]

  it.each(cases)('says what to do about %s', async (_name, query, words) => {
    const result = await ask(await storeWith([]), query)
    expect(result).toMatchObject({ status: 400, errorSource: 'downstream' })
    expect(result.error).toContain(words)
  })

  it('leaves the other queries of the panel their answers', async () => {
    const queries = [
      { refId: 'A', schemaVersion: 1, queryType: 'aggregate', timeRange: RANGE },
      { refId: 'B', schemaVersion: 9, timeRange: RANGE },
      'nonsense',
    ]
    const response = await request(appOver(await storeWith([]))).post('/query').send({ queries: queries.slice(0, 2) }) // prettier-ignore
    expect(response.body).toMatchObject({ results: { A: { status: 200 }, B: { status: 400 } } })
  })

  it('says that the store is away, as the fault of what is behind', async () => {
    const away = { ...(await storeWith([])), events: () => Promise.reject(new StoreUnavailableError('read', { cause: new Error('gone') })) } // prettier-ignore
    expect(await ask(away, { queryType: 'events' })).toMatchObject({ status: 503, errorSource: 'downstream' })
  })

  it('is never an accident, whatever the JSON', async () => {
    const reader = await storeWith(failures(2))
    const text = fc.oneof(fc.string(), fc.constantFrom('events', 'aggregate', 'timeline', '=', 'namespace'))
    const value = fc.oneof(
      text,
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.array(text),
      fc.dictionary(text, text),
    )
    const keys = ['queryType', 'filter', 'adHoc', 'groupBy', 'interval', 'limit', 'metric', 'timezone', 'key', 'patternBy', 'schemaVersion'] // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), value), async (query) => {
        expect([200, 400]).toContain((await ask(reader, query)).status)
      }),
      { numRuns: 60 },
    )
  }, 20_000)
})

describe('what editors ask', () => {
  const timeRange = RANGE
  const post = async (path: string, body: object, reader?: EventReader) =>
    (await request(appOver(reader ?? (await storeWith(failures(10))))).post(path).send(body).expect(200)).body as unknown // prettier-ignore

  it('fills variables and filters from what was stored', async () => {
    const shop = { text: 'shop', value: 'shop' }
    const pay = { text: 'pay', value: 'pay' }
    expect(await post('/variables', { query: { field: 'namespace' }, timeRange })).toEqual([pay, shop])
    expect(await post('/tag-values', { key: 'namespace', prefix: 'sh', timeRange })).toEqual([shop])
    expect(await post('/tag-values', { key: 'note', timeRange })).toEqual([])
    expect(await post('/tag-keys', { timeRange })).toContainEqual({ text: 'reason', value: 'reason', group: 'Fields' })
  })

  it('completes fields, and behind a colon the values', async () => {
    expect(await post('/complete', { text: 'reas', position: 4, timeRange })).toMatchObject({ from: 0, to: 4, items: [{ insert: 'reason:' }] }) // prettier-ignore
    const values = await post('/complete', { text: 'a AND namespace:s', position: 17, timeRange })
    expect(values).toEqual({ from: 16, to: 17, items: [{ label: 'shop', insert: 'shop', kind: 'value', occurrences: 5 }] }) // prettier-ignore
  })

  it('shows an alert rule what it will see', async () => {
    const alert = await post('/preview', { query: { schemaVersion: 1, queryType: 'aggregate', groupBy: ['regarding.name'] }, timeRange }) // prettier-ignore
    expect(alert).toMatchObject({ alertable: true, instances: 10 })
    expect(JSON.stringify(alert)).toContain('owner.name, namespace or node')
    const events = await post('/preview', { query: { schemaVersion: 1, queryType: 'events' }, timeRange })
    expect(events).toMatchObject({ alertable: false, instances: 0 })
  })

  it('checks and migrates stored queries', async () => {
    expect(await post('/check', { query: { schemaVersion: 1, filter: { text: 'reason:(' } } })).toMatchObject({ problems: [{ place: 'query' }] }) // prettier-ignore
    expect(await post('/check', { query: { schemaVersion: 1 } })).toEqual({ problems: [] })
    expect(await post('/migrate', { query: { query: 'reason:BackOff', limit: 5 } })).toEqual({
      query: { schemaVersion: 1, limit: 5, filter: { text: 'reason:BackOff', terms: [] } },
    })
  })

  it('tells plugin and collector apart by their versions, and how the store is', async () => {
    const response = await request(appOver(await storeWith(failures(2))))
      .get('/health')
      .expect(200)
    expect(response.body).toMatchObject({ name: 'eventloom', grafanaApi: 1, store: { kind: 'memory', state: 'ok', observations: 2 } }) // prettier-ignore
  })

  it('refuses what waits behind a full line, and says when to come again', async () => {
    const release = Promise.withResolvers<undefined>()
    const reader = await storeWith([])
    const slow = { ...reader, values: async () => (await release.promise, []) }
    const server = appOver(slow).listen(0)
    const question = { text: 'reason:', position: 7, timeRange: RANGE }
    const ask = () => request(server).post('/complete').send(question)
    try {
      // Of these some are answered, as many as there is room for, and the others wait: one more than the line holds is refused.
      const answers = Array.from({ length: 25 + MOST_WAITING }, () => ask().then((each) => each.status))
      const refused = await until(async () => {
        const response = await ask()
          .timeout(500)
          .catch(() => null)
        return response?.status === 503 ? response : null
      })
      expect(refused.headers['retry-after']).toBe('2')
      release.resolve(undefined)
      expect(new Set(await Promise.all(answers))).toEqual(new Set([200]))
    } finally {
      server.close()
    }
  })
})

async function until<Value>(look: () => Promise<Value | null>): Promise<Value> {
  for (;;) {
    const found = await look()
    if (found !== null) return found
  }
}
