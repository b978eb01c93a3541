import { aDetector } from '../../../test/support/as-configured.ts'
import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { DAY, HOUR, MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import type { PatternDefinition } from '../detect/detect.ts'
import type { Observation } from '../event/observation.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import type { EventReader } from '../store/store.ts'
import { endpointNamed } from './endpoints.ts'
import type { Notice } from './notices.ts'

const signal = new AbortController().signal

interface Pattern {
  readonly id: string
  readonly occurrences: number
  readonly traits: readonly string[]
  readonly templates: readonly { readonly text: string; readonly occurrences: number | null }[]
}

/** A store as the collector leaves it: rows with what the detector found, and its records, at `until`. */
async function watched(
  events: readonly Observation[],
  until: EpochMicros,
  patterns?: readonly PatternDefinition[],
): Promise<EventReader> {
  const detector = aDetector(patterns === undefined ? {} : { patterns })
  const rows = events.toSorted((a, b) => a.lastObserved - b.lastObserved).map((event) => ({ observation: { ...event, ...detector.detect(event) }, undecided: false })) // prettier-ignore
  detector.advance({ cluster: 'lab', until: until, isWatched: true })
  const store = createMemoryStore()
  await store.write({ bufferId: 'test', sequence: 1, rows, records: detector.changedRecords(true) }, signal)
  return store
}

async function ask(reader: EventReader, parameters: object, id?: string) {
  const endpoint = endpointNamed(id === undefined ? 'patterns' : 'pattern')
  const source = { reader, accounts: () => ({}) as never, deadLetters: () => ({ total: 0, letters: [] }), now: NOON }
  const answer = await endpoint.answer(source, { path: id === undefined ? {} : { id }, parameters }, signal)
  expect(endpoint.answerSchema.parse(answer)).toEqual(answer)
  return answer as { readonly patterns: readonly Pattern[]; readonly notices: readonly Notice[] } & Pattern
}

let serial = 0
function seen(time: EpochMicros, overrides: Partial<Observation> = {}): Observation {
  serial += 1
  const times = { firstObserved: time, lastObserved: time, deltaSince: time, received: time }
  return anObservation({ uid: `event-${String(serial)}`, resourceVersion: serial, ...times, ...overrides })
}

/** Runs of a CronJob, one in 20 minutes: too few for a rate. */
function runs(name: string, count: number, last: EpochMicros, overrides: Partial<Observation> = {}): Observation[] {
  const job = { owner: { kind: 'CronJob', name }, reason: 'SuccessfulCreate', severity: 'info' as const, note: `Created job ${name}-29${String(count)}` } // prettier-ignore
  return Array.from({ length: count }, (_, run) => seen(last - run * 20 * MINUTE, { ...job, ...overrides }))
}

const idsOf = ({ patterns }: { readonly patterns: readonly Pattern[] }) => patterns.map(({ id }) => id)

describe('GET /patterns', () => {
  it('tells what is periodic, for which workload, and when it is expected next', async () => {
    const reader = await watched([...runs('backup', 10, NOON), seen(NOON - 5 * HOUR)], NOON)
    const { patterns } = await ask(reader, { trait: 'periodic' })
    expect(patterns).toMatchObject([
      {
        id: 'SuccessfulCreate:Pod:shop',
        traits: ['novel', 'periodic'],
        occurrences: 10,
        rhythms: [{ workload: { kind: 'CronJob', name: 'backup' }, periodSeconds: 1_200, lastBeat: '2026-05-11T12:00:00Z', nextExpected: '2026-05-11T12:20:00Z', isSilent: false }], // prettier-ignore
      },
    ])
    expect((await ask(reader, {})).patterns).toEqual([])
  })

  it('tells what is silent although nothing of it lies in the range', async () => {
    const reader = await watched([...runs('backup', 10, NOON - 3 * HOUR), seen(NOON)], NOON)
    const silent = await ask(reader, { trait: 'silent', from: '-1h' })
    expect(silent.patterns).toMatchObject([
      { id: 'SuccessfulCreate:Pod:shop', occurrences: 0, traits: ['silent', 'periodic'], lastObserved: '2026-05-11T09:00:00Z', rhythms: [{ isSilent: true, nextExpected: '2026-05-11T09:20:00Z' }] }, // prettier-ignore
    ])
    expect((await ask(reader, { trait: 'silent', from: '-1h', namespace: 'other' })).patterns).toEqual([])
    expect((await ask(reader, { trait: 'silent', to: '2026-05-11T09:30:00Z' })).patterns).toEqual([])
  })

  it('tells what is new in a day, and what came all at once', async () => {
    const usual = Array.from({ length: 120 }, (_, minute) =>
      seen(NOON - (120 - minute) * MINUTE, { reason: 'Unhealthy' }),
    )
    const sudden = Array.from({ length: 30 }, (_, index) =>
      seen(NOON - MINUTE + index * SECOND, { reason: 'Unhealthy' }),
    )
    const reader = await watched([...usual, ...sudden, seen(NOON - 5 * MINUTE, { reason: 'Evicted' })], NOON)
    expect(idsOf(await ask(reader, { trait: 'novel' }))).toEqual(['Evicted:Pod:shop'])
    const { patterns } = await ask(reader, { trait: 'burst' })
    expect(patterns).toMatchObject([
      { id: 'Unhealthy:Pod:shop', traits: ['burst', 'recurring', 'periodic'], bursts: [{ to: null }] },
    ])
    expect(idsOf(await ask(reader, { trait: 'burst', to: '-10m' }))).toEqual([])
  })

  it('says that some of them are too few for the list', async () => {
    const reader = await watched([seen(NOON - 2 * HOUR), seen(NOON, { reason: 'Evicted' })], NOON)
    const { patterns, notices } = await ask(reader, {})
    expect(patterns).toEqual([])
    expect(notices).toEqual([{ severity: 'info', text: expect.stringContaining('ask with trait novel') as string }])
    expect((await ask(reader, { namespace: 'shop' })).notices).toEqual([])
  })

  it('puts a crash before noise that is seen more often, and what goes on before what is over', async () => {
    const of = (reason: string, count: number, start: EpochMicros, severity: Observation['severity']) =>
      Array.from({ length: count }, (_, index) => seen(start + index * 30 * SECOND, { reason, severity }))
    const events = [...of('DNSConfigForming', 80, NOON - HOUR, 'low'), ...of('Over', 40, NOON - 4 * HOUR, 'high'), ...of('BackOff', 5, NOON - 3 * MINUTE, 'high')] // prettier-ignore
    const { patterns } = await ask(await watched(events, NOON), {})
    expect(patterns.map(({ id, traits }) => [id, traits.includes('recurring')])).toEqual([
      ['BackOff:Pod:shop', true],
      ['Over:Pod:shop', false],
      ['DNSConfigForming:Pod:shop', true],
    ])
  })

  it('shows what the notes say, counted where the collector follows the key, and for any key', async () => {
    const events = Array.from({ length: 6 }, (_, index) =>
      seen(NOON - index * MINUTE, { note: `took ${String(index)} s` }),
    )
    const reader = await watched(events, NOON)
    expect((await ask(reader, {})).patterns[0]?.templates).toMatchObject([{ text: 'took <n> s', occurrences: 6 }])
    const byTemplate = await ask(reader, { key: 'templateId' })
    expect(byTemplate.patterns).toMatchObject([{ traits: [], counted: null, templates: [{ text: 'took <n> s', occurrences: null }] }]) // prettier-ignore
  })

  it('knows all that was ever counted, also of rows that are gone', async () => {
    const [store, detector] = [createMemoryStore(), aDetector()]
    const [old, now] = [seen(NOON - 40 * DAY, { countDelta: 500 }), seen(NOON)]
    detector.detect(old)
    const rows = [{ observation: { ...now, ...detector.detect(now) }, undecided: false }]
    await store.write({ bufferId: 'test', sequence: 1, rows, records: detector.changedRecords(true) }, signal)
    const { patterns } = await ask(store, { minOccurrences: 1, minRatePerMinute: 0 })
    expect(patterns).toMatchObject([{ occurrences: 1, counted: { occurrences: 501, since: '2026-04-01T12:00:00Z' } }])
  })
})

describe('the id of a pattern', () => {
  const byNode = {
    name: 'by node',
    key: ['reason', 'node'],
    minOccurrences: 3,
    minRatePerMinute: 0,
    windowMicros: HOUR,
  }

  it('is one in rows and answers, and finds the pattern without its key', async () => {
    const reader = await watched(runs('backup', 4, NOON), NOON, [byNode])
    const { patterns } = await ask(reader, { key: 'reason,node', minRatePerMinute: 0 })
    expect(idsOf({ patterns })).toEqual(['reason=SuccessfulCreate:node=worker-1'])
    const [row] = (await reader.events({ from: 0, to: NOON + 1, filter: { op: 'all' }, view: 'events', order: 'newest', limit: 1 }, signal)).rows // prettier-ignore
    expect(row?.patternIds).toEqual(idsOf({ patterns }))
    expect(await ask(reader, {}, 'reason=SuccessfulCreate:node=worker-1')).toMatchObject({ occurrences: 4 })
    expect(await ask(reader, {}, 'reason=SuccessfulCreate:kind=Pod')).toMatchObject({ occurrences: 4, id: 'reason=SuccessfulCreate:regarding.kind=Pod' }) // prettier-ignore
  })

  it('that names no field is refused in words', async () => {
    await expect(ask(await watched([], NOON), {}, 'raeson=BackOff')).rejects.toThrow('Did you mean reason?')
  })
})
