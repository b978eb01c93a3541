import { expect, it } from 'vitest'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import type { StoreRecord } from '../event/record.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { rebuild } from './rebuild.ts'

const never = new AbortController().signal

it('gives back the newest records, oldest first, when there are more than it reads', async () => {
  const store = createMemoryStore()
  const records = Array.from({ length: 20_001 }, (_, index): StoreRecord => {
    return { kind: 'pattern', id: `p-${String(index)}`, revision: 1, from: NOON - 30_000 + index, to: NOON, body: {} }
  })
  const rows = [{ observation: anObservation({ lastObserved: NOON - 1 }), undecided: false }]
  await store.write({ bufferId: 'b', sequence: 1, rows, records }, never)
  const remembered: string[] = []
  const recorder = {
    remember: () => undefined,
    rememberRecord: ({ id }: StoreRecord) => void remembered.push(id),
    changedRecords: () => [],
    advance: () => undefined,
  }
  const stages = {
    topology: { learn: () => undefined, place: anObservation },
    problems: { ...recorder, rememberRecord: () => undefined, judge: () => null, takeChanged: () => [] },
    correlator: { ...recorder, rememberRecord: () => undefined, follow: () => undefined, correlate: anObservation },
    detector: { ...recorder, detect: anObservation },
  }
  await rebuild(store, { next: () => null }, stages, never)
  expect([remembered[0], remembered.at(-1), remembered.length]).toEqual(['p-1', 'p-20000', 20_000])
})
