import { describe, expect, it } from 'vitest'
import { byKey, byWindow } from '../support/answers.ts'
import { Situation } from '../support/situation.ts'

describe('an event that lives for days, of which only the count grows', () => {
  it('goes on from the highest count known, and an older version that comes late adds nothing', async () => {
    await using situation = await Situation.twice('count-goes-on')
    expect(situation.first).toMatchObject({ observations: 3, occurrences: 973 })
    const [newest] = await situation.query('*')
    expect(newest).toMatchObject({ count: 973, lastObserved: '2026-05-11T09:01:20Z' })
    const rows = await situation.query('*', { view: 'observations' })
    expect(rows.every(({ countDelta, countUnplaced }) => countDelta >= 0 && countUnplaced >= 0)).toBe(true)
    // Nobody saw the first 970: when they happened is known only as "since the first time".
    const first = rows.find(({ count }) => count === 970)
    expect(first).toMatchObject({ countUnplaced: 969, firstObserved: '2026-05-08T04:12:09Z' })
  })

  it('shows in a window only what happened in it, and in a range that holds its whole life all of it', async () => {
    await using situation = await Situation.of('count-goes-on')
    const now = { window: '10m', from: '2026-05-11T09:00:00Z', to: '2026-05-11T09:10:00Z' }
    expect([2, 3]).toContain(byWindow(await situation.aggregate(now))['2026-05-11T09:00:00Z'])
    expect(byKey(await situation.aggregate({ from: '2026-05-01', to: '2026-05-12' }))).toEqual({ '': 973 })
  })
})

describe('a hundred old occurrences and one new one', () => {
  const HOUR = { from: '2026-06-04T12:00:00Z', to: '2026-06-04T13:00:00Z' }

  it('are one or two in the last hour, and all of them since the beginning', async () => {
    await using situation = await Situation.of('old-count')
    expect(byKey(await situation.aggregate({ ...HOUR, groupBy: 'reason' }))).toEqual({
      BackOff: 2,
      FailedScheduling: 1,
    })
    const all = await situation.aggregate({ from: '2026-06-01', to: HOUR.to, groupBy: 'reason' })
    expect(byKey(all)).toEqual({ BackOff: 102, FailedScheduling: 300 })
  })

  it('are left out of hourly windows with a word about it', async () => {
    await using situation = await Situation.of('old-count')
    const table = await situation.aggregate({ from: '2026-06-01', to: HOUR.to, window: '1h', query: 'reason:BackOff' })
    expect([Object.values(byWindow(table)), table.unplaced]).toEqual([[2], 100])
    expect(table.notices.map(({ text }) => text).join(' ')).toContain('100')
  })
})

it('an event that goes on for an object made again counts each occurrence once', async () => {
  await using situation = await Situation.twice('new-uid')
  expect(byKey(await situation.aggregate({ groupBy: 'reason' }))).toEqual({ JobException: 4, Submit: 1 })
  const rows = await situation.query('reason:JobException', { view: 'observations' })
  expect(rows.map(({ countDelta, countUnplaced }) => countDelta + countUnplaced)).toEqual([3, 1])
  expect(new Set(rows.map(({ regarding }) => regarding.uid)).size).toBe(2)
})
