import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tableLines, type Column } from './table.ts'
import { cutMiddle, oneLine, width, wrapped } from './text.ts'

interface Row {
  readonly reason: string
  readonly where: string
  readonly note: string
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'WHERE', of: ({ where }) => where, cut: 'middle' },
  { title: 'TREND', of: () => '▁▂▃▄▅▆▇█▁▂▃▄', goes: 1 },
  { title: 'NOTE', of: ({ note }) => note, cut: 'end', goes: 2 },
]

const rows = fc.array(
  fc.record({
    reason: fc.stringMatching(/^[A-Z][a-zA-Z]{0,39}$/),
    where: fc.stringMatching(/^[a-z-]{0,90}$/),
    note: fc.string({ maxLength: 120 }).map(oneLine),
  }),
  { minLength: 1, maxLength: 6 },
)

describe('a table', () => {
  it('stays within the terminal, and never cuts a reason', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 60, max: 160 }), (some, columns) => {
        const lines = tableLines(some, COLUMNS, { columns, hasTitle: true })
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns)
        some.forEach(({ reason }, index) => expect(lines[index + 1]).toMatch(new RegExp(`^${reason}(  |$)`)))
      }),
    )
  })

  it('cuts nothing where no terminal shows it', () => {
    fc.assert(
      fc.property(rows, (some) => {
        const lines = tableLines(some, COLUMNS, { columns: Infinity, hasTitle: false })
        some.forEach(({ where, note }, index) => {
          expect(lines[index]).toContain(where)
          expect(lines[index]?.endsWith(note.trimEnd())).toBe(true)
        })
      }),
    )
  })

  const row = {
    reason: 'FailedAttachVolume',
    where: 'shop/payments-6f7c9d8b5-x2k9p',
    note: 'Multi-Attach error for volume "pvc-1"',
  }

  it.each([
    [120, 'REASON              WHERE                          TREND         NOTE'],
    [100, 'REASON              WHERE                          TREND         NOTE'],
    [80, 'REASON              WHERE                          NOTE'],
    [60, 'REASON              WHERE                       TREND'],
    [50, 'REASON              WHERE'],
  ])('leaves out the trend first: %i columns', (columns, title) => {
    expect(tableLines([row], COLUMNS, { columns, hasTitle: true })[0]).toBe(title)
  })
})

describe('a name that is too long', () => {
  it('keeps both of its ends', () => {
    expect(cutMiddle('payments-6f7c9d8b5-x2k9p', 15)).toBe('payment…5-x2k9p')
    expect(cutMiddle('short', 15)).toBe('short')
  })
  it('takes no more columns than it may', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 2, max: 40 }),
        (text, columns) => width(cutMiddle(text, columns)) <= columns,
      ),
    )
  })
})

describe('text of other people', () => {
  it('shows what would steer the terminal', () => {
    expect(oneLine('a\u001b[2J\u0007\u007f\u009b\u202e\u061cb\tc\r\nd')).toBe('a␛[2J␇␡<U+009B><U+202E><U+061C>b c d')
  })
  it('steers nothing, whatever it is', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom('\u001b', '\u0007', '\u202e', '\u2028', '\n', '\u0085', '\u200f'),
        fc.string({ minLength: 1, maxLength: 1 }),
      ),
    })
    fc.assert(fc.property(hostile, (text) => !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}]/u.test(oneLine(text))))
  })
})

describe('a long line', () => {
  it('goes on in the next one, indented', () => {
    expect(wrapped('  api        one two three', 20, 13)).toEqual(['  api        one two', '             three'])
  })
  it('loses no word', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 })
    fc.assert(fc.property(words, fc.integer({ min: 15, max: 80 }), (each, columns) => {
      const lines = wrapped(each.join(' '), columns, 2)
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(each)
      for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns)
    })) // prettier-ignore
  })
})
