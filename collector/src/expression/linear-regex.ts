import { RE2JS } from 're2js'

/** A regular expression in RE2 syntax. Matching takes time linear in the text, whatever the expression. */
export interface LinearRegex {
  readonly source: string
  /** Whether it is found anywhere in `text`. Anchor it with `^` and `$` for the whole. */
  test(text: string): boolean
  /** The named groups of the first find, those that took part; null when nothing is found. */
  find(text: string): Readonly<Record<string, string>> | null
}

/** A regular expression that cannot be compiled. `message` says why, `fix` what to write instead. */
export class RegexError extends Error {
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.name = 'RegexError'
    this.fix = fix
  }
}

/** Longest regular expression accepted, in characters: longer ones are data. */
export const MAX_REGEX_CHARACTERS = 1_000

/**
 * Compiles a regular expression in RE2 syntax: no look-around and no back-references, since they cannot be linear.
 *
 * @throws RegexError when it is not valid or too long.
 */
export function compileRegex(source: string): LinearRegex {
  if (source.length > MAX_REGEX_CHARACTERS) {
    throw new RegexError(
      `The pattern has ${source.length} characters; at most ${MAX_REGEX_CHARACTERS} are allowed.`,
      'Split it into several rules.',
    )
  }
  const compiled = compile(source)
  return {
    source,
    test: (text) => compiled.test(text),
    find(text) {
      const matcher = compiled.matcher(text)
      if (!matcher.find()) return null
      const groups = Object.entries(matcher.getNamedGroups())
      return Object.fromEntries(groups.filter((group): group is [string, string] => group[1] !== null))
    },
  }
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace('error parsing regexp: ', '') : String(cause)
    throw new RegexError(`"${source}" is not a regular expression: ${reason}.`, fixOf(source, reason))
  }
}

function fixOf(source: string, reason: string): string {
  if (source.startsWith('*') || source.includes('|*')) return globFix(source)
  if (reason.includes('Perl syntax'))
    return 'Write it without look-around: several conditions joined by && do the same.'
  if (reason.includes('escape sequence'))
    return 'Write a backslash before a special character only; \\1 and the like are not supported.'
  return 'See the RE2 syntax. A literal text needs no pattern: use contains(), startsWith() or ==.'
}

/**
 * The fix for a pattern that reads like a file glob (`jenkins*`, `*test*|*temp*`), or null. As a regular expression
 * `jenkins*` means "jenkin" and any number of "s", which nobody who writes it means.
 */
export function globSuspicion(source: string): string | null {
  const isPlain = /^[\w*?|./:-]{1,1000}$/.test(source)
  const hasStarAfterWord = /[\w-]\*(?:$|[|./:-])/.test(source)
  return isPlain && hasStarAfterWord ? globFix(source) : null
}

function globFix(source: string): string {
  const parts = source.split('|').map((part) => {
    const word = part.replaceAll('*', '')
    if (part.startsWith('*')) return part.endsWith('*') ? `contains("${word}")` : `endsWith("${word}")`
    return part.endsWith('*') ? `startsWith("${word}")` : `== "${word}"`
  })
  const globs = source.split('|').map((part) => `"${part}"`)
  return `It looks like a glob. In "when" write ${parts.join(' or ')}; in a filter write for example namespaces: [${globs.join(', ')}].`
}
