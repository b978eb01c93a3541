import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../../test/support/an-observation.ts'
import { filters, observations } from '../../../../test/support/arbitrary-observations.ts'
import type { Observation } from '../../event/observation.ts'
import { matchesFilter } from '../../query/filter.ts'
import type { Filter } from '../../query/model.ts'
import { MOST_TAILS, MOST_TAIL_VALUES, MOST_TRIED, Tails } from './tails.ts'

const ofPods = (from: number, pods: number): Filter => ({
  op: 'in',
  field: 'regarding.name',
  values: Array.from({ length: pods }, (_, index) => `web-${from + index}`),
})

/** As many conditions as a filter may have, none of which holds. */
const LARGE: readonly Filter[] = [
  ...Array.from({ length: 200 }, (_, index): Filter => ({ op: 'like', field: 'node', pattern: `*node-${index}` })),
  ...Array.from({ length: 800 }, (_, index): Filter => ({ op: 'range', field: 'node', gt: `z${index}` })),
]

/** Rows that count how often a condition read their node, and how often anything else. */
function counted(rows: number) {
  const reads = { node: 0, others: 0 }
  const row = new Proxy(anObservation({ namespace: 'shop', node: 'worker' }), {
    get(target, name: keyof Observation) {
      reads[name === 'node' ? 'node' : 'others'] += 1
      return target[name]
    },
  })
  return { reads, rows: Array.from({ length: rows }, () => ({ observation: row })) }
}

describe('what live tails cost the ingest', () => {
  it.each([
    ['alternatives', { op: 'or', filters: LARGE }],
    ['exclusions', { op: 'not', filter: { op: 'or', filters: LARGE } }],
    ['a name and alternatives', { op: 'and', filters: [{ op: 'in', field: 'namespace', values: ['shop'] }, { op: 'or', filters: LARGE }] }], // prettier-ignore
  ] satisfies [string, Filter][])('is bounded, however many there are and however large: %s', (_, filter) => {
    const tails = new Tails()
    const open = Array.from({ length: MOST_TAILS }, () => tails.open(filter))
    const { reads, rows } = counted(2_000)
    tails.publish(rows)
    expect(reads.node).toBeGreaterThan(0)
    expect(reads.node).toBeLessThan(4 * MOST_TRIED)
    expect(reads.others).toBeLessThanOrEqual(2 * MOST_TAILS * rows.length)
    const known = open.map((tail) => tail.take()).map((taken) => taken.rows.length + taken.dropped)
    expect(Math.min(...known)).toBeGreaterThan(1_900)
  })

  it('is one look for each row that lacks what the filter asks for', () => {
    const tails = new Tails()
    const elsewhere: Filter = { op: 'in', field: 'namespace', values: ['pay'] }
    const tail = tails.open({ op: 'and', filters: [{ op: 'or', filters: LARGE }, elsewhere, ofPods(0, 5_000)] })
    const { reads, rows } = counted(2_000)
    tails.publish(rows)
    expect(reads).toEqual({ node: 0, others: rows.length })
    expect(tail.take()).toEqual({ rows: [], dropped: 0 })
  })

  it('is no more for a viewer who takes nothing, and is had again after he took', () => {
    const tails = new Tails()
    const tail = tails.open({ op: 'or', filters: LARGE })
    const { reads, rows } = counted(1_000)
    tails.publish(rows)
    const first = reads.node
    tails.publish(rows)
    expect(reads.node).toBe(first)
    tail.take()
    tails.publish(rows)
    expect(reads.node).toBeGreaterThan(first)
  })

  it('is bounded in rows that wait and in values that are looked for', () => {
    const tails = new Tails()
    const open = Array.from({ length: MOST_TAILS }, () => tails.open({ op: 'all' }))
    tails.publish(counted(900).rows)
    expect(open.reduce((sum, tail) => sum + tail.take().rows.length, 0)).toBe(10_000)
    for (const tail of open) tail.close()
    tails.open(ofPods(0, MOST_TAIL_VALUES / 2))
    tails.open(ofPods(0, MOST_TAIL_VALUES / 2)).close()
    tails.open(ofPods(0, MOST_TAIL_VALUES / 2))
    expect(() => tails.open(ofPods(0, 1))).toThrow(/200,000/)
    expect(() => tails.open({ op: 'all' })).not.toThrow()
  })
})

describe('a live tail', () => {
  it('shows what its filter matches, whatever that is', () => {
    fc.assert(
      fc.property(filters, observations({ maxLength: 20 }), (filter, rows) => {
        const tails = new Tails()
        const tail = tails.open(filter)
        tails.publish(rows.map((observation) => ({ observation })))
        expect(tail.take()).toEqual({ rows: rows.filter((row) => matchesFilter(filter, row)), dropped: 0 })
      }),
      { numRuns: 500 },
    )
  })
})
