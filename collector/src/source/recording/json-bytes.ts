/** Bytes that matter in JSON text. */
export const BYTE = {
  newline: 10,
  quote: 34,
  comma: 44,
  colon: 58,
  openList: 91,
  backslash: 92,
  closeList: 93,
  openObject: 123,
  closeObject: 125,
} as const

export const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** 1 for every byte that is neither blank nor part of a string: it is looked at more closely. */
export const STRUCTURE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 9 || byte === 13 || byte === 32 ? 0 : 1,
)

/** Blanks, commas and the record separator of JSON text sequences (RFC 7464). */
export function isSeparator(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13 || byte === 30 || byte === BYTE.comma
}

export function countNewlines(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte === BYTE.newline) count++
  return count
}
