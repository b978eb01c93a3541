import { replaceShapes } from './credential-shapes.ts'
import { isNumberOrPath, isObjectName, isRandom, isWord } from './credential-values.ts'

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
const PASSWORDS = 'pass(?:word|wd|phrase)|pwd|rootpw|requirepass|(?<![a-z])pass'

/** What names a credential where a value is assigned to it: `token=x`, `"client_secret": "x"`, `--api-key x`. */
const PARAMETERS =
  'secret|token|credentials?|signature|(?:api|access|private|account|shared|auth|signing|encryption|license)[_-]?key|dockerconfigjson'
const KEY_SUFFIX = '(?:[_-]?(?:access[_-]?)?key)?'

/** Up to three quoting levels of JSON in JSON. */
const QUOTE = String.raw`\\{0,7}["']`
const ASSIGNMENT = String.raw`(?:${QUOTE})?\s{0,3}=\s{0,3}`
const JSON_COLON = String.raw`${QUOTE}\s{0,3}:\s{0,3}(?=${QUOTE})`

/** A whole value: bare `secret` and `credentials` are left out, because such keys often hold the name of a Secret. */
const SECRET_KEY = `(?:${PASSWORDS}|token|(?:api|access|private|secret|secret[_-]?access)[_-]?key|client[_-]?secret)$`

/** The header, in any notation, up to its value; and schemes whose values are lists, which end with the line. */
const AUTHORIZATION =
  /(authorization["']?\s{0,3}[:=]\s{0,3}\[?(?:\\{0,7}["'])?)(?:((?:digest|hawk|googlelogin|aws4-hmac-sha256)\s)[^\n]*|((?:bearer|basic|token|apikey|negotiate|ntlm)\s{1,3})?([^\s"',\\]+))/gi
const SCHEME = /\b((?:bearer|basic|apikey|negotiate)\s{1,3}(?:token\s{1,3})?)([^\s"',;\\]+)/gi
const COOKIE = /(cookie["']?\s{0,3}:\s{0,3}["']?)[^\n"'=]{0,200}=[^\n"']*/gi

/** A user name of this length without a password is taken for a token: `https://<token>@host`. */
const TOKEN_LENGTH = 20

/** How far beyond the first slash a password with an unescaped slash is looked for. */
const PASSWORD_LENGTH = 256

/** A redactor that finds credentials in URLs, parameters and headers. Host, user and the words around them stay. */
export function createRedactor({ enabled, keys }: RedactionOptions): Redactor {
  if (!enabled) return { text: (text) => text, isSecretKey: () => false }
  const own = keys.filter((key) => key !== '').map((key) => `|${escapeRegex(key)}`)
  const parameter = new RegExp(
    `(?:(${PASSWORDS}${own.join('')})|(${PARAMETERS}|\\bsig|(?<![a-z])auth)${KEY_SUFFIX})(?:(${ASSIGNMENT}|${JSON_COLON})|((?:${QUOTE})?:\\s{0,3}(?:\\[(?=["']))?)|(\\s{1,3}))`,
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
    const value = valueRange(text, parameter.lastIndex)
    if (value.start === value.end || !isCredential(text, match, text.slice(value.start, value.end))) continue
    result += text.slice(done, value.start) + REDACTED
    done = value.end
    parameter.lastIndex = done
  }
  return done === 0 ? text : result + text.slice(done)
}

/** Whether what stands after a name is a credential: by how it stands there, and by what it looks like. */
function isCredential(text: string, match: RegExpExecArray, value: string): boolean {
  const [, password, parameter = '', assignment, colon] = match
  if (assignment === undefined && colon === undefined) return isOption(text, match.index) || isRandom(value)
  // No name or word is that long, and looking at each again and again would take the square of the time.
  if (value.length > LONGEST_NAME) return true
  if (isWord(value)) return false
  if (password !== undefined) return !(SHORT_NAME.test(password) && isNumberOrPath(value))
  if (isNumberOrPath(value)) return false
  if (assignment === undefined || /^auth$/i.test(parameter)) return isRandom(value)
  return !(/^secret$/i.test(parameter) && !isQualified(text, match.index) && isObjectName(value))
}

/** Of the name of a Kubernetes object with its namespace, and of paths. */
const LONGEST_NAME = 512

/** Names that stand for other things as well: a count of tests, a working directory. */
const SHORT_NAME = /^(?:pass|pwd)$/i

/** `client_secret` holds a secret, `imagePullSecret` the name of one. */
function isQualified(text: string, position: number): boolean {
  return /(?:[_-]|client)$/i.test(text.slice(Math.max(0, position - 6), position))
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
  let result = text
  if (/authorization/i.test(result)) result = result.replace(AUTHORIZATION, withoutAuthorization)
  result = result.replace(SCHEME, (all: string, head: string, value: string) =>
    isRandom(value) ? head + REDACTED : all,
  )
  if (/cookie/i.test(result)) result = result.replace(COOKIE, `$1${REDACTED}`)
  return replaceShapes(result, REDACTED)
}

function withoutAuthorization(all: string, head: string, list?: string, scheme?: string, value = ''): string {
  if (list !== undefined) return head + list + REDACTED
  if (scheme === undefined ? !isRandom(value) : isWord(value)) return all
  return head + (scheme ?? '') + REDACTED
}

function endOf(text: string, start: number, ends: RegExp): number {
  ends.lastIndex = start
  const match = ends.exec(text)
  return match === null ? text.length : match.index
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}
