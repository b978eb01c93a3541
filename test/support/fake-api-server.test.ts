import { afterEach, describe, expect, it } from 'vitest'
import { startEventReader, versionOf, type EventReader } from './event-reader.ts'
import { spawnFakeApiServer, type FakeApiServerProcess } from './fake-api-server-process.ts'

describe('the fake API server under load, in a process of its own', () => {
  let server: FakeApiServerProcess | undefined
  let reader: EventReader | undefined

  afterEach(async () => {
    await reader?.stop()
    await server?.stop()
  })

  it('lists and then sends events that all differ', async () => {
    server = await spawnFakeApiServer({ flood: { events: 5_000, listed: 1_300, bytes: 1_000 } })
    reader = await startEventReader({ kubeconfig: server.kubeconfig })
    await reader.until('all events', () => (reader?.events.length ?? 0) >= 6_300)
    expect(reader.versions.size).toBe(6_300)
    expect(new Set(reader.events.map(({ raw }) => versionOf(raw).split('@')[0])).size).toBe(6_300)
    expect(new Set(reader.events.map(({ raw }) => raw['deprecatedLastTimestamp'])).size).toBe(2)
    const sizes = reader.events.map(({ raw }) => JSON.stringify(raw).length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000)
    expect(Math.min(...sizes)).toBeGreaterThan(900)
  }, 30_000)

  it('keeps to its rate', async () => {
    server = await spawnFakeApiServer({ flood: { events: 1_000, eventsPerSecond: 1_000 } })
    reader = await startEventReader({ kubeconfig: server.kubeconfig })
    await reader.until('the first event', () => (reader?.events.length ?? 0) > 0)
    const started = performance.now()
    await reader.until('all events', () => (reader?.events.length ?? 0) >= 1_000)
    expect(performance.now() - started).toBeGreaterThan(600)
  }, 30_000)
})
