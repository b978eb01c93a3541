/**
 * The tokens of a note, in order: maximal runs of Unicode letters and digits (general categories L and N), lower-cased.
 * `[\p{L}\p{N}]+` means the same in RE2, so DuckDB finds the same boundaries; Elasticsearch gets these tokens ready-made.
 */
export function noteTokens(text: string): readonly string[] {
  // Lower case changes nothing about what is a letter.
  return lowerCase(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

/**
 * Lower case, code point by code point: what DuckDB's `lower` does. JavaScript's own looks at neighbours (a sigma at the
 * end of a word) and makes two code points of U+0130, where this makes `i`.
 */
export function lowerCase(text: string): string {
  if (isAscii(text)) return text.toLowerCase()
  let lowered = ''
  for (const character of text) lowered += character === '\u0130' ? 'i' : character.toLowerCase()
  return lowered
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false
  return true
}

/** Whether `words` stand next to one another in `tokens`; with `lastIsPrefix` the last may be longer. */
export function containsWords(tokens: readonly string[], words: readonly string[], lastIsPrefix: boolean): boolean {
  const last = words.length - 1
  for (let start = 0; start + last < tokens.length; start++) {
    const matches = words.every((word, index) => {
      const token = tokens[start + index] ?? ''
      return index === last && lastIsPrefix ? token.startsWith(word) : token === word
    })
    if (matches) return true
  }
  return false
}
