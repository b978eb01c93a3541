import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anObservation } from '../../../test/support/an-observation.ts'
import { matchesFilter } from './filter.ts'
import type { Filter } from './model.ts'
import { anyOf } from './simplify-filter.ts'

describe('one condition of many', () => {
  it('takes time in proportion to the number of alternatives', () => {
    const pods = Array.from({ length: 200_000 }, (_, number): Filter => ({ op: 'in', field: 'regarding.name', values: [`pod-${number}`] })) // prettier-ignore
    const started = performance.now()
    const filter = anyOf(pods)
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(filter).toMatchObject({ op: 'in', field: 'regarding.name' })
    expect(filter.op === 'in' && filter.values.length).toBe(200_000)
  })

  it('is one list for each field, at the place of the first, and holds where one of them does', () => {
    const field = fc.constantFrom('reason', 'type', 'regarding.name')
    const inList = fc.record({ op: fc.constant('in' as const), field, values: fc.array(fc.constantFrom('BackOff', 'Normal', 'x', ''), { maxLength: 3 }) }) // prettier-ignore
    const like = fc.record({ op: fc.constant('like' as const), field, pattern: fc.constantFrom('Back*', '?', 'x*') })
    const row = fc.record({ reason: fc.constantFrom('BackOff', 'x'), type: fc.constantFrom('Normal', 'Warning') })
    fc.assert(
      fc.property(fc.array(fc.oneof(inList, like), { maxLength: 8 }), row, (parts, fields) => {
        const filter = anyOf(parts)
        const lists = (filter.op === 'or' ? filter.filters : [filter]).filter(({ op }) => op === 'in')
        expect(new Set(lists.map((list) => list.op === 'in' && list.field)).size).toBe(lists.length)
        const observation = anObservation(fields)
        expect(matchesFilter(filter, observation)).toBe(parts.some((part) => matchesFilter(part, observation)))
      }),
    )
  })
})
