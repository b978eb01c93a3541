import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MILLISECOND, MINUTE, SECOND } from '../clock.ts'
import { NOON } from '../../../test/support/an-observation.ts'
import { formatDuration, parseDuration } from './duration.ts'
import { closeOpenEnds, EARLIEST, formatTime, LATEST, parseTime, parseTimeSpan } from './time.ts'

const times: readonly (readonly [text: string, time: number | null])[] = [
  ['now', NOON],
  ['-1h', NOON - HOUR],
  ['+1h30m', NOON + 90 * MINUTE],
  ['now-7d', NOON - 7 * DAY],
  ['now+5m', NOON + 5 * MINUTE],
  ['2026-05-11T12:00:00Z', NOON],
  ['2026-05-11t12:00:00z', NOON],
  ['2026-05-11T12:00Z', NOON],
  ['2026-05-11 12:00:00', NOON],
  ['2026-05-11T14:00:00+02:00', NOON],
  ['2026-05-11T17:30:00+0530', NOON],
  ['2026-05-11T12:00:00.408032Z', NOON + 408_032],
  ['2026-05-11T12:00:00.5Z', NOON + SECOND / 2],
  ['2026-05-11T12:00:00.123456789Z', NOON + 123_456],
  ['2026-05-11', NOON - 12 * HOUR],
  [String(NOON / MILLISECOND), NOON],
  [String(NOON), NOON],
  ['', null],
  ['yesterday', null],
  ['1h', null],
  ['-', null],
  ['now-', null],
  ['now1h', null],
  ['-1y', null],
  ['-1h -1h', null],
  ['2026', null],
  ['2026-02-30', null],
  ['2026-05-11T25:00:00Z', null],
  ['2026-05-11T12:00:00+99:00', null],
  ['1969-12-31T23:59:59Z', null],
  ['2300-01-01', null],
  ['-99999d', null],
]

describe('a time', () => {
  it.each(times)('reads %j', (text, time) => {
    expect(parseTime(text, NOON)).toBe(time)
  })

  it('is a whole day when it is a date, one µs when it is an instant', () => {
    expect(parseTimeSpan('2026-05-11', NOON)).toEqual({ start: NOON - 12 * HOUR, end: NOON + 12 * HOUR })
    expect(parseTimeSpan('now', NOON)).toEqual({ start: NOON, end: NOON + 1 })
  })

  it('is read as it is written, to the µs', () => {
    fc.assert(
      fc.property(fc.integer({ min: EARLIEST, max: LATEST }), (time) => {
        expect(parseTime(formatTime(time), 0)).toBe(time)
      }),
    )
    expect(formatTime(NOON)).toBe('2026-05-11T12:00:00Z')
    expect(formatTime(NOON + 408_030)).toBe('2026-05-11T12:00:00.40803Z')
  })
})

const durations: readonly (readonly [text: string, micros: number | null])[] = [
  ['5m', 5 * MINUTE],
  ['1h30m', 90 * MINUTE],
  ['1.5h', 90 * MINUTE],
  ['7d', 7 * DAY],
  ['2w', 14 * DAY],
  ['250ms', 250 * MILLISECOND],
  ['3us', 3],
  ['0s', 0],
  ['', null],
  ['5', null],
  ['m', null],
  ['-5m', null],
  ['5 m', null],
  ['7 dayz', null],
  ['1M', null],
  ['0.5us', null],
  ['99999999w', null],
]

describe('a duration', () => {
  it.each(durations)('reads %j', (text, micros) => {
    expect(parseDuration(text)).toBe(micros)
  })

  it('is read as it is written', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (micros) => parseDuration(formatDuration(micros)) === micros))
    expect(formatDuration(90 * MINUTE)).toBe('1h30m')
    expect(formatDuration(8 * DAY)).toBe('8d')
  })
})

describe('the open ends of a range', () => {
  it('move to what is stored', () => {
    const stored = { oldest: NOON, newest: NOON + HOUR }
    expect(closeOpenEnds({ from: EARLIEST, to: LATEST }, stored)).toEqual({ from: NOON, to: NOON + HOUR + 1 })
    expect(closeOpenEnds({ from: NOON - DAY, to: NOON + DAY }, stored)).toEqual({ from: NOON - DAY, to: NOON + DAY })
    expect(closeOpenEnds({ from: NOON + DAY, to: LATEST }, stored)).toEqual({ from: NOON + DAY, to: NOON + DAY + 1 })
    expect(closeOpenEnds({ from: EARLIEST, to: LATEST }, { oldest: null, newest: null })).toEqual({ from: 0, to: 1 })
  })
})
