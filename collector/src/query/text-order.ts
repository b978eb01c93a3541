/**
 * Order of texts by Unicode code point: negative, zero or positive like a comparator.
 *
 * This is the order of UTF-8 bytes, so DuckDB and Elasticsearch sort alike. JavaScript's `<` compares UTF-16 units and
 * puts U+1F600 before U+FF01.
 */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Order of keys: element by element. */
export function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const order = compareText(text, b[index] ?? '')
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all others, so they go last. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
