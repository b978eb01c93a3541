import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR } from '../clock.ts'
import { texts } from '../../../test/support/arbitrary-text.ts'
import { anObservation, NOON } from '../../../test/support/an-observation.ts'
import { matchesFilter } from './filter.ts'
import { MAX_NESTING, MAX_QUERY_LENGTH, parseLucene } from './lucene.ts'
import type { Filter } from './model.ts'
import { pointAt, QuerySyntaxError } from './invalid-query.ts'

const is = (field: string, ...values: string[]): Filter => ({ op: 'in', field, values })
const words = (...list: string[]): Filter => ({ op: 'words', words: list, lastIsPrefix: false })
const all: Filter = { op: 'all' }
const not = (filter: Filter): Filter => ({ op: 'not', filter })
const and = (...filters: Filter[]): Filter => ({ op: 'and', filters })
const or = (...filters: Filter[]): Filter => ({ op: 'or', filters })
const range = (field: string, ends: object): Filter => ({ op: 'range', field, ...ends })
const DAY_OF_MAY = Date.UTC(2026, 4, 11) * 1_000

const meanings: readonly (readonly [text: string, filter: Filter])[] = [
  ['', all],
  ['  \n ', all],
  ['*', all],
  ['*:*', all],
  ['reason:BackOff', is('reason', 'BackOff')],
  ['reason: BackOff', is('reason', 'BackOff')],
  ['kind:Pod', is('regarding.kind', 'Pod')],
  ['name:x', is('name', 'x')],
  ['namespace:""', is('namespace', '')],
  // Names that bite other query languages.
  [
    'regarding.name:ip-10-0-3-17.eu-west-1.compute.internal',
    is('regarding.name', 'ip-10-0-3-17.eu-west-1.compute.internal'),
  ],
  [
    'regarding.name:"ip-10-0-3-17.eu-west-1.compute.internal"',
    is('regarding.name', 'ip-10-0-3-17.eu-west-1.compute.internal'),
  ],
  ['reason:Sync/Failed', is('reason', 'Sync/Failed')],
  ['reason:Sync\\/Failed', is('reason', 'Sync/Failed')],
  ['reason:"Sync/Failed"', is('reason', 'Sync/Failed')],
  ['metadata.path:/healthz', is('metadata.path', '/healthz')],
  ['metadata.image:registry.example.net/shop/api:1.9.3', is('metadata.image', 'registry.example.net/shop/api:1.9.3')],
  ['labels.app.kubernetes.io/name:x', is('labels.app.kubernetes.io/name', 'x')],
  ['labels.a\\:b\\ c:x', is('labels.a:b c', 'x')],
  ['regarding.fieldPath:spec.containers{payments}', is('regarding.fieldPath', 'spec.containers{payments}')],
  ['reason:"NOT"', is('reason', 'NOT')],
  ['reason:NOT', is('reason', 'NOT')],
  ['reason:\\"a\\"', is('reason', '"a"')],
  ['reason:a\\ b', is('reason', 'a b')],
  ['reason:"a\\"b\\\\c"', is('reason', 'a"b\\c')],
  ['reason:日本', is('reason', '日本')],
  // Notes are matched by words.
  ['timeout', words('timeout')],
  ['"Connection REFUSED"', words('connection', 'refused')],
  ['note:"queue/depth"', words('queue', 'depth')],
  ['queue/depth', words('queue', 'depth')],
  ['message:"C:\\\\temp\\\\x"', words('c', 'temp', 'x')],
  ['timeo*', { op: 'words', words: ['timeo'], lastIsPrefix: true }],
  ['note:back-off*', { op: 'words', words: ['back', 'off'], lastIsPrefix: true }],
  ['"timeo*"', words('timeo')],
  ['note:(a b)', and(words('a'), words('b'))],
  // Wildcards and presence.
  ['reason:Fail*', { op: 'like', field: 'reason', pattern: 'Fail*' }],
  ['reason:F?il\\*', { op: 'like', field: 'reason', pattern: 'F?il\\*' }],
  ['reason:"Fail*"', is('reason', 'Fail*')],
  ['container:*', { op: 'exists', field: 'container' }],
  ['_exists_:labels.app', { op: 'exists', field: 'labels.app' }],
  ['labels:*', { op: 'exists', field: 'labels' }],
  // How conditions go together.
  ['a b', and(words('a'), words('b'))],
  ['a AND b && c', and(words('a'), words('b'), words('c'))],
  ['a OR b', or(words('a'), words('b'))],
  ['a OR b c', or(words('a'), and(words('b'), words('c')))],
  ['(a OR b) c', and(or(words('a'), words('b')), words('c'))],
  ['NOT a b', and(not(words('a')), words('b'))],
  ['NOT (a OR b)', not(or(words('a'), words('b')))],
  ['!a', not(words('a'))],
  ['-reason:A +reason:B', and(not(is('reason', 'A')), is('reason', 'B'))],
  ['NOT -a', words('a')],
  ['reason:A||reason:B', is('reason', 'A', 'B')],
  ['(reason:A)(type:B)', and(is('reason', 'A'), is('type', 'B'))],
  ['reason:(A OR "B C")', is('reason', 'A', 'B C')],
  ['reason:(A B)', is('reason', 'A', 'B')],
  ['reason:(A B -C)', and(is('reason', 'A', 'B'), not(is('reason', 'C')))],
  ['reason:(A OR (B OR C))', is('reason', 'A', 'B', 'C')],
  ['reason:(NOT A)', not(is('reason', 'A'))],
  ['namespace:("team-a" OR "team-a-b")', is('namespace', 'team-a', 'team-a-b')],
  ['ORDER', words('order')],
  ['reason:A ORDER', and(is('reason', 'A'), words('order'))],
  // Numbers, truths, times, ranks.
  ['count:007', is('count', '7')],
  ['count:>=3', range('count', { gte: 3 })],
  ['count:< 3', range('count', { lt: 3 })],
  ['count:[1 TO 3}', range('count', { gte: 1, lt: 3 })],
  ['count:{1 TO *]', range('count', { gt: 1 })],
  ['count:[* TO *]', { op: 'exists', field: 'count' }],
  ['countIsLowerBound:true', is('countIsLowerBound', 'true')],
  ['lastObserved:[now-1h TO now}', range('lastObserved', { gte: NOON - HOUR, lt: NOON })],
  ['lastObserved:>-1h', range('lastObserved', { gte: NOON - HOUR + 1 })],
  ['lastObserved:2026-05-11', range('lastObserved', { gte: DAY_OF_MAY, lt: DAY_OF_MAY + 24 * HOUR })],
  ['lastObserved:[2026-05-11 TO 2026-05-11]', range('lastObserved', { gte: DAY_OF_MAY, lt: DAY_OF_MAY + 24 * HOUR })],
  ['@timestamp:>2026-05-11', range('lastObserved', { gte: DAY_OF_MAY + 24 * HOUR })],
  ['lastObserved:<=2026-05-11T12:00:00.000001Z', range('lastObserved', { lt: NOON + 2 })],
  ['reason:["a b" TO c]', range('reason', { gte: 'a b', lte: 'c' })],
  ['severity:>=high', is('severity', 'high', 'critical')],
  ['severity:{info TO high]', is('severity', 'low', 'medium', 'high')],
  ['severity:<info', is('severity')],
  ['flags:combined', is('flags', 'combined')],
]

type Expected = readonly [column: number, says: string]

/** Texts that cannot be read: column of each problem, and a part of what is said about it. */
const refusals: readonly (readonly [text: string, ...mistakes: Expected[]])[] = [
  ['reason:', [8, 'a value is expected behind reason:']],
  ['a AND', [6, 'a condition is expected here']],
  ['a OR OR b', [6, 'not OR']],
  ['reason: AND b', [9, 'not AND']],
  ['OR', [1, 'not OR']],
  ['(a', [1, 'never closed']],
  ['a)', [2, 'nothing that this parenthesis closes']],
  ['()', [2, 'a condition is expected here']],
  ['a "bc', [3, 'never closed. Write "']],
  ['reason:a\\', [9, 'Write \\\\ for a backslash']],
  ['ab"c"', [3, 'a quote begins in the middle']],
  ['foo(bar)', [4, 'a space is missing']],
  ['count:[1 2]', [7, 'a range is written [a TO b]']],
  ['count:[1 TO 2', [7, 'a range is written [a TO b]']],
  ['count:>', [8, 'a value is expected behind >']],
  ['foo~2', [1, '"~2" behind a word']],
  ['reason:foo^2', [8, 'write \\^2 when it is part']],
  ['"a b"~3', [1, 'behind a phrase']],
  ['reason:/x.*/', [8, 'regular expressions are not supported']],
  ['a and b', [3, 'write AND in capitals']],
  ['fo*bar', [1, 'may only end the last word']],
  ['*foo', [1, 'may only end the last word']],
  ['...', [1, 'holds no letter or digit']],
  ['labels:x', [8, 'Name one, as in labels.app:VALUE']],
  ['reasn:x', [1, 'there is no field "reasn". Did you mean reason?']],
  ['regarding:x', [1, 'Did you mean regarding.name?']],
  ['fieldPath:x', [1, 'Did you mean regarding.fieldPath?']],
  ['http://x', [1, 'put it in quotes']],
  ['_exists_:nope', [10, 'there is no field "nope"']],
  ['labels.:x', [1, 'there is no field "labels."']],
  ['count:x', [7, 'count is a whole number, not "x"']],
  ['count:1.5', [7, 'whole number']],
  ['count:[1 TO x]', [13, 'whole number']],
  ['countEstimated:yes', [16, 'is true or false, not "yes"']],
  ['countEstimated:>true', [17, 'has no order']],
  ['note:[a TO b]', [7, 'note has no order']],
  ['lastObserved:>yesterday', [15, '"yesterday" is none. Write for example 2026-05-11T09:00:00Z']],
  ['severity:hgih', [10, 'is one of info, low, medium, high, critical, not "hgih". Did you mean high?']],
  ['severity:[lo TO hi]', [11, '"lo"'], [17, '"hi"']],
  ['category:foo', [10, 'category is one of scheduling']],
  ['reason:>a*', [9, 'a bound of a range has no wildcards']],
  [
    'reasn:x AND count:y AND severity:bad AND (reason:a',
    [1, 'no field "reasn"'], [19, 'whole number'], [34, 'severity is one of'], [42, 'never closed'],
  ], // prettier-ignore
]

describe('Lucene text', () => {
  it.each(meanings)('reads %j', (text, filter) => {
    expect(parseLucene(text, NOON)).toEqual(filter)
  })

  it.each(refusals.map(([text, ...expected]) => ({ text, expected })))(
    'refuses $text with the place and the fix',
    ({ text, expected }) => {
      const { mistakes } = refusalOf(text)
      expect(mistakes.map(({ position }) => (position ?? -1) + 1)).toEqual(expected.map(([column]) => column))
      for (const [index, [, says]] of expected.entries()) expect(mistakes[index]?.message).toContain(says)
    },
  )

  it('refuses what is too long or too deep before it costs anything', () => {
    expect(refusalOf('a'.repeat(MAX_QUERY_LENGTH + 1)).message).toContain('Shorten it')
    expect(refusalOf('('.repeat(MAX_NESTING + 1)).message).toContain('nested more than 50 deep')
    expect(parseLucene(`${'('.repeat(MAX_NESTING)}a${')'.repeat(MAX_NESTING)}`, NOON)).toEqual(words('a'))
    expect(parseLucene(`${'!'.repeat(MAX_QUERY_LENGTH - 1)}a`, NOON)).toEqual(not(words('a')))
  })

  it('reads any text or refuses it with a place inside, never otherwise', () => {
    const pieces = fc.constantFrom(
      ...'()"\\:*?[]{}<>=!+-~^/.&| ',
      'AND',
      'OR',
      'NOT',
      'TO',
      'reason',
      'count',
      'labels.a',
      '_exists_',
      'now-1h',
      '7',
      'x',
    )
    const queries = fc.oneof(
      texts({ maxLength: 30 }),
      fc.array(pieces, { maxLength: 20 }).map((list) => list.join('')),
    )
    fc.assert(
      fc.property(queries, (text) => {
        try {
          matchesFilter(parseLucene(text, NOON), anObservation())
        } catch (error) {
          if (!(error instanceof QuerySyntaxError)) throw error
          for (const { position = -1, length = 0 } of error.mistakes) {
            expect(position).toBeGreaterThanOrEqual(0)
            expect(position).toBeLessThanOrEqual(text.length)
            expect(length).toBeGreaterThan(0)
          }
        }
      }),
      { numRuns: 1_000 },
    )
  })

  it('finds any value again, quoted or with every special character escaped', () => {
    fc.assert(
      fc.property(texts({ minLength: 1, maxLength: 20 }), (value) => {
        const quoted = `reason:"${value.replace(/["\\]/g, '\\$&')}"`
        const escaped = `reason:${value.replace(/[^\p{L}\p{N}]/gu, '\\$&')}`
        expect(parseLucene(quoted, NOON)).toEqual(is('reason', value))
        expect(parseLucene(escaped, NOON)).toEqual(is('reason', value))
      }),
    )
  })

  it('points at the place in a long text', () => {
    const text = `${'reason:A OR '.repeat(20)}reasn:B`
    const [line = '', mark = ''] = pointAt(text, refusalOf(text).mistakes[0] ?? { parameter: '', message: '' }).split(
      '\n',
    )
    expect(line.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1)).toBe('reasn')
    expect(line.length).toBeLessThanOrEqual(100)
  })
})

function refusalOf(text: string): QuerySyntaxError {
  try {
    parseLucene(text, NOON)
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error
    throw error
  }
  throw new Error(`${text} was read`)
}
