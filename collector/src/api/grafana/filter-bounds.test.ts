import { describe, expect, it } from 'vitest'
import { NOON } from '../../../../test/support/an-observation.ts'
import { readQuery } from './asked-query.ts'
import { MOST_CONDITIONS, MOST_SEARCHES, MOST_VALUES } from '../../query/filter-bounds.ts'
import { parseEventRequest } from '../../query/request.ts'

const many = (count: number, write: (number: number) => string) => Array.from({ length: count }, (_, number) => write(number)) // prettier-ignore
const asked = (query: string) => parseEventRequest({ query }, NOON)
const term = (operator: string, values: readonly string[]) => ({ key: 'regarding.name', operator, values })
const panel = (terms: readonly object[], adHoc: readonly object[] = []) =>
  readQuery({ schemaVersion: 1, filter: { text: '', terms }, adHoc, timeRange: { from: 0, to: 1 } }, false, NOON)

describe('a filter of too many parts is refused before it is compiled, with what to narrow:', () => {
  it('phrases and wildcards', () => {
    const phrases = (count: number) => many(count, (number) => `"a b${number}"`).join(' OR ')
    expect(asked(phrases(MOST_SEARCHES)).filter).toMatchObject({ op: 'or' })
    expect(() => asked(phrases(MOST_SEARCHES + 1))).toThrow('has 201 phrases and patterns with wildcards, and at most 200 are possible. Search for whole values of a field') // prettier-ignore
    expect(() => asked(`NOT (${phrases(MOST_SEARCHES + 1)})`)).toThrow('has 201 phrases')
    expect(() => panel([term('=~', [many(201, (number) => `pod-${number}.*`).join('|')])])).toThrow('has 201 phrases')
  })

  it('conditions', () => {
    const ranges = (count: number) => many(count, (number) => `count:>${number}`).join(' OR ')
    expect(asked(ranges(MOST_CONDITIONS)).filter).toMatchObject({ op: 'or' })
    expect(() => asked(ranges(MOST_CONDITIONS + 1))).toThrow('has 1,001 conditions, and at most 1,000 are possible. Leave some out, or use a field that many share') // prettier-ignore
  })

  it('values, but a variable that stands for thousands of pods is answered', () => {
    const pods = (from: number) => many(20_000, (number) => `pod-${from + number}`)
    expect(panel([term('=|', pods(0))]).filter).toMatchObject({ op: 'in' })
    expect(panel([term('=~', [many(10_000, (number) => `pod-${number}`).join('|')])]).filter).toMatchObject({
      op: 'in',
    })
    const terms = [term('=|', pods(0)), term('!=|', pods(20_000)), term('=|', pods(40_000))]
    expect(() => panel(terms)).toThrow('has 60,000 values, and at most 50,000 are possible. Choose fewer')
    expect(MOST_VALUES).toBe(50_000)
  })
})
