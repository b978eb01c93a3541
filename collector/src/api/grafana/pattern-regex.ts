/** One alternative of a simple regular expression: a plain text, or a pattern of `like` filters. */
export type Alternative =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'like'; readonly pattern: string }

/** Characters with a meaning in regular expressions that filters have no word for. */
const BEYOND = /[()[\]{}+*?^$]/

/**
 * What a regular expression of Grafana says, where filters can say the same: alternatives of literals with `.`, `.*` and
 * `.+`, as variables with several values and most people write them. Anchored as Loki and Prometheus do. Null for all else.
 */
export function readRegex(regex: string): readonly Alternative[] | null {
  const bare = /^\^?(.*?)\$?$/s.exec(regex)?.[1] ?? ''
  const inner = /^\((?:\?:)?([^()]*)\)$/s.exec(bare)?.[1] ?? bare
  const alternatives = splitAlternatives(inner).map(readAlternative)
  return alternatives.includes(null) ? null : alternatives.filter((each) => each !== null)
}

/** Cuts at `|` that no backslash stands before. */
function splitAlternatives(text: string): readonly string[] {
  const parts = ['']
  for (const [token] of text.matchAll(/\\.|./gs)) {
    if (token === '|') parts.push('')
    else parts[parts.length - 1] += token
  }
  return parts
}

function readAlternative(text: string): Alternative | null {
  let plain = ''
  let pattern = ''
  let hasWildcards = false
  for (const [token] of text.matchAll(/\\.|\.[*+]?|[^\\.]|\\$/gs)) {
    const wildcard = { '.': '?', '.*': '*', '.+': '?*' }[token]
    if (wildcard !== undefined) {
      hasWildcards = true
      pattern += wildcard
      continue
    }
    const literal = token.length === 2 ? token.slice(1) : token
    // An escaped letter is a class (\d, \w, \b), a single backslash an error.
    if (token === '\\' || (token.length === 2 && /[A-Za-z0-9]/.test(literal)) || (token.length === 1 && BEYOND.test(token))) return null // prettier-ignore
    plain += literal
    pattern += literal.replace(/[\\*?]/, '\\$&')
  }
  return hasWildcards ? { kind: 'like', pattern } : { kind: 'text', text: plain }
}
