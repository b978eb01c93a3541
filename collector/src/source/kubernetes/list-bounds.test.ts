import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startEventReader, type EventReader } from '../../../../test/support/event-reader.ts'
import { startFakeApiServer, type FakeApiServer } from '../../../../test/support/fake-api-server.ts'
import { HOUR, MINUTE } from '../../clock.ts'
import { LIST_BOUNDS, ListProgress } from './list-bounds.ts'

describe('a list that does not end', () => {
  let server: FakeApiServer
  let reader: EventReader | undefined
  beforeEach(async () => {
    server = await startFakeApiServer()
  })
  afterEach(async () => {
    await reader?.stop()
    await server.close()
  })

  async function readEndless(items: number, bounds: Partial<typeof LIST_BOUNDS>): Promise<EventReader> {
    for (const kind of ['list', 'continue'] as const) server.failAlways(kind, { kind: 'endless', items })
    reader = await startEventReader({
      kubeconfig: server.kubeconfig,
      speed: 1_000,
      listBounds: { ...LIST_BOUNDS, ...bounds },
    })
    const started = reader
    await started.until('a watch', () => server.openWatches > 0, 25_000)
    return started
  }

  const pages = () => server.requests.filter(({ kind }) => kind === 'list' || kind === 'continue').length

  it.each([
    ['pages', { pages: 5 }, 5],
    ['bytes', { bytes: 40_000 }, 5],
    ['time', { micros: 10 * MINUTE }, null],
  ] as const)('is cut off at its bound of %s, says so, and is watched from there', async (_, bounds, most) => {
    const { states, batches, events } = await readEndless(60, bounds)
    if (most !== null) expect(pages()).toBeLessThanOrEqual(most)
    expect([...states.values()].map(({ listsCutOff }) => listsCutOff)).toEqual([1])
    expect(batches.flatMap(({ gap }) => gap?.cause ?? [])).toEqual([expect.stringContaining('list did not end')])
    expect(events).toHaveLength(60 * pages())
    server.etcd.create({ name: 'afterwards' })
    await reader?.until('what happens afterwards', () => reader?.events.length === 60 * pages() + 1)
  })

  it('is not asked at full speed when its pages bring nothing', async () => {
    await readEndless(0, { pages: 8 })
    const times = server.requests.filter(({ kind }) => kind === 'continue').map(({ timeMs }) => timeMs)
    expect(times).toHaveLength(7)
    const progress = new ListProgress(LIST_BOUNDS)
    const pauses = Array.from({ length: 10 }, () => {
      progress.took(100, 0, 500)
      return progress.pauseMs
    })
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000])
    progress.took(600_000, 500, 500)
    expect(progress.pauseMs).toBe(0)
  })

  it('may be as long as a cluster can have', () => {
    const progress = new ListProgress(LIST_BOUNDS)
    for (let page = 0; page < 5_000; page += 1) progress.took(600_000, 500, 500)
    expect(progress.tooMuch(HOUR / 2)).toBeNull()
    expect(progress.tooMuch(HOUR)).toContain('5000 pages')
  })
})
