import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { DAY, HOUR, MINUTE, type EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { formatTime } from '../../query/time.ts'
import { createMemoryStore } from '../../store/memory/memory-store.ts'
import { parseOneIncidentRequest, parseSimilarRequest } from '../record-request.ts'
import { incidentsAnswer } from './incident-answers.ts'
import { similarAnswer } from './similar-answers.ts'
import { similarSchema } from './similar-schemas.ts'

const never = new AbortController().signal

let versions = 0

function told(at: EpochMicros, reason: string, name: string, overrides: Partial<Observation> = {}): Observation {
  versions += 1
  return anObservation({
    uid: `event ${String(versions)}`,
    id: `id-${String(versions)}`,
    resourceVersion: versions,
    reason,
    type: reason === 'FailedMount' ? 'Warning' : 'Normal',
    severity: reason === 'FailedMount' ? 'high' : 'info',
    note: reason === 'FailedMount' ? 'MountVolume.SetUp failed for volume "data" : timed out' : '',
    firstObserved: at,
    deltaSince: at,
    lastObserved: at,
    received: at,
    namespace: 'shop',
    regarding: { ...anObservation().regarding, kind: 'Pod', namespace: 'shop', name, uid: `uid of ${name}` },
    owner: { kind: 'Deployment', name: 'web' },
    ...overrides,
  })
}

/** A pod that cannot mount for five minutes, at these times; each after as many pods were made as `made` says. */
function outages(times: readonly EpochMicros[], made: number): readonly Observation[] {
  return times.flatMap((at, place) => {
    const pod = `web-${String(place)}`
    const created = Array.from({ length: made }, () => told(at - MINUTE, 'SuccessfulCreate', 'web', KIND))
    const failed = [0, 1, 2, 3].map((minute) => told(at + minute * MINUTE, 'FailedMount', pod))
    return [...created, ...failed, told(at + 5 * MINUTE, 'Started', pod)]
  })
}

const KIND = {
  regarding: { ...anObservation().regarding, kind: 'ReplicaSet', namespace: 'shop', name: 'web', uid: 'rs' },
}

/** One pod made every six hours, as usual. */
function quiet(from: EpochMicros, to: EpochMicros): readonly Observation[] {
  const times = Array.from(
    { length: Math.floor((to - from) / (6 * HOUR)) },
    (_, place) => from + (place * 6 + 2) * HOUR,
  )
  return times.map((at) => told(at, 'SuccessfulCreate', 'web', KIND))
}

async function ask(
  { kept, gone = [], now }: { kept: readonly Observation[]; gone?: readonly Observation[]; now: EpochMicros },
  parameters: object = {},
) {
  const store = createMemoryStore()
  const byTime = (a: Observation, b: Observation) => a.lastObserved - b.lastObserved
  const records = problemRecordsOf([...kept, ...gone].toSorted(byTime), now)
  const rows = kept.toSorted(byTime).map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'b', sequence: 1, rows, records }, never)
  const all = { filter: { op: 'all' }, at: null, from: 0, all: true, planned: false, limit: 100, offset: 0 } as const
  const { incidents } = await incidentsAnswer(store, all, now, never)
  const newest = incidents.toSorted((a, b) => (a.opened < b.opened ? 1 : -1))[0]?.id ?? ''
  const answer = await similarAnswer(store, newest, parseSimilarRequest(parameters, now), now, never)
  expect(similarSchema.parse(answer)).toEqual(answer)
  return answer
}

describe('GET /incidents/ID/similar', () => {
  it('tells when it was like this, how that ended, and that each began at a peak of scaling', async () => {
    const now = NOON + 30 * DAY
    const times = [now - 20 * DAY, now - 13 * DAY, now - HOUR]
    const answer = await ask({ kept: [...quiet(now - 29 * DAY, now), ...outages(times, 5)], now })
    expect(answer).toMatchObject({
      total: 2,
      timezone: 'UTC',
      ordinary: { query: null, words: 'scaling in shop', known: 2, peaks: 2, now: { occurrences: 5, isPeak: true } },
    })
    expect(answer.hours[12]).toBe(2)
    expect(answer.hours[11]).toBe(1)
    expect(answer.weekdays.reduce((sum, count) => sum + count, 0)).toBe(3)
    expect(answer.similar[0]).toMatchObject({
      at: formatTime(now - 13 * DAY),
      lastedSeconds: 300,
      endings: [{ how: 'cleared', reason: 'Started', problems: 1 }],
      ordinary: { occurrences: 5, isPeak: true },
    })
    expect(answer.similar[0]?.shared).toContain('workloads')
  })

  it('finds no peak where as much happens as usual', async () => {
    const now = NOON + 30 * DAY
    const times = [now - 13 * DAY, now - HOUR]
    const { ordinary } = await ask({ kept: [...quiet(now - 29 * DAY, now), ...outages(times, 0)], now })
    expect(ordinary).toMatchObject({ known: 1, peaks: 0, now: { isPeak: false } })
  })

  it('still knows of it when the events of that time are gone, and says that it does not know of their number', async () => {
    const now = NOON + 380 * DAY
    const [old, newest] = [outages([now - 350 * DAY], 5), outages([now - HOUR], 5)]
    const answer = await ask({ kept: [...quiet(now - 20 * DAY, now), ...newest], gone: old, now })
    expect(answer).toMatchObject({ total: 1, ordinary: { known: 0, peaks: 0, now: { isPeak: true } } })
    expect(answer.similar[0]).toMatchObject({
      lastedSeconds: 300,
      endings: [{ how: 'cleared', reason: null, problems: 1 }],
      changes: [],
      ordinary: null,
    })
  })

  it('counts the ordinary events that are asked for', async () => {
    const now = NOON + 30 * DAY
    const times = [now - 13 * DAY, now - HOUR]
    const traffic = times.flatMap((at) =>
      Array.from({ length: 9 }, () => told(at - 2 * MINUTE, 'TrafficHigh', 'front')),
    )
    const kept = [...quiet(now - 29 * DAY, now), ...outages(times, 0), ...traffic]
    const { ordinary } = await ask({ kept, now }, { query: 'reason:TrafficHigh' })
    expect(ordinary).toMatchObject({
      query: 'reason:TrafficHigh',
      known: 1,
      peaks: 1,
      now: { occurrences: 9, usual: 0, isPeak: true },
    })
  })

  it('tells hours and weekdays of the zone that is asked for', async () => {
    const now = Date.UTC(2026, 2, 2, 1) * 1_000
    const { hours, weekdays } = await ask({ kept: outages([now - HOUR], 0), now }, { timezone: 'America/New_York' })
    expect([hours[19], weekdays[6]]).toEqual([1, 1])
  })

  it('refuses what it does not take', () => {
    expect(() => parseSimilarRequest({ limit: 21 }, NOON)).toThrow('limit')
    expect(() => parseSimilarRequest({ timezone: 'Nowhere' }, NOON)).toThrow('Nowhere')
    expect(() => parseSimilarRequest({ query: 'reason:(' }, NOON)).toThrow()
    expect(() => parseOneIncidentRequest({ limit: 1 }, NOON)).toThrow('limit')
  })
})
