import { expect, it } from 'vitest'
import { anObservation, NOON } from '../../../../test/support/an-observation.ts'
import { columnsOf, framesOf, storeWith } from '../../../../test/support/ask-grafana.ts'
import { problemRecordsOf } from '../../../../test/support/problem-records.ts'
import { DAY, HOUR, MILLISECOND, MINUTE } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'

const NOW = NOON + 5 * MINUTE
const RANGE = { from: NOON - HOUR, to: NOW }

function events(count: number): Observation[] {
  return Array.from({ length: count }, (_, index) => {
    const time = NOON - index * MINUTE
    return anObservation({ uid: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`, resourceVersion: 900 - index, firstObserved: time, lastObserved: time, deltaSince: time }) // prettier-ignore
  })
}

async function marksOf(rows: readonly Observation[], records: Parameters<typeof storeWith>[1], query: object = {}) {
  const [frame] = await framesOf(await storeWith(rows, records), RANGE, { queryType: 'annotations', ...query })
  if (frame === undefined) throw new Error('no frame')
  return columnsOf(frame)
}

it('a mark says which marks are left out, over the time where they are missing', async () => {
  const column = await marksOf(events(5), [], { limit: 3 })
  expect(column['title']).toEqual(['BackOff', 'BackOff', 'BackOff', '2 more marks'])
  expect(column['time']?.[3]).toBe(RANGE.from / MILLISECOND)
  expect(column['timeEnd']?.[3]).toBe((NOON - 2 * MINUTE) / MILLISECOND)
  expect(column['text']?.[3]).toContain('newest 3 of 5')
  expect((await marksOf(events(3), [], { limit: 3 }))['title']).toHaveLength(3)
})

it('a mark of an open problem goes on to the end of the range, one of what is over does not', async () => {
  const rows = events(1)
  const ended = (await marksOf(rows, []))['timeEnd']
  const open = (await marksOf(rows, problemRecordsOf(rows, NOW)))['timeEnd']
  expect(ended).toEqual([NOON / MILLISECOND])
  expect(open).toEqual([NOW / MILLISECOND])
})

it.each([
  ['day', { from: NOON - 6 * HOUR, to: NOON }, 'The first and the last interval are partial'],
  ['hour', { from: NOON - 6 * HOUR, to: NOON - 30 * MINUTE }, 'The last interval is partial'],
  ['hour', { from: NOON - 30 * MINUTE, to: NOON }, 'The first interval is partial'],
  ['hour', { from: NOON - 6 * HOUR, to: NOON }, null],
  // Of a thousand narrow ones nobody sees a part.
  ['1m', { from: NOON - DAY + 1_000, to: NOON - 1_000 }, null],
])('an interval of %s that the range cuts is named', async (interval, range, said) => {
  const [frame] = await framesOf(await storeWith(events(3)), range, { queryType: 'aggregate', interval })
  const texts = (frame?.schema.meta?.notices ?? []).map(({ text }) => text).filter((text) => text.includes('partial'))
  expect(texts).toEqual(said === null ? [] : [expect.stringContaining(said)])
})

it('a note whose end is missing says so', async () => {
  const note = 'x'.repeat(1_024)
  const [whole, atLimit, cut] = [{ note: 'short' }, { note }, { note, flags: ['noteTruncated'], rest: { '~noteLength': 64_097 } }] as const // prettier-ignore
  const rows = [whole, atLimit, cut].map((parts, index) => ({ ...(events(3)[index] ?? anObservation()), ...parts }))
  const [frame] = await framesOf(await storeWith(rows), RANGE, { queryType: 'events' })
  const bodies = frame === undefined ? [] : (columnsOf(frame)['body'] ?? [])
  expect(bodies[0]).toBe('Pod shop/payments-0 BackOff: short')
  expect(bodies[1]).toContain('[at the limit of Kubernetes: the end may be missing]')
  expect(bodies[2]).toContain('[cut: the note has 64097 bytes, see normalize.maxNoteBytes]')
})

it('bars, rows and their total agree: an event with several versions is one, where its row stands', async () => {
  const [first = anObservation()] = events(1)
  const versions = [0, 20, 40].map((minutes, index) => ({ ...first, id: `version-${index}`, resourceVersion: 100 + index, count: index + 1, severity: index === 2 ? ('low' as const) : ('high' as const), lastObserved: NOON - 40 * MINUTE + minutes * MINUTE })) // prettier-ignore
  const reader = await storeWith([...versions, ...events(3).slice(1)])
  const [rows] = await framesOf(reader, RANGE, { queryType: 'events' })
  const volume = await framesOf(reader, RANGE, { refId: 'log-volume-A', queryType: 'aggregate', metric: 'events', groupBy: ['level'], interval: '10m' }) // prettier-ignore
  const bars = volume.flatMap((frame) => {
    const { time = [], events: counts = [] } = columnsOf(frame)
    return counts.map((count, place) => ({ time: Number(time[place]), count: Number(count) }))
  })
  expect(rows?.schema.meta?.custom?.['total']).toBe(3)
  expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(3)
  const times = rows === undefined ? [] : (columnsOf(rows)['timestamp'] ?? [])
  const inRows = (from: number) => times.filter((time) => Number(time) >= from && Number(time) < from + 600_000).length
  const starts = [...new Set(bars.map(({ time }) => time))]
  for (const start of starts) expect(bars.filter(({ time }) => time === start).reduce((sum, { count }) => sum + count, 0)).toBe(inRows(start)) // prettier-ignore
})
