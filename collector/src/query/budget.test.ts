import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { DAY, HOUR, MINUTE } from '../clock.ts'
import { aggregateRows } from './aggregate-rows.ts'
import { cellsOf, MOST_CELLS, MOST_NAMED, withinBudget } from './budget.ts'
import type { AggregateQuery } from './model.ts'
import { METRICS } from './request-parts.ts'
import { MAX_WINDOWS } from './windows.ts'
import { weightOfAggregate } from './weight.ts'

const query = (parts: Partial<AggregateQuery>): AggregateQuery => ({ from: 0, to: 30 * DAY, filter: { op: 'all' }, groupBy: [], window: null, metrics: ['occurrences'], top: null, zeroFill: false, ...parts }) // prettier-ignore

describe('an aggregate within its budget', () => {
  it('has no more values than an answer holds, whatever is asked', () => {
    const asked = fc.record({
      to: fc.integer({ min: 1, max: 10_000 }).map((windows) => windows * MINUTE),
      groupBy: fc.subarray(['reason', 'namespace', 'node', 'regarding.name']),
      metrics: fc.subarray([...METRICS], { minLength: 1 }),
      top: fc.option(fc.record({ groups: fc.integer({ min: 1, max: 1_000 }), orderBy: fc.constant('occurrences' as const) })), // prettier-ignore
      isWindowed: fc.boolean(),
    })
    fc.assert(
      fc.property(asked, ({ isWindowed, ...parts }) => {
        const bounded = withinBudget(query({ ...parts, window: isWindowed ? { kind: 'fixed', every: MINUTE } : null, zeroFill: isWindowed })) // prettier-ignore
        const groups = parts.groupBy.length === 0 ? 1 : (bounded.top?.groups ?? Infinity) + 1
        expect(cellsOf(bounded, groups)).toBeLessThanOrEqual(MOST_CELLS)
        expect(bounded.top?.groups ?? 0).toBeLessThanOrEqual(parts.top?.groups ?? MOST_NAMED)
        expect(weightOfAggregate(bounded)).toBeLessThan(100_000_000)
      }),
    )
  })

  it('keeps what can be afforded as it was asked', () => {
    const asked = query({ groupBy: ['reason'], window: { kind: 'fixed', every: HOUR }, top: { groups: 20, orderBy: 'objects' } }) // prettier-ignore
    expect(withinBudget(asked)).toEqual(asked)
    expect(withinBudget(query({}))).toEqual(query({}))
  })

  it('is refused before a window is filled, where a store was not asked through it', () => {
    const many = query({ to: (MAX_WINDOWS - 1) * MINUTE, window: { kind: 'fixed', every: MINUTE }, metrics: METRICS, zeroFill: true, groupBy: ['reason'] }) // prettier-ignore
    const rows = ['A', 'B', 'C'].map((reason) => anObservation({ reason, lastObserved: MINUTE }))
    expect(() => aggregateRows(many, rows)).toThrow(/more than 250,000 values. Use a longer window/)
    expect(aggregateRows(withinBudget(many), rows).groups.map(({ key }) => key)).toEqual([['A'], null])
  })
})
