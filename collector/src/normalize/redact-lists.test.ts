import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

const redactor = createRedactor({ enabled: true, keys: [] })

const ALPHABETS: Readonly<Record<string, string>> = {
  a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  A: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  h: '0123456789abcdef',
  d: '123456789',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
}

const linesOf = (name: string) =>
  readFileSync(new URL(`credentials/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

/** Fills in the credentials of a line, the same for the same seed. */
function filled(line: string, seed: number): string {
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const text = line.replace(/\{([aAhdb])(\d+)\}/g, (_, alphabet: string, length: string) => {
    const letters = ALPHABETS[alphabet] ?? ''
    return Array.from({ length: Number(length) }, () => letters.charAt(next(letters.length))).join('')
  })
  return text.replaceAll('\\n', '\n')
}

describe('lists of texts', () => {
  const found = linesOf('found.txt')
  const harmless = linesOf('harmless.txt')

  it('are long enough to measure', () => {
    expect([found.length >= 200, harmless.length >= 200]).toEqual([true, true])
    expect([new Set(found).size, new Set(harmless).size]).toEqual([found.length, harmless.length])
  })

  it.each([1, 2, 3, 4, 5])('with credentials lose at least 95 in 100 of them, seed %i', (seed) => {
    const survived = found.filter((line, index) => {
      const marked = filled(line, seed * 1_000 + index)
      const secret = marked.slice(marked.indexOf('«') + 1).split('»')[0] ?? ''
      const text = redactor.text(marked.replace(/[«»]/g, ''))
      return text.includes(secret.slice(0, 6)) || text.includes(secret.slice(-6))
    })
    expect(survived.length / found.length, survived.join('\n')).toBeLessThanOrEqual(0.05)
  })

  it('without credentials stay as they are, at least 98 in 100', () => {
    const destroyed = harmless.map((line) => redactor.text(line)).filter((text, index) => text !== harmless[index])
    expect(destroyed.length / harmless.length, destroyed.join('\n')).toBeLessThanOrEqual(0.02)
  })
})
