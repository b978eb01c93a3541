import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fastTime } from '../../../../test/support/event-reader.ts'
import { startFakeApiServer, type FakeApiServer } from '../../../../test/support/fake-api-server.ts'
import { connectCluster, type Cluster } from '../kubernetes/cluster.ts'
import { OtherNamesError, record, type RecordOptions } from './record.ts'

const KEY = 'a'.repeat(64)

interface WatchLine {
  readonly type: string
  readonly object: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string }
    readonly note: string
  }
}

describe('record', () => {
  let server: FakeApiServer
  let cluster: Cluster
  let directory: string

  beforeEach(async () => {
    server = await startFakeApiServer()
    directory = mkdtempSync(join(tmpdir(), 'eventloom-record-'))
    writeFileSync(join(directory, 'kubeconfig'), server.kubeconfig)
    cluster = await connectCluster({ kubeconfig: join(directory, 'kubeconfig') })
  })

  afterEach(async () => {
    await cluster.close()
    await server.close()
    rmSync(directory, { recursive: true })
  })

  /** Records until `isEnough` of what was written, then stops. */
  async function recordUntil(isEnough: () => boolean, overrides: Partial<RecordOptions> = {}): Promise<void> {
    const stop = new AbortController()
    const timer = setInterval(() => {
      if (isEnough()) stop.abort()
    }, 5)
    try {
      await record({
        cluster,
        scopes: ['all namespaces'],
        fieldSelector: {},
        directory: join(directory, 'recording'),
        maxBytes: 10_000_000,
        whenFull: 'stop',
        pseudonymKey: null,
        spoolDirectory: join(directory, 'spool'),
        random: Math.random,
        ...fastTime(50),
        signal: stop.signal,
        onState: () => undefined,
        onProgress: () => undefined,
        ...overrides,
      })
    } finally {
      clearInterval(timer)
    }
  }

  function files(): string[] {
    try {
      return readdirSync(join(directory, 'recording'))
        .filter((name) => name.startsWith('events-'))
        .sort()
    } catch {
      return [] // Not begun yet.
    }
  }

  function lines(): WatchLine[] {
    return files().flatMap((name) => {
      const bytes = readFileSync(join(directory, 'recording', name))
      return gunzipSync(bytes)
        .toString()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as WatchLine)
    })
  }

  it('writes what is listed and watched as watch lines', async () => {
    server.etcd.create({ name: 'a' })
    let isPatched = false
    await recordUntil(() => {
      if (!isPatched && lines().length === 1) server.etcd.repeat('a')
      isPatched ||= lines().length === 1
      return lines().length === 2
    })
    expect(lines().map(({ type, object }) => [type, object.metadata.name])).toEqual([
      ['ADDED', 'a'],
      ['MODIFIED', 'a'],
    ])
  })

  it('goes on where it ended, without the half member of a killed process', async () => {
    server.etcd.create({ name: 'a' })
    await recordUntil(() => lines().length === 1)
    appendFileSync(join(directory, 'recording', 'events-000001.jsonl.gz'), 'half of a gzip member')
    server.etcd.repeat('a')
    server.etcd.repeat('a')
    await recordUntil(() => files().length > 0 && safeLines() === 5)
    // The first, the two in between one by one, and the list again.
    expect(lines().map(({ object }) => object.metadata.resourceVersion)).toEqual(['1001', '1002', '1003', '1003'])
  })

  function safeLines(): number {
    try {
      return lines().length + 1
    } catch {
      return 0 // The broken member is still there.
    }
  }

  it('stops at its size, in words', async () => {
    for (let index = 0; index < 3_000; index++)
      server.etcd.create({ name: `pod-${index}`, note: String(Math.random()) })
    await expect(recordUntil(() => false, { maxBytes: 10_000 })).rejects.toThrow('has reached 10000 bytes')
  })

  it('rotates at its size, and loses the oldest', async () => {
    for (let index = 0; index < 12_000; index++)
      server.etcd.create({ name: `pod-${index}`, note: String(Math.random()) })
    let isLast = false
    await recordUntil(() => isLast, {
      maxBytes: 200_000,
      whenFull: 'rotate',
      onProgress: ({ events }) => (isLast = events === 12_000),
    })
    const bytes = files().reduce((sum, name) => sum + statSync(join(directory, 'recording', name)).size, 0)
    expect(bytes).toBeLessThanOrEqual(200_000)
    expect(files()).not.toContain('events-000001.jsonl.gz')
    expect(lines().at(-1)?.object.metadata.resourceVersion).toBe('13000')
  })

  it('makes names unrecognizable, the same way after a restart, with nothing else in its folder', async () => {
    server.etcd.create({ name: 'payments-7d9f8b6c5d-x2x4z.18ae', note: 'Error: secret "payments" not found' })
    const renamed = { pseudonymKey: KEY, scopes: [{ namespace: 'shop' }] }
    await recordUntil(() => lines().length === 1, renamed)
    await recordUntil(() => lines().length === 2, renamed)
    const [first, second] = lines()
    expect(second?.object.metadata.name).toBe(first?.object.metadata.name)
    const recording = join(directory, 'recording')
    const others = readdirSync(recording).filter((name) => !name.endsWith('.gz'))
    expect(others).toEqual(['.recording.json'])
    const all = JSON.stringify(lines()) + readFileSync(join(recording, '.recording.json'), 'utf8')
    for (const word of ['payments', 'shop', KEY]) expect(all).not.toContain(word)
  })

  it('does not go on with other names than it began with', async () => {
    server.etcd.create({ name: 'a' })
    await recordUntil(() => lines().length === 1, { pseudonymKey: KEY })
    for (const pseudonymKey of [null, 'b'.repeat(64)])
      await expect(recordUntil(() => false, { pseudonymKey })).rejects.toThrow(OtherNamesError)
  })
})
