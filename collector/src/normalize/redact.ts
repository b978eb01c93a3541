export interface RedactionOptions {
  readonly enabled: boolean
  /** More names of parameters and keys whose values are removed, beside the built-in ones. Literal, in any case. */
  readonly keys: readonly string[]
}

/** Removes credentials from text. */
export interface Redactor {
  /** The text with each credential replaced by `[redacted]`. Time grows with the length of the text, not faster. */
  text(text: string): string
  /** Whether the whole value under this key is a credential. */
  isSecretKey(key: string): boolean
}

export const REDACTED = '[redacted]'

/** What stands for a password alone, so that a bare `password: x` in prose is one as well. */
const PASSWORDS = 'pass(?:word|wd|phrase)|pwd'

/** What names a credential where a value is assigned to it: `token=x`, `"client_secret": "x"`, `--api-key x`. */
const PARAMETERS = 'secret|token|credentials?|signature|(?:api|access|private|account|shared)[_-]?key'
const KEY_SUFFIX = '(?:[_-]?(?:access[_-]?)?key)?'

/** Up to three quoting levels of JSON in JSON. */
const QUOTE = String.raw`\\{0,7}["']`
const ASSIGNMENT = String.raw`(?:${QUOTE})?\s{0,3}=\s{0,3}`
const JSON_COLON = String.raw`${QUOTE}\s{0,3}:\s{0,3}(?=${QUOTE})`

/** A whole value: bare `secret` and `credentials` are left out, because such keys often hold the name of a Secret. */
const SECRET_KEY = `(?:${PASSWORDS}|token|(?:api|access|private|secret|secret[_-]?access)[_-]?key|client[_-]?secret)$`

/** Tokens that are known by their shape: JSON web tokens, GitHub, GitLab and Slack tokens. */
const KNOWN_TOKEN =
  /(?<![\w-])(?:eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?|(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[\w-]{10,})/g
const AUTHORIZATION = /(authorization["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:bearer|basic|token)\s{1,3})?)[^\s"',]+/gi

/** A user name of this length without a password is taken for a token: `https://<token>@host`. */
const TOKEN_LENGTH = 20

/** How far beyond the first slash a password with an unescaped slash is looked for. */
const PASSWORD_LENGTH = 256

/** A redactor that finds credentials in URLs, parameters and headers. Host, user and the words around them stay. */
export function createRedactor({ enabled, keys }: RedactionOptions): Redactor {
  if (!enabled) return { text: (text) => text, isSecretKey: () => false }
  const own = keys.filter((key) => key !== '').map((key) => `|${escapePattern(key)}`)
  const parameter = new RegExp(
    `(?:(${PASSWORDS}${own.join('')})|${PARAMETERS}|\\bsig)${KEY_SUFFIX}(?:(${ASSIGNMENT}|${JSON_COLON})|(:\\s{0,3})|(\\s{1,3}))`,
    'gi',
  )
  const secretKey = new RegExp(`${SECRET_KEY}${own.map((key) => `${key}$`).join('')}`, 'i')
  return {
    text(text) {
      const withoutUrls = text.includes('://') ? redactUrls(text) : text
      const withoutParameters = redactParameters(withoutUrls, parameter)
      return redactTokens(withoutParameters)
    },
    isSecretKey: (key) => secretKey.test(key),
  }
}

function redactUrls(text: string): string {
  let result = ''
  let done = 0
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', Math.max(at + 3, done))) {
    const secret = urlSecret(text, at + 3)
    if (secret === null) continue
    result += text.slice(done, secret.start) + REDACTED
    done = secret.end
  }
  return done === 0 ? text : result + text.slice(done)
}

const AUTHORITY_END = /[\s/?#"'<>`\\]/g
const WORD_END = /[\s"'<>`]/g

/** The part of `user:secret@host` to remove, `start` being the first character after `://`. */
function urlSecret(text: string, start: number): { start: number; end: number } | null {
  let authority = text.slice(start, endOf(text, start, AUTHORITY_END))
  const colon = authority.indexOf(':')
  if (colon !== -1 && !authority.includes('@') && !/^\d*$/.test(authority.slice(colon + 1))) {
    const longer = text.slice(start, start + authority.length + PASSWORD_LENGTH)
    authority = longer.slice(0, endOf(longer, authority.length, WORD_END))
  }
  const at = authority.lastIndexOf('@')
  if (at === -1) return null
  if (colon !== -1 && colon < at) return colon + 1 < at ? { start: start + colon + 1, end: start + at } : null
  return at >= TOKEN_LENGTH ? { start, end: start + at } : null
}

function redactParameters(text: string, parameter: RegExp): string {
  let result = ''
  let done = 0
  parameter.lastIndex = 0
  for (let match = parameter.exec(text); match !== null; match = parameter.exec(text)) {
    const start = parameter.lastIndex
    const [, password, assignment, colon] = match
    const isAssigned = assignment !== undefined || (colon !== undefined && password !== undefined)
    if (!isAssigned && !(colon === undefined && isOption(text, match.index))) continue
    const value = valueRange(text, start)
    if (value.start === value.end) continue
    result += text.slice(done, value.start) + REDACTED
    done = value.end
    parameter.lastIndex = done
  }
  return done === 0 ? text : result + text.slice(done)
}

/** The longest option name that is looked at: `--client-secret x` is one, `secret x` is not. */
const OPTION_LENGTH = 32

function isOption(text: string, position: number): boolean {
  return /--[\w-]*$/.test(text.slice(Math.max(0, position - OPTION_LENGTH), position))
}

const VALUE_END = /[\s&"'<>`;,]/g

/** A quoted value ends at a quote of the same level, any other at a blank or separator. */
function valueRange(text: string, start: number): { start: number; end: number } {
  let position = start
  while (text[position] === '\\') position++
  const quote = text[position]
  if (quote === '"' || quote === "'") {
    const level = position - start
    for (let end = text.indexOf(quote, position + 1); end !== -1; end = text.indexOf(quote, end + 1)) {
      if (backslashesBefore(text, end) <= level) return { start: position + 1, end: end - level }
    }
    return { start: position + 1, end: endOf(text, position + 1, WORD_END) }
  }
  return { start, end: endOf(text, start, VALUE_END) }
}

function backslashesBefore(text: string, position: number): number {
  let count = 0
  while (text[position - 1 - count] === '\\') count++
  return count
}

function redactTokens(text: string): string {
  const withoutHeaders = /authorization/i.test(text) ? text.replace(AUTHORIZATION, `$1${REDACTED}`) : text
  return withoutHeaders.replace(KNOWN_TOKEN, REDACTED)
}

function endOf(text: string, start: number, ends: RegExp): number {
  ends.lastIndex = start
  const match = ends.exec(text)
  return match === null ? text.length : match.index
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
