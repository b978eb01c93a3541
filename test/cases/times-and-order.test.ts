import { describe, expect, it } from 'vitest'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { aDay } from '../support/a-day.ts'
import { byWindow, type Row } from '../support/answers.ts'
import { Situation } from '../support/situation.ts'

interface Page {
  readonly total: number
  readonly cursor: string | null
  readonly observations: readonly Row[]
}

/** All pages of a list; `between` happens before the third. */
async function pages(
  situation: Situation,
  parameters: Record<string, string | number>,
  between?: () => Promise<unknown>,
) {
  const found: (readonly Row[])[] = []
  let cursor: string | null = null
  do {
    if (found.length === 2) await between?.()
    const page: Page = await situation.get('events', { ...parameters, ...(cursor === null ? {} : { cursor }) })
    found.push(page.observations)
    cursor = page.cursor
  } while (cursor !== null)
  return found
}

it('an event stands under its last time, microseconds kept, and says what is uncertain', async () => {
  await using situation = await Situation.twice('times')
  expect(situation.first).toMatchObject({ observations: 8, occurrences: 54 })
  const rows = await situation.query('*')
  expect(rows.map(({ reason, lastObserved }) => `${reason} ${lastObserved.slice(11)}`)).toEqual([
    'NodeReady 12:00:00Z',
    'Scheduled 12:30:00.408032Z',
    'Restored 12:45:00Z',
    'Paused 12:50:00.000001Z',
    'Noted 12:55:00Z',
    'Pulled 13:00:00Z',
    'FailedScheduling 13:10:00.75Z',
    'ApplyRoles 13:19:01Z',
  ])
  const of = (reason: string) => rows.find((row) => row.reason === reason)
  expect(of('FailedScheduling')?.countIsLowerBound).toBe(true)
  expect(of('Restored')?.flags).toContain('timeFromServer')
  expect(of('Noted')?.flags).toContain('timeFromServer')
  expect(of('ApplyRoles')).toMatchObject({ firstObserved: '2026-05-11T07:19:00Z', count: 42 })
  expect(of('ApplyRoles')?.regarding.namespace).toBe('')
  const late = await situation.query('*', { from: '2026-05-11T13:10:30Z', to: '2026-05-11T13:30:00Z' })
  expect(late.map(({ reason }) => reason)).toEqual(['ApplyRoles'])
})

it('events of one second stand in the order of their versions as numbers, in every page and both ways', async () => {
  await using situation = await Situation.twice('seven-in-two-seconds')
  const order = ['Scheduled', 'Pulled', 'Created', 'Started', 'Pulled', 'Created', 'Killing']
  const oldest = await pages(situation, { limit: 2, order: 'oldest' })
  expect(oldest.map(({ length }) => length)).toEqual([2, 2, 2, 1])
  expect(oldest.flat().map(({ reason }) => reason)).toEqual(order)
  const newest = await pages(situation, { limit: 2 })
  expect(newest.flat().map(({ reason }) => reason)).toEqual(order.toReversed())
})

describe('a long list', () => {
  it('is cut to its newest, and says how many there are', async () => {
    await using situation = await Situation.open()
    await situation.play(write(situation, 'day.jsonl', aDay(600, 10)))
    const { total, observations } = await situation.get<Page>('events', { limit: 5 })
    expect(total).toBe(600)
    expect(observations.map(({ regarding }) => regarding.name)).toEqual(['e-599', 'e-598', 'e-597', 'e-596', 'e-595'])
  })

  it('gives each row once in its pages, although more comes in between', async () => {
    await using situation = await Situation.open()
    await situation.play(write(situation, 'day.jsonl', aDay(600, 10)))
    const newer = aDay(602, 10)
      .split('\n')
      .filter((line) => /"name":"e-60[01]"/.test(line))
    const more = write(situation, 'more.jsonl', newer.join('\n'))
    const found = await pages(situation, { limit: 100 }, () => situation.play(more))
    const names = found.flat().map(({ regarding }) => regarding.name)
    expect([names.filter((name) => Number(name.slice(2)) < 600).length, new Set(names).size]).toEqual([
      600,
      names.length,
    ])
  })
})

describe('the day on which clocks change', () => {
  const DAY = { from: '2026-03-28T23:00:00Z', to: '2026-03-29T22:00:00Z' }

  it.each([
    ['UTC', { '2026-03-28T00:00:00Z': 2, '2026-03-29T00:00:00Z': 4 }],
    ['Europe/Berlin', { '2026-03-27T23:00:00Z': 1, '2026-03-28T23:00:00Z': 4, '2026-03-29T22:00:00Z': 1 }],
    ['Asia/Kolkata', { '2026-03-28T18:30:00Z': 4, '2026-03-29T18:30:00Z': 2 }],
  ])('has the days of %s', async (timezone, days) => {
    await using situation = await Situation.of('clock-change')
    expect(byWindow(await situation.aggregate({ window: '1d', timezone }))).toEqual(days)
  })

  it('has 23 hours in Berlin', async () => {
    await using situation = await Situation.of('clock-change')
    const hours = await situation.aggregate({ ...DAY, window: 'hour', timezone: 'Europe/Berlin', zeroFill: true })
    expect(hours.groups[0]?.points).toHaveLength(23)
    const starts = Object.keys(byWindow(hours)).map((start) => start.slice(5, 13))
    expect(starts).toEqual(['03-28T23', '03-29T00', '03-29T01', '03-29T21'])
  })

  it('has as many events in lists as in bars: the end of a range is left out of both', async () => {
    await using situation = await Situation.of('clock-change')
    const rows = await situation.query('*', DAY)
    const bars = Object.values(
      byWindow(await situation.aggregate({ ...DAY, window: '1h', metrics: 'observations' }), 'observations'),
    )
    const logs = await situation.panel({ queryType: 'events' }, DAY)
    const [count] = await situation.panel({ queryType: 'aggregate', format: 'numeric' }, DAY)
    const volume = await situation.panel(
      { queryType: 'aggregate', groupBy: ['severity'], format: 'timeseries', interval: '1h' },
      DAY,
    )
    const sum = (values: readonly unknown[]) => values.reduce<number>((total, value) => total + Number(value ?? 0), 0)
    const told = {
      list: rows.length,
      bars: sum(bars),
      logs: sum(logs.map(({ data }) => data.values[0]?.length)),
      count: sum(count?.data.values.flat() ?? []),
      volume: sum(volume.flatMap(({ data }) => data.values.slice(1)).flat()),
    }
    expect(told).toEqual({ list: 4, bars: 4, logs: 4, count: 4, volume: 4 })
  })
})

function write({ directory }: Situation, name: string, text: string): string {
  writeFileSync(join(directory, name), text)
  return join(directory, name)
}
