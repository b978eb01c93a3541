import fc from 'fast-check'
import { filterOfTerms } from '../../../collector/src/api/grafana/terms.ts'
import { parseLucene } from '../../../collector/src/query/lucene.ts'
import { joinIntoText, termText } from './lucene-text'
import type { Operator, Term } from './query'

const NOW = Date.UTC(2026, 4, 11) * 1_000

/** The collector refuses what looks like a variable of a dashboard, so no condition holds it. */
const value = fc.string({ minLength: 1 }).filter((text) => !/^[$[]/.test(text))

const term: fc.Arbitrary<Term> = fc.record({
  key: fc.constantFrom('reason', 'namespace', 'owner.name', 'labels.app.kubernetes.io/name', 'regarding.kind'),
  operator: fc.constantFrom<Operator>('=', '!=', '=|', '!=|'),
  values: fc.array(value, { minLength: 1, maxLength: 3 }).map((values) => [...new Set(values)]),
})

function meaningOf(terms: readonly Term[]) {
  return filterOfTerms(
    terms.map((each) => ({ ...each, values: [...each.values] })),
    NOW,
    (problem) => {
      throw new Error(problem.message)
    },
  )
}

describe('a condition written as text', () => {
  it('means to the collector what it meant', () => {
    fc.assert(
      fc.property(term, (each) => {
        expect(parseLucene(termText(each) ?? '', NOW)).toEqual(meaningOf([each]))
      }),
    )
  })

  it('has no text where Lucene has no word for it', () => {
    expect(termText({ key: 'reason', operator: '=~', values: ['Back.*'] })).toBeNull()
  })

  it.each([
    [{ key: 'count', operator: '>', values: ['20'] }, 'count:>20'],
    [{ key: 'severity', operator: '<', values: ['high'] }, 'severity:<high'],
  ] as const)('%j is %s', (each, expected) => {
    expect(termText(each)).toBe(expected)
    expect(() => parseLucene(expected, NOW)).not.toThrow()
  })
})

describe('conditions joined into a text', () => {
  it.each([
    ['', 'reason:a'],
    ['x', 'x AND reason:a'],
    ['x OR y', '(x OR y) AND reason:a'],
  ])('behind %j give %s', (text, expected) => {
    expect(joinIntoText(text, [{ key: 'reason', operator: '=', values: ['a'] }])).toEqual({ text: expected, terms: [] })
  })

  it('stay conditions when they are expressions, levels or without value', () => {
    const kept: Term[] = [
      { key: 'reason', operator: '=~', values: ['a.*'] },
      { key: 'level', operator: '=', values: ['error'] },
      { key: 'node', operator: '=', values: [] },
    ]
    expect(joinIntoText('x', kept)).toEqual({ text: 'x', terms: kept })
  })
})
