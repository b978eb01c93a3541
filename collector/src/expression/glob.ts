/** Characters that have a meaning in a regular expression and none in a glob or in a Kubernetes name. */
const REGULAR_EXPRESSION_CHARACTERS = /[\\^$|()[\]{}+?]/

/** Why `glob` cannot be meant as one, with the fix; null when it can. */
export function globMistake(glob: string): { readonly what: string; readonly fix: string } | null {
  if (glob === '') return { what: 'An empty text matches nothing.', fix: 'Leave it out, or write * for any value.' }
  const found = REGULAR_EXPRESSION_CHARACTERS.exec(glob)?.[0]
  if (found === undefined) return null
  const alternatives = glob.split('|').map((part) => `"${part}"`)
  const fix =
    found === '|'
      ? `Write a list: [${alternatives.join(', ')}].`
      : 'Use * for any text, or a rule with when: event.namespace.re2("…").'
  return { what: `"${glob}" is read as a glob, where only * is special; "${found}" would never match.`, fix }
}

/**
 * Compiles a glob: `*` stands for any text, also none, everything else for itself, and the whole value has to match.
 * Linear in the value: each piece between stars is searched once, from left to right.
 */
export function compileGlob(glob: string): (value: string) => boolean {
  const [first = '', ...rest] = glob.split('*')
  const last = rest.pop()
  if (last === undefined) return (value) => value === first
  const middle = rest.filter((piece) => piece !== '')
  return (value) => {
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false
    const end = value.length - last.length
    let from = first.length
    for (const piece of middle) {
      const at = value.indexOf(piece, from)
      if (at < 0 || at + piece.length > end) return false
      from = at + piece.length
    }
    return true
  }
}
