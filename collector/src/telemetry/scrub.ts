/** Fields whose values are somebody's data or secret: they never reach a log, wherever they stand. */
const SECRET_FIELD =
  /^(note|raw|rest|observation|annotations|authorization|cookie|headers|token|password|secret|credentials|kubeconfig)$/i

/** How deep fields are looked at; what lies deeper is left out. */
const MOST_LEVELS = 5

/** Longest text of one field. */
const MOST_CHARACTERS = 2_000

const REMOVED = '[removed]'

/** A copy of log fields without notes and secrets, bounded in depth and length. */
export function scrub(value: unknown, level = 0): unknown {
  if (typeof value === 'string') return scrubText(value)
  if (typeof value === 'bigint') return String(value)
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Error) return scrubError(value, level)
  if (level >= MOST_LEVELS) return REMOVED
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => scrub(item, level + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, SECRET_FIELD.test(key) ? REMOVED : scrub(field, level + 1)]),
  )
}

function scrubError(error: Error, level: number): unknown {
  const { name, message, cause } = error
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const causes = cause === undefined || level >= MOST_LEVELS ? {} : { cause: scrub(cause, level + 1) }
  return { type: name, message: scrubText(message), ...code, ...causes }
}

/** Text without credentials of URLs, bearer tokens, and without the piece of input that V8 quotes in JSON errors. */
function scrubText(text: string): string {
  return (
    text
      .slice(0, MOST_CHARACTERS)
      // Whatever a name holds, it neither begins a line of its own nor steers a terminal.
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
      .replace(/\/\/[^\s/@]+@/g, `//${REMOVED}@`)
      .replace(/\b(bearer)\s+\S+/gi, `$1 ${REMOVED}`)
      .replace(/\b(password|passwd|token|secret)=[^\s&]+/gi, `$1=${REMOVED}`)
      .replace(/(Unexpected \S+(?: '.{1,2}')?)[\s\S]* is not valid JSON/, '$1: not valid JSON')
  )
}
