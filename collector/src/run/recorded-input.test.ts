import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { OpenData } from '../app.ts'
import { playingTheShipped } from './recorded-input.ts'
import type { WatchStates } from './watch-states.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'eventloom-demonstration-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** uid and time of each event played, and what the start says. */
async function start(): Promise<{ readonly doing: string; readonly played: readonly string[] }> {
  const data = { directory, spoolDirectory: join(directory, 'spool') } as OpenData
  const input = playingTheShipped(directory)
  const played: string[] = []
  for (const source of input.sources(data, {} as WatchStates, new AbortController().signal)) {
    for await (const { deliveries } of source()) {
      for (const delivery of deliveries) {
        if (delivery.kind !== 'event') continue
        const { uid, creationTimestamp } = delivery.raw['metadata'] as Record<string, string>
        played.push(`${uid} ${creationTimestamp}`)
      }
    }
  }
  return { doing: input.doing, played }
}

describe('the demonstration', () => {
  it(
    'is the same happenings at another start with the same data, and new ones elsewhere',
    { timeout: 60_000 },
    async () => {
      const first = await start()
      expect(first.doing).toContain('times moved to now)')
      expect(first.played.length).toBeGreaterThan(1_000)
      await delay(1_100) // shifts are whole seconds
      const second = await start()
      expect(second.played).toEqual(first.played)
      expect(second.doing).toContain(`when it was first played here: remove ${directory}`)
      rmSync(join(directory, 'demonstration.json'))
      expect((await start()).played).not.toEqual(first.played)
    },
  )
})
