import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlReport } from './html.ts'
import { markdownReport } from './markdown.ts'
import type { Cell, Report } from './report.ts'

function reportOf(text: string, cell: Partial<Cell> = {}): Report {
  return {
    title: text,
    facts: [text],
    sections: [
      {
        title: text,
        words: [text],
        chart: { words: text, starts: ['2026-11-10T00:00:00Z', text], series: [{ severity: text, counts: [2, 1] }] },
        table: {
          columns: [text, 'B'],
          rows: [
            [
              { text, share: 0.5 },
              { text, span: [0.2, 0.4], severity: text, ...cell },
            ],
          ],
        },
      },
    ],
  }
}

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt; &#60;',
  '</style><svg/onload=alert(1)>',
  '| a | b |',
  '[click](javascript:alert(1)) ![x](http://evil.example/x.png)',
  'http://evil.example www.evil.example <http://evil.example>',
  '# title\n\n* list\r\n> quote\u2028`code` *bold* _it_ ~~no~~ \\',
  '\u0000\u001b[31mred\u0007',
]
const text = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }))

describe('a report as HTML', () => {
  it('has no element, attribute or address that a text put into it', () => {
    fc.assert(
      fc.property(text, (hostile) => {
        const tagsOf = (html: string) => [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""').replaceAll(/ class=""/g, '')) // prettier-ignore
        const style = /<style>[^<]*<\/style>/
        expect(tagsOf(htmlReport(reportOf(hostile)).replace(style, ''))).toEqual(tagsOf(htmlReport(reportOf('plain')).replace(style, ''))) // prettier-ignore
      }),
    )
  })

  it('needs nothing from elsewhere, and lets nothing run', () => {
    const html = htmlReport(reportOf('plain'))
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(html).not.toMatch(/<script|https?:|url\(|@import|<link/)
  })

  it('has a bar for each time, as high as its share of the highest', () => {
    const chart = { words: 'Troubles', starts: ['2026-11-10T00:00:00Z', '2026-11-11T00:00:00Z'], series: [{ severity: 'high', counts: [4, 1] }] } // prettier-ignore
    const html = htmlReport({ title: 't', facts: [], sections: [{ title: 's', words: [], chart }] })
    const heights = [...html.matchAll(/height="([\d.]+)" fill="#cf222e"/g)].map(([, height]) => Number(height))
    expect(heights[0]).toBeCloseTo(4 * (heights[1] ?? 0), 0)
    expect(html).toContain('2026-11-10T00:00:00Z: 4 high')
  })

  it('has no picture where nothing was', () => {
    const chart = { words: 'Troubles', starts: ['2026-11-10T00:00:00Z'], series: [] }
    expect(htmlReport({ title: 't', facts: [], sections: [{ title: 's', words: [], chart }] })).not.toContain('<svg')
  })
})

describe('a report as Markdown', () => {
  it('has the lines and columns that it has, whatever the texts', () => {
    fc.assert(
      fc.property(text, (hostile) => {
        const lines = markdownReport(reportOf(hostile)).split('\n')
        expect(lines.length).toBe(markdownReport(reportOf('plain')).split('\n').length)
        const rows = lines.filter((line) => line.startsWith('| '))
        expect(rows.map((line) => line.split(/(?<!\\)\|/).length)).toEqual([4, 4, 4])
        expect(lines.join('\n')).not.toMatch(/[<>]|https?:|(?<!\\)\[|(?<!\\)`/i)
      }),
    )
  })
})
