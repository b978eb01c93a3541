import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  startEventReader,
  versionOf,
  type EventReader,
  type EventReaderOptions,
} from '../../../../test/support/event-reader.ts'
import { startFakeApiServer, type FakeApiServer } from '../../../../test/support/fake-api-server.ts'

/** Time goes this much faster for the reader: 30 s of backing off become 0.3 s. */
const SPEED = 100

describe('watchEvents', () => {
  let server: FakeApiServer
  let readers: EventReader[]

  beforeEach(async () => {
    server = await startFakeApiServer()
    readers = []
  })

  afterEach(async () => {
    for (const reader of readers) await reader.stop()
    await server.close()
  })

  async function read(options: Partial<EventReaderOptions> = {}): Promise<EventReader> {
    const reader = await startEventReader({ kubeconfig: server.kubeconfig, speed: SPEED, ...options })
    readers.push(reader)
    return reader
  }

  /** All that the server holds has arrived, and the stream stands on a watch. */
  async function caughtUp(reader: EventReader, timeoutMs?: number): Promise<void> {
    const hasAll = () => {
      const { versions } = reader
      return server.etcd.live.every((event) => versions.has(versionOf({ ...event })))
    }
    await reader.until('every version the server holds', () => isWatching(reader) && hasAll(), timeoutMs)
  }

  function isWatching(reader: EventReader): boolean {
    return (
      [...reader.states.values()].every(({ phase, isCurrent }) => phase === 'watch' && isCurrent) &&
      reader.states.size > 0
    )
  }

  function fill(count: number, from = 0): void {
    for (let index = from; index < from + count; index++)
      server.etcd.create({ name: `pod-${(index * 7_919) % 10_007}` })
  }

  it('delivers a list of several pages in the order of versions, and its version as position with the last item only', async () => {
    fill(1_234)
    const reader = await read()
    await caughtUp(reader)
    const listed = reader.batches.filter(({ deliveries }) => deliveries.length > 0)
    const versions = listed.flatMap(({ deliveries }) =>
      deliveries.map((delivery) => Number(metadata(delivery).resourceVersion)),
    )
    expect(versions).toEqual([...versions].sort((a, b) => a - b))
    expect(listed.map(({ position }) => position?.resourceVersion ?? null)).toEqual([
      null,
      null,
      String(server.etcd.resourceVersion),
    ])
    expect(server.requests.map(({ kind }) => kind)).toEqual(['uid', 'list', 'continue', 'continue', 'watch'])
    expect(server.requests[1]?.query.get('limit')).toBe('500')
  })

  it('says where to resume after an empty list', async () => {
    const reader = await read()
    await caughtUp(reader)
    expect(reader.batches.map(({ deliveries, position }) => [deliveries.length, position?.resourceVersion])).toEqual([
      [0, '1000'],
    ])
  })

  it('follows creations and repetitions, and refuses deletions with a cause', async () => {
    const reader = await read()
    await reader.until('a watch', () => isWatching(reader))
    server.etcd.create({ name: 'a' })
    for (let count = 0; count < 50; count++) server.etcd.repeat('a')
    server.etcd.delete('a')
    await reader.until('the deletion', () => reader.refused.length === 1)
    expect(reader.events).toHaveLength(51)
    expect(reader.refused[0]?.cause).toBe('deletion')
    expect([...reader.positions.values()]).toEqual([String(server.etcd.resourceVersion)])
  })

  it('gives listed events the shape they have on a watch', async () => {
    server.etcd.create({ name: 'a' })
    const reader = await read()
    await caughtUp(reader)
    expect(reader.events[0]?.raw).toEqual(server.etcd.live[0])
  })

  it('reads the same from a watch cut into single bytes', async () => {
    server.splitWrites(1)
    const reader = await read()
    await reader.until('a watch', () => isWatching(reader))
    server.etcd.create({ name: 'a', note: 'ünïcödé \u2028 and 😀' })
    await reader.until('the event', () => reader.events.length === 1)
    expect(reader.events[0]?.raw).toEqual(server.etcd.live[0])
  })

  it('asks a watch to end within the time that history is kept', async () => {
    const reader = await read()
    await reader.until('a watch', () => isWatching(reader))
    const seconds = Number(server.requests.find(({ kind }) => kind === 'watch')?.query.get('timeoutSeconds'))
    expect(seconds).toBeGreaterThanOrEqual(240)
    expect(seconds).toBeLessThanOrEqual(290)
  })

  describe('after a start with a stored position', () => {
    it('reads the versions since then one by one, and lists all the same', async () => {
      const first = await read()
      server.etcd.create({ name: 'a' })
      await caughtUp(first)
      await first.stop()
      readers = []
      for (let count = 0; count < 5; count++) server.etcd.repeat('a')
      const second = await read({ positions: first.positions })
      await caughtUp(second)
      expect(second.events.map(({ raw }) => raw['deprecatedCount'])).toEqual([2, 3, 4, 5, 6, 6])
      expect(second.batches.some(({ gap }) => gap !== undefined)).toBe(false)
    })

    it('tells a gap when the history since then is gone', async () => {
      const first = await read()
      server.etcd.create({ name: 'a' })
      await caughtUp(first)
      await first.stop()
      readers = []
      server.etcd.repeat('a')
      server.etcd.compact()
      const second = await read({ positions: first.positions })
      await caughtUp(second)
      const gaps = second.batches.filter(({ gap }) => gap !== undefined)
      expect(gaps).toHaveLength(1)
      expect(gaps[0]?.gap?.cause).toContain('410')
      expect(gaps[0]?.position?.resourceVersion).toBe(String(server.etcd.resourceVersion))
    })

    it('takes no position of another cluster', async () => {
      const first = await read()
      await caughtUp(first)
      await first.stop()
      readers = []
      server.setClusterUid('another')
      const second = await read({ positions: first.positions })
      await caughtUp(second)
      expect(server.requests.slice(-3).map(({ kind }) => kind)).toEqual(['uid', 'list', 'watch'])
    })

    it('voids the position when the server went back to an older version', async () => {
      server.etcd.create({ name: 'a' })
      const restore = server.etcd.backup()
      server.etcd.create({ name: 'b' })
      server.etcd.tick()
      const first = await read()
      await caughtUp(first)
      await first.stop()
      readers = []
      restore()
      server.etcd.create({ name: 'c' })
      const second = await read({ positions: first.positions })
      await caughtUp(second)
      expect(second.batches.find(({ gap }) => gap !== undefined)?.gap?.cause).toContain('restored')
      expect(server.requests.slice(-4).map(({ kind }) => kind)).toEqual(['uid', 'list', 'list', 'watch'])
    })
  })

  describe('when a watch ends', () => {
    const ends: { name: string; strike: () => void | Promise<void> }[] = [
      { name: 'is closed before its time', strike: () => server.closeWatches() },
      { name: 'is reset', strike: () => server.resetWatches() },
      {
        name: 'loses its server, which comes back',
        strike: async () => {
          await server.kill()
          await server.restart()
        },
      },
    ]
    for (const { name, strike } of ends) {
      it(`that ${name}, it probes the server and goes on where it was`, async () => {
        fill(3)
        const reader = await read()
        await caughtUp(reader)
        server.etcd.create({ name: 'before' })
        await caughtUp(reader)
        await strike()
        server.etcd.create({ name: 'later' })
        server.etcd.repeat('later')
        await caughtUp(reader)
        expect(reader.events).toHaveLength(6)
        expect(reader.batches.some(({ gap }) => gap !== undefined)).toBe(false)
        expect(server.requests.at(-2)?.query.get('limit')).toBe('1')
      })
    }

    it('that went silent, it gives the connection up and lists', async () => {
      server.fail('watch', { kind: 'stall' })
      const reader = await read({ speed: 1_000 })
      await reader.until('a watch', () => isWatching(reader))
      server.etcd.create({ name: 'unheard' })
      await caughtUp(reader)
      expect(reader.errors.join()).toContain('silent for 320 s')
    })

    for (const form of ['status', 'error notice'] as const) {
      it(`with 410 as ${form}, it lists again and tells the gap`, async () => {
        fill(3)
        const reader = await read()
        await caughtUp(reader)
        server.fail('watch', form === 'status' ? { kind: form, status: 410 } : { kind: form, code: 410 })
        server.resetWatches()
        server.etcd.create({ name: 'later' })
        await caughtUp(reader)
        expect(reader.batches.filter(({ gap }) => gap !== undefined)).toHaveLength(1)
      })
    }

    it('with another error notice, it refuses the notice and goes on', async () => {
      server.fail('watch', { kind: 'error notice', code: 500, message: 'etcdserver: no leader' })
      const reader = await read()
      await caughtUp(reader)
      expect(reader.refused.map(({ cause }) => cause)).toEqual(['error notice'])
      expect(reader.errors.join()).toContain('no leader')
    })

    it('in the middle of a line, it reads that version again', async () => {
      server.fail('watch', { kind: 'cut', bytes: 100 })
      const reader = await read()
      await reader.until('a watch', () => isWatching(reader))
      server.etcd.create({ name: 'a' })
      await caughtUp(reader)
      expect(reader.refused).toEqual([])
      expect(reader.events).toHaveLength(1)
    })
  })

  describe('when the cluster changes under it', () => {
    it('notices that the server was restored, and lists', async () => {
      server.etcd.create({ name: 'a' })
      const restore = server.etcd.backup()
      fill(5)
      const reader = await read()
      await caughtUp(reader)
      restore()
      server.etcd.create({ name: 'written-anew' })
      server.resetWatches()
      await caughtUp(reader)
      expect(reader.batches.find(({ gap }) => gap !== undefined)?.gap?.cause).toContain('went back from')
    })

    it('notices another cluster by its uid after a long break', async () => {
      server.etcd.create({ name: 'a' })
      const reader = await read()
      await caughtUp(reader)
      await server.kill()
      await sleep(62_000 / SPEED)
      server.setClusterUid('another')
      await server.restart()
      await caughtUp(reader)
      expect(reader.batches.at(-1)?.origin.clusterUid).toBe('another')
      expect(reader.batches.find(({ gap }) => gap !== undefined)?.gap?.cause).toContain('another cluster')
    })

    it('lists after a break of more than a minute, the versions of the break first', async () => {
      server.etcd.create({ name: 'a' })
      const reader = await read()
      await caughtUp(reader)
      await server.kill()
      await sleep(62_000 / SPEED)
      server.etcd.repeat('a')
      server.etcd.repeat('a')
      await server.restart()
      await caughtUp(reader)
      expect(reader.events.map(({ raw }) => raw['deprecatedCount'])).toEqual([1, 2, 3, 3])
    })
  })

  describe('when a request fails', () => {
    it('waits as long as Retry-After says', async () => {
      server.fail('list', { kind: 'status', status: 429, retryAfter: '20' })
      const reader = await read()
      await caughtUp(reader)
      const [first, second] = server.requests.filter(({ kind }) => kind === 'list')
      expect((second?.timeMs ?? 0) - (first?.timeMs ?? 0)).toBeGreaterThanOrEqual(20_000 / SPEED)
    })

    it('goes on with the page that failed, not with the first', async () => {
      fill(1_200)
      server.fail('continue', { kind: 'status', status: 503 }, { kind: 'reset' })
      const reader = await read()
      await caughtUp(reader)
      expect(server.requests.filter(({ kind }) => kind === 'list')).toHaveLength(1)
      expect(reader.events).toHaveLength(1_200)
    })

    it('begins the list again when the continue token has expired', async () => {
      fill(1_200)
      server.fail('continue', { kind: 'status', status: 410 })
      const reader = await read()
      await caughtUp(reader)
      expect(server.requests.filter(({ kind }) => kind === 'list')).toHaveLength(2)
      expect(reader.versions.size).toBe(1_200)
      expect(reader.batches.some(({ gap }) => gap !== undefined)).toBe(false)
    })

    /** Reads pages of 500, and stops once before the page that reading is to go on with. */
    async function stoppedBefore(page: number) {
      const gate = Promise.withResolvers<void>()
      const arrived = Promise.withResolvers<void>()
      let pages = 0
      server.beforeAnswer(async ({ kind }) => {
        if (kind !== 'continue' || ++pages !== page) return
        arrived.resolve()
        await gate.promise
      })
      const reader = await read()
      await arrived.promise
      return { reader, goOn: () => gate.resolve() }
    }

    it('goes on with the token that the 410 of a page brings, and lists again after the watch', async () => {
      fill(1_200)
      const { reader, goOn } = await stoppedBefore(1)
      server.etcd.create({ name: 'a-first-of-all' }) // in the part that has been read: only another list shows it
      server.etcd.create({ name: 'z-last-of-all' })
      server.etcd.compact()
      goOn()
      await reader.until('the end of the list', () => isWatching(reader))
      expect(reader.events).toHaveLength(1_201)
      expect(server.requests.filter(({ kind }) => kind === 'list')).toHaveLength(1)
      expect([...reader.positions.values()]).toEqual([String(server.etcd.resourceVersion)])
      server.closeWatches()
      await caughtUp(reader)
      expect(
        reader.batches
          .flatMap(({ gap }) => gap ?? [])
          .map(({ cause }) => cause)
          .join(),
      ).toContain('410')
    })

    it('keeps what it has read of a list that the server does not let it finish, but no position, and asks less and less', async () => {
      fill(1_200)
      server.failAlways('continue', { kind: 'status', status: 410 })
      const reader = await read()
      const lists = () => server.requests.filter(({ kind }) => kind === 'list')
      await reader.until('six lists', () => lists().length === 6)
      expect(reader.versions.size).toBe(500)
      expect(reader.batches.every(({ position }) => position === null)).toBe(true)
      expect(server.requests.some(({ kind }) => kind === 'watch')).toBe(false)
      server.failAlways('continue', null)
      await caughtUp(reader)
      expect(reader.versions.size).toBe(1_200)
    })

    it('keeps what it has read of a list whose server it has to ask for its name again', async () => {
      fill(1_200)
      server.failAlways('continue', { kind: 'status', status: 503 })
      const reader = await read()
      await reader.until('the first page', () => reader.events.length === 500)
      expect(reader.batches.every(({ position }) => position === null)).toBe(true)
      server.failAlways('continue', null)
      await caughtUp(reader)
    })

    it('gives up on an answer that never comes', async () => {
      server.fail('list', { kind: 'no answer' })
      const reader = await read({ speed: 1_000 })
      await caughtUp(reader)
      expect(reader.errors).not.toEqual([])
    })

    it('reads the credentials once more after 401, and goes on when they are right', async () => {
      server.requireToken('first')
      const reader = await read()
      await caughtUp(reader)
      server.fail('list', { kind: 'status', status: 401 })
      server.resetWatches()
      server.etcd.create({ name: 'a' })
      await caughtUp(reader)
      expect(reader.errors.join()).toContain('does not accept the credentials')
    })

    it('asks at most ten times a minute when it is forbidden, says what to grant, and recovers', async () => {
      server.failAlways('list', { kind: 'status', status: 403, message: 'events.events.k8s.io is forbidden' })
      const reader = await read({ speed: 200 })
      await reader.until('two minutes', () => server.requests.length >= 16)
      const times = server.requests.map(({ timeMs }) => timeMs)
      const span = (times[15] ?? 0) - (times[5] ?? 0)
      expect(span).toBeGreaterThanOrEqual(60_000 / 200 - 20)
      expect(reader.errors).toHaveLength(1)
      expect(reader.errors[0]).toMatch(
        /cannot list resource "events" in API group "events.k8s.io" at cluster scope.*ClusterRole.*core group/,
      )
      server.failAlways('list', null)
      server.etcd.create({ name: 'a' })
      await caughtUp(reader)
    })

    it('lets the other streams go on', async () => {
      server.etcd.create({ name: 'a', namespace: 'shop' })
      const reader = await read({ scopes: [{ namespace: 'shop' }, { namespace: 'secret' }] })
      server.fail('list', { kind: 'status', status: 403 }, { kind: 'status', status: 403 })
      await reader.until('the event of the other namespace', () => reader.events.length === 1)
    })

    it('reads everything through a server that fails at random', async () => {
      fill(700)
      server.fail('uid', { kind: 'reset' }, { kind: 'status', status: 500 })
      server.fail('list', { kind: 'status', status: 429 }, { kind: 'reset' }, { kind: 'no answer' })
      server.fail('continue', { kind: 'reset' }, { kind: 'status', status: 410 })
      server.fail(
        'watch',
        { kind: 'status', status: 503 },
        { kind: 'reset' },
        { kind: 'stall' },
        { kind: 'error notice', code: 410 },
      )
      const reader = await read({ speed: 300 })
      await caughtUp(reader, 30_000)
      server.etcd.repeat(server.etcd.live[0]?.metadata.name ?? '')
      await caughtUp(reader)
    }, 60_000)
  })

  describe('input that is none', () => {
    it('counts a malformed line, and lists when the watch ends because what it held is unknown', async () => {
      server.fail('watch', { kind: 'inject', bytes: Buffer.from('{"type":"ADDED","object":{"metad\n') })
      const reader = await read()
      await reader.until('the refusal', () => reader.refused.length === 1)
      expect(reader.refused[0]).toMatchObject({
        cause: 'malformed',
        place: { stream: 'test/apis/events.k8s.io/v1/events' },
      })
      server.resetWatches()
      server.etcd.create({ name: 'a' })
      await reader.until('the event of the watch and of the list', () => reader.events.length >= 2)
    })

    it('refuses a line of 50 MB without holding it', async () => {
      const huge = Buffer.concat([Buffer.alloc(50 * 1_048_576, 'x'), Buffer.from('\n')])
      server.fail('watch', { kind: 'inject', bytes: huge })
      const reader = await read({ speed: 1 })
      await reader.until('the refusal', () => reader.refused.length === 1, 30_000)
      expect(reader.refused[0]?.cause).toBe('too large')
      server.etcd.create({ name: 'a' })
      await reader.until('the next event', () => reader.events.length === 1)
    })
  })

  it('reads nothing while there is no room', async () => {
    let hasRoom: () => void = () => undefined
    const room = new Promise<void>((resolve) => (hasRoom = resolve))
    const reader = await read({ canRead: () => room })
    server.etcd.create({ name: 'a' })
    await reader.until('a list', () => server.requests.some(({ kind }) => kind === 'list'))
    await sleep(50)
    expect(reader.batches).toEqual([])
    hasRoom()
    await caughtUp(reader)
  })

  it('sends the selector to the server and names the stream by it', async () => {
    server.etcd.create({ name: 'a', type: 'Warning' })
    server.etcd.create({ name: 'b', type: 'Normal' })
    const reader = await read({ fieldSelector: { type: ['Warning'], kind: ['!Node'] } })
    await reader.until('the warning', () => reader.events.length === 1 && isWatching(reader))
    expect(reader.batches.at(-1)?.position?.stream.selector).toBe('regarding.kind!=Node,type=Warning')
  })

  it('goes without the uid where it may not be read, and keys the stream by the name', async () => {
    server.setClusterUid(null)
    const reader = await read({ name: 'edge' })
    await reader.until('a position', () => reader.positions.size === 1)
    expect(reader.batches[0]?.origin.clusterUid).toBeNull()
    expect(reader.batches[0]?.position?.stream.clusterUid).toBe('name:edge')
  })

  it('never asks for a version that is none', async () => {
    const reader = await read()
    await caughtUp(reader)
    server.resetWatches()
    await caughtUp(reader)
    for (const { query } of server.requests) expect(query.get('resourceVersion') ?? '1').toMatch(/^\d+$/)
  })
})

function metadata(delivery: { kind: string; raw?: Readonly<Record<string, unknown>> }): { resourceVersion: string } {
  return delivery.raw?.['metadata'] as { resourceVersion: string }
}
