import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatMicros, formatSeconds, parseRfc3339 } from './rfc3339.ts'

const at = (text: string): number => Date.parse(text) * 1_000

describe('parseRfc3339', () => {
  const readable = [
    { text: '2026-05-11T09:00:00Z', micros: at('2026-05-11T09:00:00Z') },
    { text: '2026-05-11T10:00:05.204113Z', micros: at('2026-05-11T10:00:05Z') + 204_113 },
    { text: '2026-05-11T10:00:05.204113987Z', micros: at('2026-05-11T10:00:05Z') + 204_113 },
    { text: '2026-05-11T10:00:05.2Z', micros: at('2026-05-11T10:00:05Z') + 200_000 },
    { text: '2026-05-11T10:00:05,000001Z', micros: at('2026-05-11T10:00:05Z') + 1 },
    { text: '2026-05-11T10:00:05+05:30', micros: at('2026-05-11T04:30:05Z') },
    { text: '2026-05-11T10:00:05.5-08:00', micros: at('2026-05-11T18:00:05Z') + 500_000 },
    { text: '2026-05-11t10:00:05z', micros: at('2026-05-11T10:00:05Z') },
    { text: '2026-05-11 10:00:05Z', micros: at('2026-05-11T10:00:05Z') },
    { text: '2016-12-31T23:59:60Z', micros: at('2017-01-01T00:00:00Z') },
    { text: '2024-02-29T00:00:00Z', micros: at('2024-02-29T00:00:00Z') },
    { text: '0001-01-01T00:00:00Z', micros: at('0001-01-01T00:00:00Z') },
    { text: '1969-12-31T23:59:59.999999Z', micros: -1 },
  ]
  it.each(readable)('reads $text to the microsecond', ({ text, micros }) => {
    expect(parseRfc3339(text)).toBe(micros)
  })

  const unreadable = [
    '',
    'null',
    'yesterday',
    '2026-05-11',
    '2026-05-11T10:00:05',
    '2026-05-11T10:00:05.Z',
    '2026-05-11T10:00:05Z ',
    '2026-05-11T10:00:05+0530',
    '2026-05-11T10:00:05+24:00',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-05-11T24:00:00Z',
    '2026-05-11T10:60:00Z',
    '2026-05-11T10:00:61Z',
    '2026-5-11T10:00:05Z',
    '٢٠٢٦-05-11T10:00:05Z',
    '1778493600',
  ]
  it.each(unreadable)('says that "%s" is no time', (text) => {
    expect(parseRfc3339(text)).toBeNull()
  })

  it('agrees with Date for every millisecond that Date can write', () => {
    const dates = fc.date({
      min: new Date('0000-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseRfc3339(date.toISOString())).toBe(date.getTime() * 1_000)
      }),
    )
  })

  it('takes any text without a throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const time = parseRfc3339(text)
        expect(time === null || Number.isFinite(time)).toBe(true)
      }),
    )
  })
})

describe('formatMicros and formatSeconds', () => {
  it('write what parseRfc3339 reads', () => {
    const times = fc.integer({ min: Date.UTC(1900, 0) * 1_000, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(times, (time) => {
        expect(parseRfc3339(formatMicros(time))).toBe(time)
        expect(parseRfc3339(formatSeconds(time))).toBe(Math.floor(time / 1_000_000) * 1_000_000)
      }),
    )
  })

  it('write as Kubernetes does', () => {
    expect(formatMicros(at('2026-05-11T09:00:00Z') + 250)).toBe('2026-05-11T09:00:00.000250Z')
    expect(formatSeconds(at('2026-05-11T09:00:00Z') + 999_999)).toBe('2026-05-11T09:00:00Z')
  })
})
