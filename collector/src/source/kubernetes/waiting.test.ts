import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MILLISECOND, MINUTE } from '../../clock.ts'
import { MAX_RETRY_AFTER_MS, parseRetryAfter, pauseMs } from './backoff.ts'
import { REQUESTS_PER_MINUTE, RequestBudget } from './request-budget.ts'

describe('pauseMs', () => {
  it('grows from half a second to thirty', () => {
    expect(pauseMs(1, 0, null)).toBe(500)
    expect(pauseMs(1, 0.999, null)).toBeLessThanOrEqual(1_000)
    expect(pauseMs(50, 0, null)).toBe(500)
    expect(pauseMs(50, 0.9999999, null)).toBeCloseTo(30_000, 0)
  })

  it('spreads over the whole range, so that many collectors do not come back together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failures, random) => {
          const pause = pauseMs(failures, random, null)
          expect(pause).toBeGreaterThanOrEqual(500)
          expect(pause).toBeLessThanOrEqual(30_000)
        },
      ),
    )
  })

  it('waits for Retry-After, but not for ever', () => {
    expect(pauseMs(1, 0, 45_000)).toBe(45_000)
    expect(pauseMs(1, 0, Infinity)).toBe(MAX_RETRY_AFTER_MS)
  })
})

describe('parseRetryAfter', () => {
  const now = Date.UTC(2026, 4, 11, 12)
  const cases: [string | null, number | null][] = [
    ['7', 7_000],
    ['0', 0],
    ['99999999999', MAX_RETRY_AFTER_MS],
    ['Mon, 11 May 2026 12:00:30 GMT', 30_000],
    ['Mon, 11 May 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ]
  for (const [header, expected] of cases) {
    it(`reads ${JSON.stringify(header)} as ${expected}`, () => expect(parseRetryAfter(header, now)).toBe(expected))
  }
})

describe('RequestBudget', () => {
  it('lets ten requests through and makes the eleventh wait until the first is a minute old', () => {
    let now = 0
    const budget = new RequestBudget(() => now)
    for (let request = 0; request < REQUESTS_PER_MINUTE; request++) {
      expect(budget.waitMs()).toBe(0)
      budget.spend()
      now += 1_000 * MILLISECOND
    }
    expect(budget.waitMs()).toBe(50_000)
    now = MINUTE
    expect(budget.waitMs()).toBe(0)
  })

  it('does not wait for a time that a set-back clock calls the future', () => {
    let now = 10 * MINUTE
    const budget = new RequestBudget(() => now)
    for (let request = 0; request < REQUESTS_PER_MINUTE; request++) budget.spend()
    now = 0
    expect(budget.waitMs()).toBe(0)
  })
})
