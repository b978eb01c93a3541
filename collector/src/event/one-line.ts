/**
 * A text of other people that neither breaks a line nor steers the terminal: white space becomes a space, and what steers is shown
 * (`␛` for ESC, `␇` for BEL, `<U+202E>` for marks that turn the direction of writing).
 */
export function oneLine(text: string): string {
  return text.replace(/[\t-\r\p{Zl}\p{Zp}\u0085]+/gu, ' ').replace(STEERING, shownMark)
}

const STEERING = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Where the pictures of control characters begin; that of DEL stands apart. */
const PICTURES = 0x2400

function shownMark(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(PICTURES + code)
  return code === 0x7f ? '␡' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
