import { compileRegex, RegexError } from '../expression/linear-regex.ts'
import type { Labels } from '../event/alert.ts'

/** A condition on one label. */
export interface Matcher {
  readonly label: string
  matches(labels: Labels): boolean
}

/** A matcher cannot be read. `fix` says what to write instead. */
export class MatcherError extends Error {
  override readonly name = 'MatcherError'
  readonly code = 'WRONG_MATCHER'
  readonly fix: string

  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

const SHAPE = /^\s*([A-Za-z_]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^"{},\s]*))\s*$/
const LONGEST = 1_000

/**
 * Reads a condition as Alertmanager writes it: `namespace="shop"`, `!=`, `=~` and `!~` with a regular expression (RE2) for the whole
 * value. A label that is not there is an empty one.
 *
 * @throws MatcherError it is none.
 */
export function parseMatcher(text: string): Matcher {
  const [, label, operator, quoted, bare] = text.length > LONGEST ? [] : (SHAPE.exec(text) ?? [])
  if (label === undefined || operator === undefined) {
    throw new MatcherError(
      `"${text.slice(0, 60)}" is not a condition on a label.`,
      'Use for example namespace="shop" or severity=~"high|critical".',
    )
  }
  const value =
    quoted === undefined
      ? (bare ?? '')
      : quoted.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
  const test = operator.includes('~') ? wholeRegex(value) : (actual: string) => actual === value
  const isWanted = !operator.startsWith('!')
  return { label, matches: (labels) => test(labels[label] ?? '') === isWanted }
}

function wholeRegex(source: string): (text: string) => boolean {
  try {
    const regex = compileRegex(`^(?:${source})$`)
    return (text) => regex.test(text)
  } catch (error) {
    if (error instanceof RegexError) throw new MatcherError(error.message, error.fix)
    throw error
  }
}
