import fc from 'fast-check'
import { parseLucene } from '../../../collector/src/query/lucene.ts'
import { dashboardVariables } from '../test/dashboard-variables'
import { interpolateQuery, interpolator, variablesOf } from './interpolate'
import type { EventloomQuery, Term } from './query'

const NOW = Date.UTC(2026, 4, 11) * 1_000

function filled(query: Partial<EventloomQuery>, variables: Parameters<typeof dashboardVariables>[0], scopedVars = {}) {
  return interpolateQuery({ refId: 'A', ...query }, dashboardVariables(variables), scopedVars)
}

function termsOf(term: Term, variables: Parameters<typeof dashboardVariables>[0]) {
  return filled({ filter: { text: '', terms: [term] } }, variables).filter?.terms
}

describe('a variable in a condition', () => {
  it('becomes a list of values, whatever characters they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (values) => {
        fc.pre(values.every((value) => !value.includes('\u0000') && !value.includes('$')))
        const term: Term = { key: 'reason', operator: '=|', values: ['$reason'] }
        expect(termsOf(term, { reason: values })).toEqual([{ ...term, values }])
      }),
    )
  })

  it('that stands for all leaves no value, which is no condition', () => {
    const term: Term = { key: 'namespace', operator: '=|', values: ['$namespace'] }
    expect(termsOf(term, { namespace: { all: ['a', 'b'] } })).toEqual([{ ...term, values: [] }])
  })

  it('that stands for all does not hide the values beside it', () => {
    const other: Term = { key: 'reason', operator: '=', values: ['BackOff'] }
    const filter = { text: '', terms: [{ key: 'namespace', operator: '=' as const, values: ['$namespace'] }, other] }
    expect(filled({ filter }, { namespace: { all: ['a'] } }).filter?.terms?.[1]).toEqual(other)
  })

  it('is put between the text around it, each value in turn', () => {
    const term: Term = { key: 'owner.name', operator: '=|', values: ['${app}-$stage'] }
    const values = ['shop-a', 'shop-b', 'pay-a', 'pay-b']
    expect(termsOf(term, { app: ['shop', 'pay'], stage: ['a', 'b'] })).toEqual([{ ...term, values }])
  })

  it('is a text within an expression, not an expression', () => {
    const term: Term = { key: 'reason', operator: '=~', values: ['$reason.*'] }
    expect(termsOf(term, { reason: 'a.b|c' })).toEqual([{ ...term, values: ['a\\.b\\|c.*'] }])
  })

  it('of a repeated panel has the value of that panel', () => {
    const filter = { text: '', terms: [{ key: 'node', operator: '=' as const, values: ['$node'] }] }
    const { filter: done } = filled({ filter }, { node: { all: ['a', 'b'] } }, { node: { text: 'b', value: 'b' } })
    expect(done?.terms?.[0]?.values).toEqual(['b'])
  })
})

describe('a variable in the line of text', () => {
  const lucene = (text: string, variables: Parameters<typeof dashboardVariables>[0]) =>
    interpolator(dashboardVariables(variables)).lucene(text)

  it('finds any values again that were chosen, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 4 }), (values) => {
        fc.pre(values.every((value) => value.trim() !== '' && !value.includes('$')))
        const unique = [...new Set(values)]
        const written = `reason:(${unique.map((value) => `"${value.replace(/[\\"]/g, '\\$&')}"`).join(' OR ')})`
        expect(parseLucene(lucene('reason:$reason', { reason: unique }), NOW)).toEqual(parseLucene(written, NOW))
      }),
    )
  })

  it.each([
    ['namespace:$ns AND reason:x', '* AND reason:x'],
    ['NOT namespace:$ns', 'NOT *'],
    ['"${ns}"', '"*"'],
    ['namespace:[[ns]]', '*'],
  ])('%s with all chosen is %s', (text, expected) => {
    expect(lucene(text, { ns: { all: ['a', 'b'] } })).toBe(expected)
  })

  it('of words that are operators is a value all the same', () => {
    expect(lucene('reason:$r', { r: 'AND' })).toBe('reason:"AND"')
  })
})

describe('lists of fields', () => {
  it('take every value of a variable, and each only once', () => {
    const { groupBy, patternBy, tagFields } = filled(
      { groupBy: ['$by', 'cluster'], patternBy: ['$by'], tagFields: ['$none'] },
      { by: ['reason', 'cluster'], none: { all: ['a'] } },
    )
    expect({ groupBy, patternBy, tagFields }).toEqual({
      groupBy: ['reason', 'cluster'],
      patternBy: ['reason', 'cluster'],
      tagFields: [],
    })
  })
})

it('names the variables of a whole query', () => {
  const query = { a: '$x', b: [{ c: '${y:csv} and [[z]]' }], d: 5, e: null }
  expect(variablesOf(query)).toEqual(['x', 'y', 'z'])
})
