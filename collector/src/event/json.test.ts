import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_LEVELS, parseJson } from './json.ts'

const nested = (levels: number) => '{"a":['.repeat(levels / 2) + ']}'.repeat(levels / 2)

describe('JSON of others', () => {
  it('is parsed as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
    expect(parseJson(nested(MOST_LEVELS))).toBeDefined()
    expect(parseJson(JSON.stringify({ note: '[{"'.repeat(1_000) }))).toBeDefined()
    expect(parseJson(`[${'{},'.repeat(1_000)}{}]`)).toHaveLength(1_001)
  })

  it('is refused when it is too deep, before memory is spent on it', () => {
    expect(() => parseJson(nested(MOST_LEVELS + 2))).toThrow('nested in more than 200 levels')
    const before = process.memoryUsage().rss
    expect(() => parseJson('['.repeat(16_000_000))).toThrow(SyntaxError)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  it('is refused when it is none', () => {
    for (const text of ['', '{', '{"a":1', ']', '['.repeat(300)]) expect(() => parseJson(text)).toThrow(SyntaxError)
  })
})
