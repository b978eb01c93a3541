import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { aCorrelation, aRecord } from '../../../../test/support/a-record.ts'
import { columnsOf, framesOf, storeWith } from '../../../../test/support/ask-grafana.ts'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { DAY, HOUR, MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { StoreRecord } from '../../event/record.ts'
import type { EventReader } from '../../store/store.ts'
import { variableAnswer, variableRequest } from './lookups.ts'
import { previewAnswer } from './preview.ts'

const signal = new AbortController().signal
const NOW = NOON + 5 * MINUTE
const RANGE = { from: NOON - HOUR, to: NOW }

let serial = 0
function event(parts: Partial<Observation>, lastObserved = NOON): Observation {
  serial += 1
  const uid = `11111111-1111-4111-8111-${String(serial).padStart(12, '0')}`
  return anObservation({ uid, resourceVersion: serial, firstObserved: lastObserved, lastObserved, deltaSince: lastObserved, ...parts }) // prettier-ignore
}

async function tableOf(reader: EventReader, query: object) {
  const [frame] = await framesOf(reader, RANGE, query)
  if (frame === undefined) throw new Error('no frame')
  return { fields: frame.schema.fields, notices: frame.schema.meta?.notices ?? [], column: columnsOf(frame) }
}

describe('a comparison with yesterday', () => {
  const yesterday = NOON - DAY
  const rows = [
    event({ reason: 'Stays' }),
    event({ reason: 'Stays' }, yesterday),
    event({ reason: 'New' }),
    event({ reason: 'New' }),
    event({ reason: 'Gone' }, yesterday),
    event({ reason: 'Gone' }, yesterday),
    event({ reason: 'Gone' }, yesterday),
  ]
  const query = { queryType: 'aggregate', metric: 'events', groupBy: ['reason'], format: 'table', compare: 'day' }

  it('says what is new and what is gone, what changed most first', async () => {
    const { column } = await tableOf(await storeWith(rows), query)
    expect(column).toEqual({ reason: ['Gone', 'New', 'Stays'], events: [0, 2, 1], before: [3, 0, 1], change: [-3, 2, 0] }) // prettier-ignore
  })

  it('says what it leaves out', async () => {
    const { column, notices } = await tableOf(await storeWith(rows), { ...query, top: 1 })
    expect(column['reason']).toEqual(['Gone'])
    expect(notices[0]?.text).toContain('1 of 3 groups')
  })
})

describe('whether data is complete', () => {
  const query = { queryType: 'aggregate', metric: 'complete', format: 'numeric' }
  const gap = (cluster: string): StoreRecord => ({ kind: 'gap', id: `g-${cluster}`, revision: 1, from: NOON - MINUTE, to: NOON, body: { cluster, stream: 'all', cause: 'history forgotten' } }) // prettier-ignore
  const rows = [event({ cluster: 'east' }), event({ cluster: 'west' })]
  const watched = problemRecordsOf(rows, NOW)

  it.each([
    ['no gap', [], [1, 1]],
    ['a gap of one', ['west'], [1, 0]],
    ['a gap of all', [''], [0, 0]],
  ] as const)('is told of each cluster: %s', async (_name, gaps, values) => {
    const { column } = await tableOf(await storeWith(rows, [...watched, ...gaps.map(gap)]), query)
    expect(column).toEqual({ cluster: ['east', 'west'], complete: values })
  })
})

it('a timeline has a band for each trouble of an object', async () => {
  const node = { namespace: '', owner: { kind: '', name: '' }, regarding: { ...anObservation().regarding, kind: 'Node', namespace: '', name: 'worker-1' } } // prettier-ignore
  const rows = [event({ ...node, reason: 'NodeNotReady' }), event({ ...node, reason: 'EvictionThresholdMet' })]
  const reader = await storeWith(rows, problemRecordsOf(rows, NOW))
  const { column } = await tableOf(reader, { queryType: 'timeline', timelineBy: 'problem' })
  expect(Object.keys(column)).toEqual(expect.arrayContaining(['lab Node worker-1 NodeNotReady']))
})

it('heads of tables are words, with units and colours, and what nobody reads is hidden', async () => {
  const reader = await storeWith([event({}), event({})])
  const { fields } = await tableOf(reader, { queryType: 'patterns', minOccurrences: 1, minRatePerMinute: 0 })
  const configs = Object.fromEntries(fields.map(({ name, config }) => [name, config]))
  expect(configs['regarding.kind']).toMatchObject({ displayNameFromDS: 'Kind' })
  expect(configs['ratePerMinute']).toMatchObject({ displayNameFromDS: 'Rate', unit: 'suffix:/min' })
  expect(configs['severity']).toMatchObject({ mappings: [{ options: { critical: { color: 'red' } } }] })
  expect(configs['severityRank']).toMatchObject({ custom: { hidden: true, hideFrom: { viz: true } } })
  for (const { config } of fields) expect(config?.displayNameFromDS ?? config?.['custom']).toBeDefined()
})

it.each(['aggregate', 'incidents', 'problems', 'correlations'])(
  'every column of a table of %s has a head',
  async (queryType) => {
    const rows = [event({}), event({})]
    const group = aRecord('correlation', { id: anObservation().correlationId, from: NOON, to: NOON, body: aCorrelation({ title: 'BackOff' }) }) // prettier-ignore
    const reader = await storeWith(rows, [...problemRecordsOf(rows, NOW), group])
    const { fields } = await tableOf(reader, { queryType, format: 'table', groupBy: ['category', 'owner.name'] })
    expect(fields.length).toBeGreaterThan(3)
    for (const { name, config } of fields) expect(config?.displayNameFromDS ?? config?.['custom'], name).toBeDefined()
  },
)

it('series of one severity or category have the same colour everywhere', async () => {
  const reader = await storeWith([event({ severity: 'critical' })])
  const [frame] = await framesOf(reader, RANGE, { queryType: 'aggregate', groupBy: ['severity'] })
  expect(frame?.schema.fields[1]?.config?.['color']).toEqual({ mode: 'fixed', fixedColor: 'red' })
})

it('offers groups by what happened, and values by how they begin', async () => {
  const { correlationId: id } = anObservation()
  const group = aRecord('correlation', { id, from: NOON, to: NOON, body: aCorrelation({ title: 'Payments cannot mount' }) }) // prettier-ignore
  const reader = await storeWith([event({}), event({ namespace: 'pay' })], [group])
  const timeRange = { from: RANGE.from / 1_000, to: RANGE.to / 1_000 }
  const ask = (query: object) => variableAnswer(reader, variableRequest.parse({ query, timeRange }), NOW, signal)
  expect(await ask({ field: 'correlationId' })).toEqual([{ text: 'Payments cannot mount, 2026-05-11 12:00', value: id }]) // prettier-ignore
  expect(await ask({ field: 'namespace', search: 'pa' })).toEqual([{ text: 'pay', value: 'pay' }])
})

it('shows which alerts of a rule would fire now, with their values', async () => {
  const regarding = { ...anObservation().regarding, namespace: 'pay', uid: '33333333-2222-4222-8222-222222222222' }
  const rows = [event({}), event({ namespace: 'pay', regarding })]
  const reader = await storeWith(rows, problemRecordsOf(rows, NOW))
  const timeRange = { from: RANGE.from / 1_000, to: RANGE.to / 1_000 }
  const ask = (query: object) => previewAnswer(reader, { schemaVersion: 1, queryType: 'aggregate', groupBy: ['namespace'], timeRange, ...query }, { now: NOW }, signal) // prettier-ignore
  expect(await ask({ metric: 'active' })).toMatchObject({ instances: 2, firing: 2, values: [1, 1] })
  expect(await ask({ metric: 'occurrences', filter: { text: 'namespace:pay' } })).toMatchObject({ firing: null, values: [1], labelSets: [{ namespace: 'pay' }] }) // prettier-ignore
})

it('warns of an option that the query type does not read, and names the one that it does', async () => {
  const { notices } = await tableOf(await storeWith([event({})]), { queryType: 'timeline', limit: 30, groupBy: [] })
  expect(notices.map(({ text }) => text)).toEqual(['The option "limit" is not read by the query type "timeline": set "top" instead.']) // prettier-ignore
})
