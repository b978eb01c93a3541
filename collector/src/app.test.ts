import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { podEvent } from '../../test/support/pod-event.ts'
import { openData } from './app.ts'
import { DAY, MINUTE, type EpochMicros } from './clock.ts'
import { parseConfig } from './config/config.ts'
import type { RawEvent } from './event/raw-event.ts'
import { Shutdown } from './shutdown.ts'
import { createLogger } from './telemetry/logger.ts'

const NOW = Date.parse('2026-06-01T12:00:00Z') * 1_000
const directory = mkdtempSync(join(tmpdir(), 'eventloom-app-'))
afterAll(() => rmSync(directory, { recursive: true }))

/** What time retention goes by when a collector opens the folder while its machine says `own`; it stores an event of then. */
async function agreedTime(own: EpochMicros, { storesAnEvent = false } = {}): Promise<EpochMicros> {
  const shutdown = new Shutdown()
  const config = parseConfig(JSON.stringify({ data: directory }), 'settings', {})
  const logger = createLogger({ level: 'error', format: 'json', isTerminal: false, write: () => undefined })
  try {
    const { line, time } = await openData(config, { clock: () => own, random: Math.random, logger }, shutdown)
    const raw = JSON.parse(podEvent('BackOff', 'shop', 'web-0', '2026-06-01T11:59:00Z')) as RawEvent
    const origin = { cluster: 'prod', clusterUid: 'u', source: 'live' }
    const batch = {
      origin,
      received: own,
      deliveries: [{ kind: 'event', raw, place: { stream: 'prod' } }],
      position: null,
    } as const
    const { signal } = new AbortController()
    if (storesAnEvent) await line.accept(batch, signal)
    await line.settle(signal)
    return time.now()
  } finally {
    await shutdown.stop()
  }
}

it('goes by the end of the last run while no API server says how late it is, else by what was kept', async () => {
  expect(await agreedTime(NOW, { storesAnEvent: true })).toBe(NOW)
  const ahead = await agreedTime(NOW + 730 * DAY)
  expect(ahead).toBeGreaterThanOrEqual(NOW)
  expect(ahead).toBeLessThan(NOW + 30 * MINUTE)
  // As a version left it that kept no time.
  rmSync(join(directory, 'last-run.json'))
  const upgraded = await agreedTime(NOW + 730 * DAY)
  expect(upgraded).toBeGreaterThanOrEqual(NOW - MINUTE)
  expect(upgraded).toBeLessThan(NOW + 30 * MINUTE)
})
