import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPositioned, type Positioned } from './positioned.ts'

/** The value under keys of maps. */
function under(node: Positioned | null, ...keys: readonly string[]): Positioned {
  let current = node
  for (const key of keys)
    current = current?.value instanceof Map ? (current.value.get(key) as { value: Positioned }).value : null
  if (current === null) throw new Error(`nothing under ${keys.join('.')}`)
  return current
}

describe('YAML with places', () => {
  it('knows line and column of each character of a text on one line', () => {
    const { root } = readPositioned('a:\n  b: "xyz"\n  c: plain\n')
    expect(under(root, 'a', 'b').at(1)).toEqual({ line: 2, column: 8 })
    expect(under(root, 'a', 'c').at(2)).toEqual({ line: 3, column: 8 })
  })

  it('knows line and column of each character of a block', () => {
    const { root } = readPositioned('when: |\n  first &&\n    second\nnext: 1\n')
    const block = under(root, 'when')
    expect(block.value).toBe('first &&\n  second\n')
    expect(block.at(0)).toEqual({ line: 2, column: 3 })
    expect(block.at('first &&\n  sec'.length)).toEqual({ line: 3, column: 8 })
  })

  it('names the first line of a folded text, whose line ends are lost', () => {
    const { root } = readPositioned('when: >-\n  first &&\n  second\n')
    expect(under(root, 'when').at(10)).toEqual({ line: 1, column: 7 })
  })

  it.each([
    ['a: [1', 1],
    ['a: 1\na: 2', 2],
    ['a: b: c', 1],
    ['a: *nowhere', 1],
    ['a: &x 1\nb: *x', 2],
  ])('tells where %j is wrong', (text, line) => {
    const { root, mistakes } = readPositioned(text)
    expect(root).toBeNull()
    expect(mistakes[0]?.line).toBe(line)
    expect(mistakes[0]?.fix).not.toBe('')
  })

  it('takes an empty file for nothing', () => {
    expect(readPositioned('').root?.value).toBeNull()
    expect(readPositioned('# only a comment\n').root?.value).toBeNull()
  })

  it('does not read a file of more than a million characters', () => {
    expect(readPositioned(`a: ${'x'.repeat(1_000_000)}`).mistakes[0]?.what).toContain('at most 1000000 are read')
  })

  it('never crashes, whatever the file holds', () => {
    const piece = fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '"',
      "'",
      '[',
      '{',
      '}',
      ']',
      '|',
      '>',
      '&x',
      '*x',
      '!!',
      '#',
      '\0',
      '\t',
      '? ',
      '---',
      '<<',
    )
    const text = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.array(piece, { maxLength: 30 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (source) => {
        const { root, mistakes } = readPositioned(source)
        expect(root === null).toBe(mistakes.length > 0)
      }),
      { numRuns: 2_000 },
    )
  }, 60_000)
})
