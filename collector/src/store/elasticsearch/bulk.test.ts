import { describe, expect, it } from 'vitest'
import { StoreUnavailableError } from '../store.ts'
import { BulkSender, type BulkOutcome } from './bulk.ts'
import type { Connection, ElasticsearchRequest } from './connection.ts'

const signal = new AbortController().signal
const LIMITS = { maxBytes: 1_000_000, maxDocuments: 10_000, inFlight: 2 }
const BLOCKED = { create: { status: 403, error: { type: 'cluster_block_exception', reason: 'index read-only' } } }
const CREATED = { create: { status: 201 } }

const operations = Array.from({ length: 5_000 }, (_, index) => {
  const id = String(index)
  return { id, index: 'events-2026.05.11', lines: () => `{"create":{"_id":"${id}"}}\n${'x'.repeat(480)}\n` }
})

/** A server that answers each document of a request with `item`, and the sender that writes to it. */
function writing(answer: (characters: number) => object | number) {
  const sent: number[] = []
  const split: number[] = []
  const connection: Connection = {
    async request<Body>(_doing: string, { lines = '' }: ElasticsearchRequest) {
      sent.push(lines.length)
      const item = answer(lines.length)
      if (typeof item === 'number') return { status: item, body: {} as Body, headers: {} }
      const items = Array.from({ length: lines.split('\n').length >> 1 }, () => item)
      return { status: 200, body: { items } as Body, headers: {} }
    },
    close: () => Promise.resolve(),
  }
  const sender = new BulkSender(connection, LIMITS, {
    delay: () => Promise.resolve(),
    random: () => 0,
    onWritten: () => undefined,
    makeIndices: () => Promise.resolve(),
    onSplit: (characters) => split.push(characters),
  })
  return { sender, sent, split }
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

describe('an index that takes nothing', () => {
  it('is asked with little until it does, and then gets everything', async () => {
    let item: object = BLOCKED
    const { sender, sent } = writing(() => item)
    const outcomes = new Map<string, BulkOutcome>()
    await expect(sender.send(operations, outcomes, signal)).rejects.toThrow(StoreUnavailableError)
    const everything = sum(operations.map(({ lines }) => lines().length))
    expect(sum(sent)).toBeLessThan(1.2 * everything) // once whole, then one small request for each more try
    sent.length = 0
    await expect(sender.send(operations, outcomes, signal)).rejects.toThrow(StoreUnavailableError)
    expect(sum(sent)).toBeLessThan(0.15 * everything)
    item = CREATED
    await sender.send(operations, outcomes, signal)
    expect(outcomes.size).toBe(operations.length)
  })
})

describe('a server that takes small requests only', () => {
  it('gets parts, and that is told', async () => {
    const { sender, split } = writing((characters) => (characters > 300_000 ? 413 : CREATED))
    const outcomes = new Map<string, BulkOutcome>()
    await sender.send(operations, outcomes, signal)
    expect(outcomes.size).toBe(operations.length)
    expect(split.length).toBeGreaterThan(0)
    expect(split.every((characters) => characters > 300_000)).toBe(true)
  })
})
