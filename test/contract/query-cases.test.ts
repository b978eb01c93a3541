import { beforeAll, describe, expect, it } from 'vitest'
import { MINUTE } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { createNormalizer } from '../../collector/src/normalize/normalize.ts'
import { parseAggregateRequest, parseEventRequest } from '../../collector/src/query/request.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { anObservation, NOON } from '../support/an-observation.ts'
import { readEvents, recordingOf } from '../support/recorded-events.ts'

const never = new AbortController().signal
const ORIGIN = { cluster: 'lab', clusterUid: null, source: 'recording case' }

/** A store with the events of a situation, all of them first versions. */
async function storeOf(situation: string): Promise<EventStore> {
  const normalize = createNormalizer({ maxNoteBytes: 65_536, redact: { enabled: true, keys: [] } })
  const rows = readEvents(recordingOf(situation)).map((raw) => observe(normalize(raw, ORIGIN, NOON)))
  const store = createMemoryStore()
  await store.write(
    {
      bufferId: situation,
      sequence: 1,
      rows: rows.map((observation) => ({ observation, undecided: false })),
      records: [],
    },
    never,
  )
  return store
}

function observe(normalized: ReturnType<ReturnType<typeof createNormalizer>>): Observation {
  if ('refused' in normalized) throw new Error(JSON.stringify(normalized))
  return anObservation({ ...normalized, countDelta: normalized.count, deltaSince: normalized.firstObserved })
}

const count = async (store: EventStore, query: string) =>
  (await store.events(parseEventRequest({ query }, NOON), never)).total

describe('situations about queries', () => {
  describe('names that bite the query language', () => {
    let store: EventStore
    beforeAll(async () => {
      store = await storeOf('biting-names')
    })

    it.each([
      ['*', 5],
      ['regarding.name:"ip-10-0-3-17.eu-west-1.compute.internal"', 1],
      ['regarding.name:ip-10-0-3-17.eu-west-1.compute.internal', 1],
      ['reason:"Sync/Failed"', 1],
      ['reason:Sync\\/Failed', 1],
      ['reason:Sync/Failed', 1],
      ['reason:Sync', 1],
      ['reason:"NOT"', 1],
      ['namespace:team-a', 2],
      ['namespace:("team-a" OR "team-a-b")', 3],
      ['note:"queue/depth"', 1],
      ['note:"C:\\\\temp\\\\x"', 1],
      ['"[a OR b] && !c"', 1],
    ])('%s finds %i', async (query, expected) => {
      expect(await count(store, query)).toBe(expected)
    })
  })

  it('events of the same second stand by resourceVersion, in pages too', async () => {
    const store = await storeOf('seven-in-two-seconds')
    const lines: string[] = []
    let cursor: string | undefined
    do {
      const page = await store.events(
        parseEventRequest({ order: 'oldest', limit: 2, ...(cursor === undefined ? {} : { cursor }) }, NOON),
        never,
      )
      lines.push(page.rows.map(({ reason }) => reason).join(' '))
      cursor = page.cursor ?? undefined
    } while (cursor !== undefined)
    expect(lines).toEqual(['Scheduled Pulled', 'Created Started', 'Pulled Created', 'Killing'])
  })

  it.each([
    ['UTC', [2, 4]],
    ['Europe/Berlin', [1, 4, 1]],
    ['Asia/Kolkata', [4, 2]],
  ])('days are those of %s', async (timezone, expected) => {
    const store = await storeOf('clock-change')
    const query = parseAggregateRequest(
      { window: 'day', timezone, metrics: 'observations', from: '2026-03-25', to: '2026-04-05' },
      NOON,
    )
    const { groups } = await store.aggregate(query, never)
    expect(groups[0]?.points.map(({ values }) => values[0])).toEqual(expected)
  })

  it('the end of a range is left out of lists and of windows alike', async () => {
    const store = await storeOf('clock-change')
    const range = { from: '2026-03-28T23:00:00Z', to: '2026-03-29T22:00:00Z' }
    const { total } = await store.events(parseEventRequest(range, NOON), never)
    const { groups } = await store.aggregate(
      parseAggregateRequest({ ...range, window: '1h', metrics: 'observations' }, NOON),
      never,
    )
    const bars = groups[0]?.points.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)
    expect([total, bars]).toEqual([4, 4])
    const day = parseAggregateRequest({ ...range, window: '1h', timezone: 'Europe/Berlin', zeroFill: true }, NOON)
    const hours = (await store.aggregate(day, never)).groups[0]?.points.map(({ values }) => values[0])
    expect(hours).toHaveLength(23)
    expect(hours?.flatMap((value, hour) => (value === 0 ? [] : [hour]))).toEqual([0, 1, 2, 22])
  })
})

it('a limit keeps the newest of 600 shuffled events', async () => {
  const store = createMemoryStore()
  const rows = Array.from({ length: 600 }, (_, index) => (index * 7) % 600).map((index) =>
    anObservation({ uid: `e-${String(index)}`, name: `e-${String(index)}`, lastObserved: NOON + index * MINUTE }),
  )
  await store.write(
    { bufferId: 'b', sequence: 1, rows: rows.map((observation) => ({ observation, undecided: false })), records: [] },
    never,
  )
  const page = await store.events(parseEventRequest({ limit: '5' }, NOON), never)
  expect(page.rows.map(({ name }) => name)).toEqual(['e-599', 'e-598', 'e-597', 'e-596', 'e-595'])
  expect(page.total).toBe(600)
})
