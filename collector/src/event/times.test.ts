import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, MINUTE, SECOND } from '../clock.ts'
import { observedTimes } from './times.ts'

const NOON = Date.UTC(2026, 4, 11, 12) * 1_000
const text = (micros: number): string =>
  `${new Date(micros / 1_000).toISOString().slice(0, 19)}.${String(micros % SECOND).padStart(6, '0')}Z`
const written = (...micros: number[]) =>
  micros.map((time) => ({ manager: 'kubelet', operation: 'Update', time: text(time) }))

interface Scenario {
  readonly name: string
  readonly raw: Record<string, unknown>
  readonly first: number
  readonly last: number
  readonly flags?: readonly string[]
}

const scenarios: readonly Scenario[] = [
  {
    name: 'a legacy single event has one time',
    raw: { deprecatedFirstTimestamp: text(NOON), deprecatedLastTimestamp: text(NOON), eventTime: null },
    first: NOON,
    last: NOON,
  },
  {
    name: 'a legacy repeated event has two, in core/v1 spelling too',
    raw: { firstTimestamp: text(NOON), lastTimestamp: text(NOON + MINUTE), eventTime: null },
    first: NOON,
    last: NOON + MINUTE,
  },
  {
    name: 'a new singleton has its eventTime to the microsecond',
    raw: { eventTime: text(NOON + 408_032), deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null },
    first: NOON + 408_032,
    last: NOON + 408_032,
  },
  {
    name: 'a series ends at its last observed time',
    raw: { eventTime: text(NOON), series: { count: 6, lastObservedTime: text(NOON + 30 * MINUTE + 1) } },
    first: NOON,
    last: NOON + 30 * MINUTE + 1,
  },
  {
    name: 'a hybrid takes the widest range and says so',
    raw: {
      eventTime: text(NOON + 5),
      deprecatedFirstTimestamp: text(NOON),
      deprecatedLastTimestamp: text(NOON + 2 * SECOND),
      series: { count: 2, lastObservedTime: text(NOON + SECOND) },
    },
    first: NOON,
    last: NOON + 2 * SECOND,
    flags: ['hybrid'],
  },
  {
    name: 'an event without a reported time has the time of its creation',
    raw: { metadata: { creationTimestamp: text(NOON) }, eventTime: null, firstTimestamp: null, lastTimestamp: null },
    first: NOON,
    last: NOON,
    flags: ['timeFromServer'],
  },
  {
    name: 'the text "null" and the empty text are no value',
    raw: { metadata: { creationTimestamp: text(NOON) }, eventTime: 'null', firstTimestamp: 'null', lastTimestamp: '' },
    first: NOON,
    last: NOON,
    flags: ['timeFromServer'],
  },
  {
    name: 'year 1 is no value',
    raw: { firstTimestamp: '0001-01-01T00:00:00Z', lastTimestamp: '0001-01-01T00:00:00Z', eventTime: text(NOON + 1) },
    first: NOON + 1,
    last: NOON + 1,
    flags: ['oldTime'],
  },
  {
    name: 'the last second before 2014 is no value',
    raw: {
      firstTimestamp: '2013-12-31T23:59:59Z',
      lastTimestamp: text(NOON),
      metadata: { creationTimestamp: text(NOON - MINUTE) },
    },
    first: NOON - MINUTE,
    last: NOON,
    flags: ['oldTime', 'timeFromServer'],
  },
  {
    name: 'the first second of 2014 is a value',
    raw: { firstTimestamp: '2014-01-01T00:00:00Z', lastTimestamp: '2014-01-01T00:00:00Z' },
    first: Date.UTC(2014, 0) * 1_000,
    last: Date.UTC(2014, 0) * 1_000,
  },
  {
    name: 'a time that is a number is no value',
    raw: { firstTimestamp: 1_778_493_600, lastTimestamp: text(NOON), eventTime: text(NOON) },
    first: NOON,
    last: NOON,
    flags: ['repaired', 'hybrid'],
  },
  {
    name: 'five minutes after the newest write is still believed',
    raw: {
      metadata: { creationTimestamp: text(NOON), managedFields: written(NOON, NOON + MINUTE) },
      firstTimestamp: text(NOON),
      lastTimestamp: text(NOON + 6 * MINUTE),
    },
    first: NOON,
    last: NOON + 6 * MINUTE,
  },
  {
    name: 'later than that becomes the time of the newest write',
    raw: {
      metadata: { creationTimestamp: text(NOON), managedFields: written(NOON + MINUTE, NOON) },
      firstTimestamp: text(NOON),
      lastTimestamp: text(NOON + 6 * MINUTE + 1),
    },
    first: NOON,
    last: NOON + MINUTE,
    flags: ['futureTime'],
  },
  {
    name: 'without managedFields an event may repeat for 90 days after its creation',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      firstTimestamp: text(NOON),
      lastTimestamp: text(NOON + 90 * DAY),
    },
    first: NOON,
    last: NOON + 90 * DAY,
  },
  {
    name: 'later than 90 days becomes the creation',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      firstTimestamp: text(NOON),
      lastTimestamp: text(NOON + 90 * DAY + 1),
    },
    first: NOON,
    last: NOON,
    flags: ['futureTime'],
  },
  {
    name: 'a first time in the future comes back together with the last',
    raw: { metadata: { creationTimestamp: text(NOON) }, eventTime: '2199-01-01T00:00:00Z' },
    first: NOON,
    last: NOON,
    flags: ['futureTime'],
  },
  {
    name: 'the year 9999, which µs cannot hold, is the server time too',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      firstTimestamp: text(NOON),
      lastTimestamp: '9999-12-31T23:59:59Z',
    },
    first: NOON,
    last: NOON,
    flags: ['futureTime'],
  },
  {
    name: 'a first time after the last is the only one that counts',
    raw: { firstTimestamp: text(NOON), lastTimestamp: text(NOON - MINUTE) },
    first: NOON,
    last: NOON,
    flags: ['timesSwapped'],
  },
  {
    name: 'a last time cut to whole seconds is not swapped',
    raw: { eventTime: text(NOON + 250_000), lastTimestamp: text(NOON) },
    first: NOON + 250_000,
    last: NOON + 250_000,
    flags: ['hybrid'],
  },
  {
    name: 'a re-created event keeps the first time of its chain',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      firstTimestamp: text(NOON - DAY),
      lastTimestamp: text(NOON - SECOND),
    },
    first: NOON - DAY,
    last: NOON - SECOND,
  },
]

describe('observedTimes', () => {
  it.each(scenarios)('$name', ({ raw, first, last, flags = [] }) => {
    expect(observedTimes(raw)).toMatchObject({ first, last, flags })
  })

  it('has no answer when the event holds no time at all', () => {
    expect(observedTimes({ metadata: { name: 'a' }, eventTime: null })).toBeNull()
  })

  it('keeps first ≤ last, both exact, whatever the event holds', () => {
    const time = fc.oneof(
      fc.constantFrom(null, undefined, 'null', '', 0, {}, [], '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'),
      fc.integer({ min: 1_300_000_000, max: 9_100_000_000 }).map((seconds) => text(seconds * SECOND)),
    )
    const event = fc.record({
      metadata: fc.oneof(time, fc.record({ creationTimestamp: time, managedFields: fc.array(fc.record({ time })) })),
      eventTime: time,
      firstTimestamp: time,
      deprecatedLastTimestamp: time,
      series: fc.oneof(time, fc.record({ lastObservedTime: time })),
    })
    fc.assert(
      fc.property(event, (raw) => {
        const times = observedTimes(raw)
        if (times === null) return
        expect(Number.isSafeInteger(times.first) && Number.isSafeInteger(times.last)).toBe(true)
        expect(times.first).toBeLessThanOrEqual(times.last)
        expect(new Set(times.flags).size).toBe(times.flags.length)
      }),
      { numRuns: 2_000 },
    )
  })
})
