import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../clock.ts'
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
  readonly areReported?: boolean
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
    name: 'a repeat is believed however far managedFields is behind it',
    raw: {
      metadata: { creationTimestamp: text(NOON), managedFields: written(NOON, NOON + MINUTE) },
      firstTimestamp: text(NOON),
      lastTimestamp: text(NOON + 3 * HOUR),
    },
    first: NOON,
    last: NOON + 3 * HOUR,
  },
  {
    name: 'an event may repeat for 90 days after its creation',
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
    name: 'without a creation nothing is too late, and managedFields stands for none',
    raw: {
      metadata: { managedFields: written(NOON) },
      firstTimestamp: text(NOON),
      lastTimestamp: text(NOON + 91 * DAY),
    },
    first: NOON,
    last: NOON + 91 * DAY,
  },
  {
    name: 'an only time in the future becomes the creation',
    raw: { metadata: { creationTimestamp: text(NOON) }, eventTime: '2199-01-01T00:00:00Z' },
    first: NOON,
    last: NOON,
    flags: ['futureTime', 'timeFromServer'],
  },
  {
    name: 'a first time in the future leaves the last one alone',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      firstTimestamp: '2199-01-01T00:00:00Z',
      lastTimestamp: text(NOON + MINUTE),
    },
    first: NOON,
    last: NOON + MINUTE,
    flags: ['futureTime', 'timeFromServer'],
    areReported: false,
  },
  {
    name: 'a last time in the future leaves the last one of the other fields alone',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      eventTime: text(NOON),
      lastTimestamp: '2199-01-01T00:00:00Z',
      series: { count: 2, lastObservedTime: text(NOON + MINUTE) },
    },
    first: NOON,
    last: NOON + MINUTE,
    flags: ['futureTime'],
    areReported: true,
  },
  {
    name: 'a last time in the future is the creation of a re-created event, not the first time of its chain',
    raw: {
      metadata: { creationTimestamp: text(NOON) },
      firstTimestamp: text(NOON - DAY),
      lastTimestamp: '2199-01-01T00:00:00Z',
    },
    first: NOON - DAY,
    last: NOON,
    flags: ['futureTime', 'timeFromServer'],
    areReported: false,
  },
  {
    name: 'a first time alone is the last one too, and nobody knows when repeats were',
    raw: { metadata: { creationTimestamp: text(NOON) }, firstTimestamp: text(NOON - SECOND), lastTimestamp: null },
    first: NOON - SECOND,
    last: NOON - SECOND,
    areReported: false,
  },
  {
    name: 'a last time alone of a re-created event is the first one too',
    raw: { metadata: { creationTimestamp: text(NOON) }, firstTimestamp: null, lastTimestamp: text(NOON - MINUTE) },
    first: NOON - MINUTE,
    last: NOON - MINUTE,
    flags: ['timeFromServer'],
    areReported: false,
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
    name: 'a last time before the first becomes the first, and the first the last',
    raw: { firstTimestamp: text(NOON), lastTimestamp: text(NOON - MINUTE) },
    first: NOON - MINUTE,
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
  it.each(scenarios)('$name', ({ raw, first, last, flags = [], areReported }) => {
    const times = observedTimes(raw)
    expect(times).toMatchObject({ first, last, flags })
    if (areReported !== undefined) expect(times?.areReported).toBe(areReported)
  })

  it('has no answer when the event holds no time at all', () => {
    expect(observedTimes({ metadata: { name: 'a' }, eventTime: null })).toBeNull()
  })

  it('keeps first ≤ last, both exact, whatever the event holds', () => {
    fc.assert(
      fc.property(anyEvent, (raw) => {
        const times = observedTimes(raw)
        if (times === null) return
        expect(Number.isSafeInteger(times.first) && Number.isSafeInteger(times.last)).toBe(true)
        expect(times.first).toBeLessThanOrEqual(times.last)
        expect(new Set(times.flags).size).toBe(times.flags.length)
      }),
      { numRuns: 2_000 },
    )
  })

  it('takes its two times from what the event holds and throws none away that can be', () => {
    fc.assert(
      fc.property(anyEvent, (raw) => {
        const creation = parsed((raw.metadata as { creationTimestamp?: unknown } | null | undefined)?.creationTimestamp)
        const created = creation === Infinity ? null : creation
        const series = (raw.series as { lastObservedTime?: unknown } | null | undefined)?.lastObservedTime
        const given = [raw.eventTime, raw.firstTimestamp, raw.deprecatedLastTimestamp, series].map(parsed)
        const latest = Math.min((created ?? Infinity) + 90 * DAY, Number.MAX_SAFE_INTEGER)
        const possible = given.filter((time) => time !== null && time <= latest) as number[]
        const times = observedTimes(raw)
        if (times === null) {
          expect([created, ...possible]).toEqual([null])
          return
        }
        for (const time of [times.first, times.last]) expect([created, ...possible]).toContain(time)
        for (const time of possible) {
          expect(time).toBeGreaterThan(times.first - SECOND)
          expect(time).toBeLessThanOrEqual(times.last)
        }
        expect(times.flags.includes('futureTime')).toBe([creation, ...given].some((time) => (time ?? 0) > latest))
      }),
      { numRuns: 2_000 },
    )
  })

  it('says the same whatever managedFields holds', () => {
    fc.assert(
      fc.property(anyEvent, fc.array(fc.record({ time: anyTime })), (raw, managedFields) => {
        const metadata = typeof raw.metadata === 'object' ? raw.metadata : {}
        const bare = { ...raw, metadata: { ...metadata, managedFields: undefined } }
        expect(observedTimes({ ...raw, metadata: { ...metadata, managedFields } })).toEqual(observedTimes(bare))
      }),
    )
  })
})

const anyTime = fc.oneof(
  fc.constantFrom(null, undefined, 'null', '', 0, {}, [], '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'),
  fc.integer({ min: 1_300_000_000, max: 9_100_000_000 }).map((seconds) => text(seconds * SECOND)),
  fc.integer({ min: -100 * 86_400_000, max: 100 * 86_400_000 }).map((millis) => text(NOON + millis * 1_000)),
)
const anyEvent = fc.record({
  metadata: fc.oneof(anyTime, fc.record({ creationTimestamp: anyTime })),
  eventTime: anyTime,
  firstTimestamp: anyTime,
  deprecatedLastTimestamp: anyTime,
  series: fc.oneof(anyTime, fc.record({ lastObservedTime: anyTime })),
})

/** The µs of a time that is a value, by itself; a number too large to be exact is later than anything. */
function parsed(value: unknown): number | null {
  const micros = typeof value === 'string' ? Date.parse(value) * 1_000 : NaN
  if (!(micros >= Date.UTC(2014, 0) * 1_000)) return null
  return Number.isSafeInteger(micros) ? micros : Infinity
}
