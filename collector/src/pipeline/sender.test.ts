import { describe, expect, it, vi } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import type { BufferBatch } from '../buffer/buffer.ts'
import { createMemoryStore } from '../store/memory/memory-store.ts'
import { StoreUnavailableError, type EventStore } from '../store/store.ts'
import { Sender, type SenderBuffer } from './sender.ts'

const signal = new AbortController().signal

function batchOf(sequence: number, ids: readonly string[]): BufferBatch {
  const rows = ids.map((id) => ({ observation: anObservation({ id }), undecided: false, chain: id, highestCount: 1 }))
  return { sequence, rows, records: [] }
}

/** A buffer that holds these batches, and a sender whose store is `store`. */
function sending(store: Pick<EventStore, 'write' | 'applied'>, batches: BufferBatch[]) {
  const told: string[] = []
  const acknowledge = (upTo: number) => {
    while (batches[0] !== undefined && batches[0].sequence <= upTo) batches.shift()
  }
  const buffer = {
    id: 'test',
    pendingRows: 1,
    next: (): BufferBatch | null => batches[0] ?? null,
    sync: () => Promise.resolve(),
    acknowledge: vi.fn(({ sequence }: BufferBatch) => acknowledge(sequence)),
    acknowledgeApplied: vi.fn(({ sequence }: { sequence: number }) => acknowledge(sequence)),
  } satisfies SenderBuffer
  const sender = new Sender(buffer, store, {
    delay: () => Promise.resolve(),
    random: () => 0,
    onState: () => undefined,
    onRoom: () => undefined,
    onStored: (rows) => told.push(...rows.map(({ observation }) => observation.id)),
  })
  return { sender, buffer, told }
}

describe('what is told of stored rows', () => {
  it('leaves out those that the store refused', async () => {
    const store = createMemoryStore()
    const write: EventStore['write'] = async (batch) => ({
      stored: batch.rows.length - 1,
      alreadyStored: 0,
      rejected: [{ id: 'b', cause: 'mapping', detail: 'too deep' }],
    })
    const { sender, told } = sending(Object.assign(store, { write }), [batchOf(1, ['a', 'b', 'c'])])
    await sender.drain(signal)
    expect(told).toEqual(['a', 'c'])
  })

  it.each([
    ['the store took them', true],
    ['the store did not take them', false],
  ])('is each row once when the answer was lost and %s', async (_, isTaken) => {
    const store = createMemoryStore()
    const write = store.write.bind(store)
    let losses = 2
    const losing: EventStore['write'] = async (batch, stop) => {
      if (losses-- <= 0) return write(batch, stop)
      if (isTaken) await write(batch, stop)
      throw new StoreUnavailableError('write', { cause: new Error('reset') })
    }
    const { sender, told } = sending(Object.assign(store, { write: losing }), [
      batchOf(1, ['a', 'b']),
      batchOf(2, ['c']),
    ])
    await sender.drain(signal)
    expect(told).toEqual(['a', 'b', 'c'])
  })

  it('is each row once when the answer was lost and the next batch is cut elsewhere', async () => {
    const written: string[] = []
    const store = {
      write: async ({ rows }: Parameters<EventStore['write']>[0]) => {
        written.push(...rows.map(({ observation }) => observation.id))
        if (written.length === 1) throw new StoreUnavailableError('write', { cause: new Error('reset') })
        return { stored: rows.length, alreadyStored: 0, rejected: [] }
      },
      applied: async () => ({ sequence: 1, alreadyStored: 0, rejected: [] }),
    }
    const batches = [batchOf(1, ['a'])]
    const { sender, buffer, told } = sending(store, batches)
    // Another commit came meanwhile: what waits is one batch now, under another sequence.
    buffer.next = () => {
      const [first] = batches
      if (first?.sequence === 1 && written.length > 0)
        return { ...first, sequence: 2, rows: [...first.rows, ...batchOf(2, ['b']).rows] }
      if (first === undefined && written.length === 1) batches.push(batchOf(2, ['b']))
      return batches[0] ?? null
    }
    await sender.drain(signal)
    expect(written).toEqual(['a', 'b'])
    expect(told).toEqual(['a', 'b'])
  })

  it('leaves out those that the store refused in a batch whose answer was lost', async () => {
    const store = Object.assign(createMemoryStore(), {
      write: () => Promise.reject(new StoreUnavailableError('write', { cause: new Error('reset') })),
      applied: async () => ({ sequence: 1, alreadyStored: 0, rejected: [{ id: 'a', cause: 'mapping', detail: '' }] }),
    })
    const { sender, told } = sending(store, [batchOf(1, ['a', 'b'])])
    await sender.drain(signal)
    expect(told).toEqual(['b'])
  })

  it('is each row once when the acknowledgement could not be written at first', async () => {
    const { sender, buffer, told } = sending(createMemoryStore(), [batchOf(1, ['a'])])
    const failure = Object.assign(new Error('no space left'), { code: 'BUFFER_WRITE' })
    buffer.acknowledge.mockImplementationOnce(() => {
      throw failure
    })
    buffer.acknowledgeApplied.mockImplementationOnce(() => {
      throw failure
    })
    await sender.drain(signal)
    expect(told).toEqual(['a'])
  })
})
