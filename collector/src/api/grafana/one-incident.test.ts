import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { framesOf, storeWith, type SentFrame } from '../../../../test/support/ask-grafana.ts'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { DAY, HOUR, MINUTE, type EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import type { EventReader } from '../../store/store.ts'
import { variableAnswer, variableRequest } from './lookups.ts'

const NOW = NOON + 30 * DAY
const RANGE = { from: NOW - 6 * HOUR, to: NOW }
const signal = new AbortController().signal

let versions = 0

function told(at: EpochMicros, reason: string, name: string, overrides: Partial<Observation> = {}): Observation {
  versions += 1
  const regarding = { ...anObservation().regarding, kind: 'Pod', namespace: 'shop', name, uid: `uid of ${name}` }
  return anObservation({ uid: `event ${versions}`, id: `id-${versions}`, resourceVersion: versions, reason, type: 'Normal', severity: 'info', note: '', firstObserved: at, deltaSince: at, lastObserved: at, received: at, namespace: 'shop', regarding, owner: { kind: 'Deployment', name: 'web' }, ...overrides }) // prettier-ignore
}

/** Two pods that lack a Secret for five minutes, from this time on. */
function outage(at: EpochMicros): readonly Observation[] {
  const note = 'MountVolume.SetUp failed for volume "login" : secret "login" not found'
  return ['a', 'b'].flatMap((pod) => [
    ...[0, 2, 4].map((minute) => told(at + minute * MINUTE, 'FailedMount', `web-${at}-${pod}`, { type: 'Warning', severity: 'high', note, metadata: { secret: 'login' } })), // prettier-ignore
    told(at + 5 * MINUTE, 'Started', `web-${at}-${pod}`),
  ])
}

const BEGINS = [NOW - 8 * DAY, NOW - 2 * DAY, NOW - HOUR]
const rows = BEGINS.flatMap(outage).toSorted((a, b) => a.lastObserved - b.lastObserved)
const reader = await storeWith(rows, problemRecordsOf(rows, NOW))

const column = ({ schema, data }: SentFrame, name: string) =>
  data.values[schema.fields.findIndex((field) => field.name === name)] ?? []

async function ask(query: object, from: EventReader = reader): Promise<readonly SentFrame[]> {
  return framesOf(from, RANGE, query)
}

async function newest(): Promise<string> {
  const [frame] = await ask({ queryType: 'incidents', withOver: true })
  if (frame === undefined) throw new Error('no frame')
  return String(column(frame, 'id')[0])
}

describe('the causes of an incident', () => {
  it('are a graph from the cause to what it broke: pods of one workload are one node, and no arrow lacks an end', async () => {
    const [nodes, edges] = await ask({ queryType: 'causes', incidentId: await newest() })
    if (nodes === undefined || edges === undefined) throw new Error('a graph has two frames')
    expect(column(nodes, 'id')).toEqual(['Secret login', 'Deployment shop/web: MountSourceMissing'])
    expect(column(nodes, 'mainstat')).toEqual(['cause', '×2'])
    expect(column(nodes, 'arc__first cause')).toEqual([1, 0])
    expect(column(nodes, 'arc__effect')).toEqual([0, 1])
    expect(column(edges, 'source')).toEqual(['Secret login'])
    expect(column(edges, 'target')).toEqual(['Deployment shop/web: MountSourceMissing'])
    expect(column(edges, 'strokedasharray')).toEqual(['0'])
  })

  it('are told in words as a table, with what to check', async () => {
    const [frame] = await ask({ queryType: 'causes', format: 'table' })
    if (frame === undefined) throw new Error('no frame')
    expect(new Set(column(frame, 'part'))).toEqual(new Set(['what broke', 'cause', 'to check']))
    const cause = column(frame, 'part').indexOf('cause')
    expect(column(frame, 'confidence')[cause]).toBe('certain')
    for (const values of frame.data.values) expect(values).not.toContain('')
  })

  it.each(['', 'i-nobody'])('of no incident are nothing: %j', async (incidentId) => {
    const frames = await ask({ queryType: 'causes', incidentId })
    expect(frames.map((frame) => column(frame, 'id'))).toEqual([[], []])
    const notices = frames[0]?.schema.meta?.notices ?? []
    expect(notices.map(({ text }) => text)).toEqual(incidentId === '' ? [] : ['There is no incident i-nobody at the end of this range.']) // prettier-ignore
  })
})

it('lists the incidents like one, newest first, with links to the page of each around its own time', async () => {
  const [frame] = await ask({ queryType: 'similar', incidentId: await newest() })
  if (frame === undefined) throw new Error('no frame')
  expect(column(frame, 'opened')).toEqual([NOW - 2 * DAY, NOW - 8 * DAY].map((time) => time / 1_000))
  expect(column(frame, 'lasted')).toEqual([300, 300])
  const links = frame.schema.fields.find(({ name }) => name === 'incident')?.config?.links ?? []
  expect(links[0]?.internal.query).toMatchObject({
    dashboard: 'eventloom-incident',
    around: { first: 'opened', last: 'ended' },
  })
})

it('lists the problems of one incident, over or not, and of no other', async () => {
  const [frame] = await ask({ queryType: 'problems', incidentId: await newest() })
  if (frame === undefined) throw new Error('no frame')
  expect(column(frame, 'workload')).toEqual(['web'])
  expect(column(frame, 'objects')).toEqual([2])
  expect(column(frame, 'firstObserved')).toEqual([(NOW - HOUR) / 1_000])
})

it('marks incidents from beginning to end, with what they come from', async () => {
  const [frame] = await ask({ queryType: 'annotations', marks: 'incidents' })
  if (frame === undefined) throw new Error('no frame')
  expect(column(frame, 'time')).toEqual([(NOW - HOUR) / 1_000])
  expect(column(frame, 'timeEnd')).toEqual([(NOW - HOUR + 5 * MINUTE) / 1_000])
  expect(String(column(frame, 'text')[0])).toMatch(/^certain: /)
})

it('offers incidents in the menu of a variable by what broke, and looks for words in that', async () => {
  const timeRange = { from: RANGE.from / 1_000, to: RANGE.to / 1_000 }
  const menu = (search: string) => variableAnswer(reader, variableRequest.parse({ query: { field: 'incident', search }, timeRange }), NOW, signal) // prettier-ignore
  expect(await menu('')).toEqual([{ text: expect.stringMatching(/login.*2026-06-10 11:00$/) as unknown, value: await newest() }]) // prettier-ignore
  expect(await menu('SECRET')).toHaveLength(1)
  expect(await menu('quota')).toEqual([])
})
