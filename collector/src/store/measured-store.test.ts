import { expect, it } from 'vitest'
import { measured } from './measured-store.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import { StoreUnavailableError } from './store.ts'

const signal = new AbortController().signal

it('times writes and reads, and counts those that the store could not do', async () => {
  const told: string[] = []
  const meter = {
    storeTook: (operation: string) => void told.push(`${operation} took`),
    storeFailed: (operation: string) => void told.push(`${operation} failed`),
    storeSplit: () => undefined,
  }
  const store = createMemoryStore()
  const seen = measured(store, meter)
  await seen.write({ bufferId: 'test', sequence: 1, rows: [], records: [] }, signal)
  expect(await seen.applied('test')).toMatchObject({ sequence: 1 })
  store.statistics = () => Promise.reject(new StoreUnavailableError('asking', { cause: new Error('away') }))
  await expect(seen.statistics(signal)).rejects.toThrow(StoreUnavailableError)
  store.statistics = () => Promise.reject(new Error('aborted'))
  await expect(seen.statistics(signal)).rejects.toThrow('aborted')
  expect(told).toEqual(['write took', 'read took', 'read failed'])
})
