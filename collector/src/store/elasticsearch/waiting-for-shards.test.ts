import { errors } from '@elastic/elasticsearch'
import { describe, expect, it } from 'vitest'
import { StoreUnavailableError } from '../store.ts'
import type { Connection } from './connection.ts'
import { waitingForShards } from './waiting-for-shards.ts'

const signal = new AbortController().signal
const READ = { method: 'POST', path: '/eventloom-read/_search' } as const

/** A server that answers this so many times before it works. */
function server(type: string, times: number, status = 503) {
  let asked = 0
  const connection: Connection = {
    request: async <Body>() => {
      asked += 1
      if (asked > times) return { status: 200, body: {} as Body, headers: {} }
      const body = { error: { type, reason: 'no shard' }, status }
      const meta = { body, statusCode: status } as unknown as ConstructorParameters<typeof errors.ResponseError>[0]
      throw new StoreUnavailableError('asking', { cause: new errors.ResponseError(meta) })
    },
    close: () => Promise.resolve(),
  }
  return { connection: waitingForShards(connection, () => Promise.resolve()), asked: () => asked }
}

describe('a shard that is still being made', () => {
  it.each(['no_shard_available_action_exception', 'search_phase_execution_exception'])(
    'is waited for: %s',
    async (type) => {
      const { connection, asked } = server(type, 3)
      expect((await connection.request('asking', READ, signal)).status).toBe(200)
      expect(asked()).toBe(4)
    },
  )

  it('is waited for so long, and no longer', async () => {
    const { connection, asked } = server('no_shard_available_action_exception', Infinity)
    await expect(connection.request('asking', READ, signal)).rejects.toThrow(StoreUnavailableError)
    expect(asked()).toBeLessThan(100)
  })

  it.each([
    ['another trouble', server('circuit_breaking_exception', 1, 429), READ],
    [
      'a write, which is tried again by whoever sends it',
      server('no_shard_available_action_exception', 1),
      { ...READ, lines: '{}\n' },
    ],
  ])('is not: %s', async (_, { connection, asked }, request) => {
    await expect(connection.request('asking', request, signal)).rejects.toThrow(StoreUnavailableError)
    expect(asked()).toBe(1)
  })
})
