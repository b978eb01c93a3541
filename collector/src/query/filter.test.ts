import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { texts } from '../../../test/support/arbitrary-text.ts'
import { anObservation } from '../../../test/support/an-observation.ts'
import { fieldReader, textOf } from './field-value.ts'
import { ALIASES, FIELDS, isGroupable, resolveField } from './fields.ts'
import { escapeWildcards, matchesFilter } from './filter.ts'
import { containsWords, lowerCase, noteTokens } from './note-tokens.ts'
import { compareText } from './text-order.ts'

const like = (reason: string, pattern: string) =>
  matchesFilter({ op: 'like', field: 'reason', pattern }, anObservation({ reason }))

describe('a pattern', () => {
  it('matches as the regular expression it stands for', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', '\u{1F600}')
    const text = fc.array(fc.constantFrom('a', 'b', '\u{1F600}', '\n'), { maxLength: 8 }).map((list) => list.join(''))
    fc.assert(
      fc.property(text, fc.array(piece, { maxLength: 6 }), (value, pieces) => {
        const expression = pieces.map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part)).join('')
        expect(like(value, pieces.join(''))).toBe(new RegExp(`^${expression}$`, 'su').test(value))
      }),
      { numRuns: 1_000 },
    )
  })

  it('matches a text that was escaped just by itself', () => {
    fc.assert(
      fc.property(
        texts({ maxLength: 10 }),
        (text) => like(text, escapeWildcards(text)) && !like(`${text}x`, escapeWildcards(text)),
      ),
    )
  })

  it('does not take exponential time', () => {
    const started = performance.now()
    expect(like('a'.repeat(2_000), `${'a*'.repeat(50)}b`)).toBe(false)
    expect(performance.now() - started).toBeLessThan(1_000)
  })
})

describe('note tokens', () => {
  it.each([
    ['Back-off restarting failed_container', ['back', 'off', 'restarting', 'failed', 'container']],
    ['C:\\temp\\x; "quoted"', ['c', 'temp', 'x', 'quoted']],
    ['日本語テスト 42%', ['日本語テスト', '42']],
    ['cafe\u0301 café', ['cafe', 'café']],
    ['x½Ⅷ²', ['x½ⅷ²']],
    ['... \n', []],
  ])('of %j', (text, tokens) => {
    expect(noteTokens(text)).toEqual(tokens)
  })

  it('are lowered letter by letter', () => {
    expect(lowerCase('İIΑΣ')).toBe('iiασ')
    expect([...lowerCase('ΑΣ İX')]).toHaveLength([...'ΑΣ İX'].length)
  })

  it('stand next to one another, the last perhaps cut', () => {
    const tokens = ['a', 'b', 'a', 'cd']
    expect(containsWords(tokens, ['a', 'cd'], false)).toBe(true)
    expect(containsWords(tokens, ['a', 'c'], false)).toBe(false)
    expect(containsWords(tokens, ['a', 'c'], true)).toBe(true)
    expect(containsWords(tokens, ['b', 'cd'], false)).toBe(false)
  })
})

describe('the order of texts', () => {
  it('is that of their UTF-8 bytes', () => {
    const text = texts({ maxLength: 5 })
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareText(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
      { examples: [['\u{1F600}', '\uFF01']], numRuns: 1_000 },
    )
  })
})

describe('the field dictionary', () => {
  it('has every field of an observation that a query can name', () => {
    const observation: Record<string, unknown> = { ...anObservation() }
    const names = Object.keys(observation).flatMap((name) => {
      const value = observation[name]
      const children = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : []
      return children.length === 0 ? [name] : children.map((child) => `${name}.${child}`)
    })
    expect(FIELDS.map(({ name }) => name).sort()).toEqual(names.filter((name) => name !== 'rest').sort())
  })

  it('reads each of its fields', () => {
    const observation = anObservation({
      regarding: { ...anObservation().regarding, kind: 'Job' },
      labels: { 'a.b/c': 'x' },
    })
    for (const { name } of FIELDS) expect(() => textOf(fieldReader(name)(observation))).not.toThrow()
    expect(fieldReader('regarding.kind')(observation)).toBe('Job')
    expect(fieldReader('labels.a.b/c')(observation)).toBe('x')
    expect(fieldReader('labels.constructor')(observation)).toBeUndefined()
    expect(() => fieldReader('nope')).toThrow('"nope" is not a field')
  })

  it('has aliases that lead to fields and hide none', () => {
    for (const [alias, name] of Object.entries(ALIASES)) {
      expect(resolveField(alias)?.name).toBe(name)
      expect(FIELDS.map((field) => field.name)).not.toContain(alias)
    }
    expect(resolveField('name')?.name).toBe('name')
    expect(resolveField('constructor')).toBeNull()
  })

  it('groups by entries of a map, not by maps, notes or times', () => {
    const groupable = (name: string) => {
      const field = resolveField(name)
      return field !== null && isGroupable(field)
    }
    expect(['reason', 'labels.app', 'metadata.image', 'count'].every(groupable)).toBe(true)
    expect(['labels', 'note', 'lastObserved', 'flags', 'id'].some(groupable)).toBe(false)
  })
})
