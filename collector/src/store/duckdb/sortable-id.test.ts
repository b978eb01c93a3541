import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOfUuid, isSortableId, uuidOfId } from './sortable-id.ts'

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('base64url'))

describe('an id as a sortable UUID', () => {
  it('comes back as the same text', () => {
    fc.assert(
      fc.property(id, (text) => {
        expect(idOfUuid(uuidOfId(text))).toBe(text)
      }),
    )
  })

  it('sorts like the text', () => {
    fc.assert(
      fc.property(id, id, (a, b) => {
        expect(uuidOfId(a) < uuidOfId(b)).toBe(a < b)
      }),
    )
  })

  it('is refused where the text is not sixteen bytes of base64url', () => {
    for (const text of ['', 'AAAA', `${'A'.repeat(21)}B`, `${'A'.repeat(21)}/`, 'A'.repeat(23)]) {
      expect(isSortableId(text)).toBe(false)
    }
    expect(isSortableId('A'.repeat(22))).toBe(true)
  })
})
