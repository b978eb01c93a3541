import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CAUSATIONS, type Causation } from './causations.ts'

const PAGE = new URL('../../../docs/correlation.md', import.meta.url)

function row({ number, cause, effect, link, fromSeconds, toSeconds, trust, words }: Causation): string {
  const end = ({ kind = 'any', reasons }: Causation['cause']): string => `${kind}: ${reasons.join(', ')}`
  return `| ${String(number)} | ${end(cause)} | ${end(effect)} | ${link} | ${String(fromSeconds)} … ${String(toSeconds)} s | ${trust} | ${words} |`
}

describe('causations', () => {
  it('are listed on the page about correlation', () => {
    const table = [
      '| causation | cause | effect | same | effect starts | trust | in words |',
      '|---|---|---|---|---|---|---|',
      ...CAUSATIONS.map(row),
    ].join('\n')
    const [, listed] = /<!-- causations -->\n([^]*?)\n?<!-- \/causations -->/.exec(readFileSync(PAGE, 'utf8')) ?? []
    expect(listed).toBe(table)
  })

  it('have a window that is not empty, and words', () => {
    for (const { fromSeconds, toSeconds, words, cause, effect } of CAUSATIONS) {
      expect(fromSeconds).toBeLessThan(toSeconds)
      expect(words).not.toBe('')
      expect([...cause.reasons, ...effect.reasons]).not.toContain('')
    }
  })

  it('are remembered for longer than their longest window', () => {
    expect(Math.max(...CAUSATIONS.map(({ toSeconds }) => toSeconds))).toBeLessThanOrEqual(3_600)
  })
})
