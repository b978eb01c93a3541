import { describe, expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { DAY } from '../clock.ts'
import type { Observation } from '../event/observation.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { compareStores } from './compare-stores.ts'

const signal = new AbortController().signal

async function storeWith(...rows: readonly Observation[]) {
  const store = createMemoryStore()
  const pending = rows.map((observation) => ({ observation, undecided: false }))
  await store.write({ bufferId: 'test', sequence: 1, rows: pending, records: [] }, signal)
  return store
}

const first = anObservation({ id: 'a', uid: 'u-a', cluster: 'lab', lastObserved: NOON, count: 3, countDelta: 3 })
const second = anObservation({ id: 'b', uid: 'u-b', cluster: 'lab', lastObserved: NOON + DAY, count: 1, countDelta: 1 })
const foreign = anObservation({ id: 'c', uid: 'u-c', cluster: 'other' })

describe('two stores', () => {
  it('hold the same when every day of every cluster does, whatever else the target has', async () => {
    expect(
      await compareStores(await storeWith(first, second), await storeWith(second, foreign, first), signal),
    ).toEqual([])
  })

  it.each([
    ['a row is missing', [first], [{ cluster: 'lab', day: '2026-05-12T00:00:00Z', source: [1, 1, 1], target: [0, 0, 0] }]],
    ['a count differs', [{ ...first, countDelta: 2 }, second], [{ cluster: 'lab', day: '2026-05-11T00:00:00Z', source: [1, 3, 1], target: [1, 2, 1] }]],
  ])('differ where %s', async (_name, rows, differences) => {
    expect(await compareStores(await storeWith(first, second), await storeWith(...rows), signal)).toEqual(differences)
  }) // prettier-ignore
})
