import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND, type EpochMicros } from '../clock.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import type { Window } from './model.ts'
import { formatTime } from './time.ts'
import { MAX_WINDOWS, windowEnd, windowStart, windowStarts } from './windows.ts'

const at = (text: string): EpochMicros => Date.parse(text) * 1_000
const starts = (window: Window, from: string, to: string) =>
  windowStarts(window, { from: at(from), to: at(to) }).map(formatTime)
const calendar = (unit: 'hour' | 'day' | 'week' | 'month', zone: string): Window => ({ kind: 'calendar', unit, zone })

describe('windows', () => {
  it('of fixed width are aligned to the epoch and hold both ends of the range', () => {
    expect(starts({ kind: 'fixed', every: 15 * MINUTE }, '2026-05-11T12:07:00Z', '2026-05-11T12:30:00Z')).toEqual([
      '2026-05-11T12:00:00Z',
      '2026-05-11T12:15:00Z',
    ])
  })

  it('of an empty range are none', () => {
    expect(windowStarts({ kind: 'fixed', every: HOUR }, { from: NOON, to: NOON })).toEqual([])
  })

  const days: readonly (readonly [zone: string, from: string, to: string, hours: readonly number[]])[] = [
    ['Europe/Berlin', '2026-03-27T23:00:00Z', '2026-03-30T22:00:00Z', [24, 23, 24]],
    ['Europe/Berlin', '2026-10-23T22:00:00Z', '2026-10-26T23:00:00Z', [24, 25, 24]],
    ['Asia/Kolkata', '2026-03-27T18:30:00Z', '2026-03-29T18:30:00Z', [24, 24]],
    ['Australia/Lord_Howe', '2026-04-03T13:00:00Z', '2026-04-05T13:30:00Z', [24, 24.5]],
    // Midnight comes twice.
    ['America/Havana', '2026-10-31T04:00:00Z', '2026-11-02T05:00:00Z', [24, 25]],
    ['Atlantic/Azores', '2026-10-24T00:00:00Z', '2026-10-26T01:00:00Z', [24, 25]],
    // Midnight itself is left out: the day begins at one.
    ['Africa/Cairo', '2026-04-22T22:00:00Z', '2026-04-24T21:00:00Z', [24, 23]],
    // The whole of 2011-12-30 was left out.
    ['Pacific/Apia', '2011-12-29T10:00:00Z', '2011-12-31T10:00:00Z', [24, 24]],
  ]
  it.each(days)('cut days of %s from %s to %s', (zone, from, to, hours) => {
    const found = windowStarts(calendar('day', zone), { from: at(from), to: at(to) })
    const ends = [...found.slice(1), at(to)]
    expect(found[0]).toBe(at(from))
    expect(ends.map((end, index) => (end - (found[index] ?? 0)) / HOUR)).toEqual(hours)
  })

  it('have no hour that does not exist and twice the hour that comes twice', () => {
    expect(starts(calendar('hour', 'Europe/Berlin'), '2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z')).toHaveLength(2)
    expect(starts(calendar('hour', 'Europe/Berlin'), '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z')).toEqual([
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
    ])
    expect(starts(calendar('hour', 'Asia/Kolkata'), '2026-05-11T12:00:00Z', '2026-05-11T13:00:00Z')).toEqual([
      '2026-05-11T11:30:00Z',
      '2026-05-11T12:30:00Z',
    ])
  })

  it('of an hour are cut where the clock changes within it', () => {
    expect(starts(calendar('hour', 'Australia/Lord_Howe'), '2026-04-04T14:00:00Z', '2026-04-04T16:30:00Z')).toEqual([
      '2026-04-04T14:00:00Z',
      '2026-04-04T15:00:00Z',
      '2026-04-04T15:30:00Z',
    ])
    expect(starts(calendar('hour', 'Pacific/Chatham'), '2026-09-26T13:30:00Z', '2026-09-26T14:30:00Z')).toEqual([
      '2026-09-26T13:15:00Z',
      '2026-09-26T14:00:00Z',
      '2026-09-26T14:15:00Z',
    ])
  })

  it('are the same whichever time of them a range begins at', () => {
    for (const zone of ['America/Havana', 'Pacific/Chatham', 'Europe/Berlin', 'Australia/Lord_Howe']) {
      for (const unit of ['hour', 'day'] as const) {
        for (const change of [
          '2026-03-08',
          '2026-03-29',
          '2026-04-05',
          '2026-09-27',
          '2026-10-04',
          '2026-10-25',
          '2026-11-01',
        ]) {
          const window = calendar(unit, zone)
          const range = { from: at(`${change}T00:00:00Z`) - 12 * HOUR, to: at(`${change}T00:00:00Z`) + 12 * HOUR }
          const found = windowStarts(window, range)
          for (let time = range.from; time < range.to; time += 15 * MINUTE) {
            expect(windowStart(window, time)).toBe(found.findLast((start) => start <= time))
          }
        }
      }
    }
  })

  it('of a week begin on Monday, of a month on the first', () => {
    expect(starts(calendar('week', 'UTC'), '2026-05-13T00:00:00Z', '2026-05-19T00:00:00Z')).toEqual([
      '2026-05-11T00:00:00Z',
      '2026-05-18T00:00:00Z',
    ])
    expect(starts(calendar('month', 'Europe/Berlin'), '2026-02-14T00:00:00Z', '2026-04-01T00:00:00Z')).toEqual([
      '2026-01-31T23:00:00Z',
      '2026-02-28T23:00:00Z',
      '2026-03-31T22:00:00Z',
    ])
  })

  it('follow one another without a hole, and each time lies in one of them', () => {
    const window = fc.oneof(
      fc.integer({ min: 10 * MINUTE, max: DAY }).map((every): Window => ({ kind: 'fixed', every })),
      fc
        .tuple(
          fc.constantFrom('hour' as const, 'day' as const, 'week' as const, 'month' as const),
          fc.constantFrom(
            'UTC',
            'Europe/Berlin',
            'America/New_York',
            'Australia/Lord_Howe',
            'Africa/Cairo',
            'Asia/Kathmandu',
            'America/Havana',
            'Pacific/Chatham',
            'Antarctica/Casey',
          ),
        )
        .map(([unit, zone]) => calendar(unit, zone)),
    )
    const time = fc.integer({ min: at('2014-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') })
    fc.assert(
      fc.property(window, time, fc.integer({ min: 1, max: 2 * DAY }), (made, from, length) => {
        const range = { from, to: from + length }
        const found = windowStarts(made, range)
        expect(found[0]).toBeLessThanOrEqual(from)
        const ends = found.map((start) => windowEnd(made, start))
        expect(found.slice(1)).toEqual(ends.slice(0, -1))
        expect(ends.every((end, index) => end > (found[index] ?? end))).toBe(true)
        expect(ends.map((end) => windowStart(made, end - 1))).toEqual(found)
        expect(windowEnd(made, found.at(-1) ?? 0)).toBeGreaterThanOrEqual(range.to)
      }),
    )
  })

  it('are at most so many, and the refusal says which width would do', () => {
    const range = { from: NOON, to: NOON + (MAX_WINDOWS - 1) * SECOND }
    expect(windowStarts({ kind: 'fixed', every: SECOND }, range)).toHaveLength(MAX_WINDOWS - 1)
    const longer = { from: NOON, to: NOON + 30 * DAY }
    const refused = () => windowStarts({ kind: 'fixed', every: SECOND }, longer)
    expect(refused).toThrow('more than 11,000 windows. Use a window of at least 4m')
    expect(windowStarts({ kind: 'fixed', every: 4 * MINUTE }, longer).length).toBeLessThanOrEqual(MAX_WINDOWS)
  })
})
