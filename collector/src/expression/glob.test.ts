import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob, globMistake } from './glob.ts'

describe('a glob', () => {
  const scenarios: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['jenkins*', ['jenkins', 'jenkins-agents'], ['jenkin', 'my-jenkins']],
    ['*-test', ['a-test', '-test'], ['test', 'a-test-b']],
    ['*test*', ['test', 'my-test-1'], ['tes']],
    ['a*b*c', ['abc', 'a-b-c', 'abbc'], ['acb', 'ab', 'ac']],
    ['ab*ba', ['abba', 'ab-ba'], ['aba']],
    ['plain', ['plain'], ['plains', 'Plain']],
    ['*', ['', 'anything'], []],
    ['kube.system', ['kube.system'], ['kube-system']],
  ]
  it.each(scenarios)('%s matches the whole of %j and not %j', (glob, yes, no) => {
    const matches = compileGlob(glob)
    expect(yes.filter((value) => !matches(value))).toEqual([])
    expect(no.filter((value) => matches(value))).toEqual([])
  })

  it('means the same as the regular expression that it stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
    const value = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(text, value, (glob, candidate) => {
        expect(compileGlob(glob)(candidate)).toBe(new RegExp(`^${glob.replaceAll('*', '.*')}$`).test(candidate))
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)

  it('takes linear time on a hostile value', () => {
    const started = performance.now()
    expect(compileGlob(`${'a*'.repeat(50)}b`)('a'.repeat(100_000))).toBe(false)
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('is refused where it was meant as a regular expression', () => {
    expect(globMistake('*test*|*temp*')?.fix).toBe('Write a list: ["*test*", "*temp*"].')
    expect(globMistake('^jenkins')?.what).toContain('"^" would never match')
    expect(globMistake('')?.fix).toContain('write * for any value')
    expect(globMistake('kube-system')).toBeNull()
    expect(globMistake('not enough clusterips')).toBeNull()
  })
})
