import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CHAINS, type Chain } from './chains.ts'

const PAGE = new URL('../../../docs/correlation.md', import.meta.url)

function row({ number, cause, effect, link, fromSeconds, toSeconds, trust, words }: Chain): string {
  const end = ({ kind = 'any', reasons }: Chain['cause']): string => `${kind}: ${reasons.join(', ')}`
  return `| ${String(number)} | ${end(cause)} | ${end(effect)} | ${link} | ${String(fromSeconds)} … ${String(toSeconds)} s | ${trust} | ${words} |`
}

describe('chains', () => {
  it('are listed on the page about correlation', () => {
    const table = [
      '| chain | cause | effect | same | effect starts | trust | in words |',
      '|---|---|---|---|---|---|---|',
      ...CHAINS.map(row),
    ].join('\n')
    const [, listed] = /<!-- chains -->\n([^]*?)\n?<!-- \/chains -->/.exec(readFileSync(PAGE, 'utf8')) ?? []
    expect(listed).toBe(table)
  })

  it('have a window that is not empty, and words', () => {
    for (const { fromSeconds, toSeconds, words, cause, effect } of CHAINS) {
      expect(fromSeconds).toBeLessThan(toSeconds)
      expect(words).not.toBe('')
      expect([...cause.reasons, ...effect.reasons]).not.toContain('')
    }
  })

  it('are remembered for longer than their longest window', () => {
    expect(Math.max(...CHAINS.map(({ toSeconds }) => toSeconds))).toBeLessThanOrEqual(3_600)
  })
})
