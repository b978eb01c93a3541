import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundedJson } from './bounded.ts'

interface Bounded {
  readonly rows?: readonly { readonly note: string }[]
  readonly cursor?: string | null
  readonly leftOut?: readonly string[]
}

const answerOf = (rows: number, length: number) => ({
  total: rows,
  cursor: 'next',
  rows: Array.from({ length: rows }, (_, number) => ({ note: 'x'.repeat(length), number, rest: { gone: true } })),
})

const bounded = (answer: object, most?: number) => JSON.parse(boundedJson(answer, most)) as Bounded

describe('an answer of bounded length', () => {
  it('is whole where it fits, but for what says nothing', () => {
    expect(bounded(answerOf(2, 3))).toEqual({
      total: 2,
      cursor: 'next',
      rows: [0, 1].map((number) => ({ note: 'xxx', number })),
    })
  })

  it('says how much of which list was cut, and has no cursor that passes over it', () => {
    const { rows = [], cursor, leftOut = [] } = bounded(answerOf(100, 500), 10_000)
    expect(rows.length).toBe(10)
    expect(cursor).toBeNull()
    expect(leftOut[0]).toBe('90 of rows are left out.')
  })

  it('keeps numbers in a row whole: a calendar with holes is wrong', () => {
    const hours = new Array<number>(24).fill(1)
    expect(bounded({ hours, rows: answerOf(100, 500).rows }, 5_000)).toMatchObject({ hours })
  })

  it('tears no character', () => {
    const [row] = bounded({ rows: [{ note: '🙂'.repeat(1_000) }] }).rows ?? []
    expect(row?.note.isWellFormed()).toBe(true)
  })

  it('fits whatever the answer is', () => {
    const most = 3_000
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.array(fc.object({ maxDepth: 3 })), { maxKeys: 20 }), (answer) => {
        const json = boundedJson(answer, most)
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(most)
        expect(typeof JSON.parse(json)).toBe('object')
      }),
    )
  })
})
