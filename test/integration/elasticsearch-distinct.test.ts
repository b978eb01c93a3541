import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR } from '../../collector/src/clock.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import type { AggregateQuery, Metric, Window } from '../../collector/src/query/model.ts'
import { compareStores } from '../../collector/src/run/compare-stores.ts'
import type { EventStore } from '../../collector/src/store/store.ts'
import { createMemoryStore } from '../../collector/src/store/memory/memory-store.ts'
import { NOON } from '../support/an-observation.ts'
import { anElasticsearchStore, callElasticsearch } from '../support/elasticsearch-store.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'
import { sharedElasticsearch } from '../support/shared-elasticsearch.ts'

const START_MS = 300_000
const PREFIX = `distinct-${String(Date.now())}`
const never = new AbortController().signal
/** More events and objects than are counted one by one. */
const ROWS = 90_000
const RANGE = { from: NOON - 6 * HOUR, to: NOON + 1 }

describe('more objects and events than can be counted one by one', () => {
  let url: string
  let store: EventStore
  const memory = createMemoryStore()

  beforeAll(async () => {
    url = await sharedElasticsearch()
    store = anElasticsearchStore(url, PREFIX)
    let sequence = 0
    for (const batch of inBatches(eachOfItsOwn(), 10_000)) {
      const rows = batch.map((observation) => ({ observation, undecided: false }))
      const pending = { bufferId: 'test', sequence: ++sequence, rows, records: [] }
      await store.write(pending, never)
      await memory.write(pending, never)
    }
  }, START_MS)
  afterAll(async () => {
    await store.close()
    for (const type of ['normal', 'other']) await callElasticsearch(url, 'DELETE', `/${PREFIX}-${type}-2026.05.11`)
    await callElasticsearch(url, 'DELETE', `/${PREFIX}-records`)
    await callElasticsearch(url, 'DELETE', `/_index_template/${PREFIX}`)
  })

  const windows: readonly { readonly name: string; readonly window: Window | null; readonly error: number }[] = [
    { name: 'the whole range', window: null, error: 0.008 },
    { name: 'windows of ten minutes', window: { kind: 'fixed', every: HOUR / 6 }, error: 0.023 },
    { name: 'windows of a calendar', window: { kind: 'calendar', unit: 'day', zone: 'Europe/Berlin' }, error: 0.008 },
  ]
  it.each(windows)('are estimated in $name, with the error', async ({ window, error }) => {
    for (const metric of ['objects', 'events'] as const) {
      const query = aggregate(metric, window)
      const [found, exact] = [await store.aggregate(query, never), await memory.aggregate(query, never)]
      expect(exact.distinctError).toBe(0)
      expect(found.distinctError).toBe(error)
      expect(found.groups.map(({ key }) => key).sort()).toEqual(exact.groups.map(({ key }) => key).sort())
      const pairs = pairsOf(found, exact)
      // One in twenty may be further off, a small number by one.
      const off = pairs.filter(([value, truth]) => Math.abs(value - truth) > Math.max(1, error * truth))
      expect(off.length).toBeLessThan(Math.max(2, 0.1 * pairs.length))
      const sums = pairs.reduce(([a, b], [value, truth]) => [a + value, b + truth], [0, 0] as readonly [number, number])
      expect(Math.abs(sums[0] / sums[1] - 1)).toBeLessThan(error)
    }
  })

  it('are counted where few enough match', async () => {
    const filter = { op: 'in' as const, field: 'reason', values: ['BackOff'] }
    const query = { ...aggregate('objects', null), filter }
    const exact = await memory.aggregate(query, never)
    expect(await store.aggregate(query, never)).toEqual(exact)
    expect(exact.groups[0]?.points[0]?.values[0]).toBeGreaterThan(2_000)
  })

  it('are counted when two stores are compared', async () => {
    expect(await compareStores(memory, store, never)).toEqual([])
  })

  it('are estimated in patterns', async () => {
    const query = {
      ...RANGE,
      filter: ALL,
      key: ['cluster'],
      minOccurrences: 1,
      minRatePerMinute: 0,
      limit: 5,
      samples: 0,
    }
    const [[pattern], [exact]] = [await store.patterns(query, never), await memory.patterns(query, never)]
    expect(pattern).toEqual({ ...exact, objects: pattern?.objects, objectsError: 0.008 })
    // The one case in twenty.
    expect(Math.abs((pattern?.objects ?? 0) / (exact?.objects ?? 1) - 1)).toBeLessThan(0.012)
  })
})

const ALL = { op: 'all' } as const

function aggregate(metric: Metric, window: Window | null): AggregateQuery {
  return { ...RANGE, filter: ALL, groupBy: ['reason'], window, metrics: [metric], top: null, zeroFill: false }
}

/** Values of the same group and window. */
function pairsOf(
  found: Awaited<ReturnType<EventStore['aggregate']>>,
  exact: Awaited<ReturnType<EventStore['aggregate']>>,
): readonly (readonly [number, number])[] {
  const places = (result: typeof found) =>
    new Map(
      result.groups.flatMap(({ key, points }) =>
        points.map(({ start, values }) => [JSON.stringify([key, start]), values[0] ?? 0] as const),
      ),
    )
  const values = places(found)
  return [...places(exact)].map(([place, truth]) => [values.get(place) ?? 0, truth])
}

function* eachOfItsOwn(): Generator<Observation> {
  let number = 0
  for (const row of generateObservations({ rows: ROWS, from: RANGE.from, to: NOON }))
    yield { ...row, regarding: { ...row.regarding, uid: '', name: `${row.regarding.name}-${String(number++)}` } }
}
