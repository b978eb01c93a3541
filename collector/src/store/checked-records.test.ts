import { expect, it } from 'vitest'
import { aCorrelation, aRecord } from '../../../test/support/a-record.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { withCheckedRecords } from './checked-records.ts'
import { createMemoryStore } from './memory/memory-store.ts'

const never = new AbortController().signal
const EVER = { from: 0, to: NOON * 2 }

it('leaves out what another version wrote, and tells it once for each kind', async () => {
  const memory = createMemoryStore()
  const older = aRecord('correlation', { id: 'c-0', body: { title: 'payments', absorbed: ['c-1'] } })
  const later = aRecord('correlation', { id: 'c-2', body: { ...aCorrelation(), learned: 'more' } })
  const records = [older, aRecord('correlation', { id: 'c-1', body: aCorrelation() }), later, aRecord('gap')]
  await memory.write({ bufferId: 'b', sequence: 1, rows: [], records }, never)
  const told: string[] = []
  const store = withCheckedRecords(
    { ...memory, records: (kind, range, signal) => memory.records(kind, range, signal) },
    (kind, count) => told.push(`${kind} ${count}`),
  )
  expect((await store.records('correlation', EVER, never)).map(({ id }) => id)).toEqual(['c-1', 'c-2'])
  expect(await store.records('gap', EVER, never)).toEqual([])
  await store.records('correlation', EVER, never)
  expect(told).toEqual(['correlation 1', 'gap 1'])
})
