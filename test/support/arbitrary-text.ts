import fc from 'fast-check'

const codePoint = fc.oneof(
  fc.integer({ min: 0x20, max: 0x7e }),
  fc.integer({ min: 0, max: 0x4ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
  fc.integer({ min: 0x500, max: 0xd7ff }),
)

/**
 * Texts of any code points but halves of surrogate pairs, which no store keeps. (fast-check's own `unit: 'binary'` builds
 * a table of all of Unicode first, which takes a second.)
 */
export function texts(length: { readonly minLength?: number; readonly maxLength: number }): fc.Arbitrary<string> {
  return fc.array(codePoint, length).map((points) => String.fromCodePoint(...points))
}
