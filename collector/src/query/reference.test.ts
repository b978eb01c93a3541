import { describe, expect, it } from 'vitest'
import { NOON } from '../../../test/support/an-observation.ts'
import { parseLucene } from './lucene.ts'
import { QuerySyntaxError } from './invalid-query.ts'
import { EXAMPLES, MISTAKES, queryReference } from './reference.ts'

describe('docs/query-language.md', () => {
  it('is made of the fields and examples in the code', async () => {
    await expect(queryReference()).toMatchFileSnapshot('../../../docs/query-language.md')
  })

  it.each(EXAMPLES)('shows a query that is read: %s', (query) => {
    expect(() => parseLucene(query, NOON)).not.toThrow()
  })

  it.each(MISTAKES)('shows a query that is refused: %s', (query) => {
    expect(() => parseLucene(query, NOON)).toThrow(QuerySyntaxError)
  })

  it('means what it says where two examples are said to be the same', () => {
    const pairs = [
      ['reason:(BackOff OR Failed)', 'reason:(BackOff Failed)'],
      ['_exists_:container', 'container:*'],
      ['note:refused', 'refused'],
      ['type:Warning NOT namespace:kube-system', 'type:Warning -namespace:kube-system'],
      ['a AND b', '+a && b'],
    ] as const
    for (const [one, other] of pairs) expect(parseLucene(one, NOON), one).toEqual(parseLucene(other, NOON))
  })
})
