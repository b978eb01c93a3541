import { plainNote } from '../event/note.ts'
import { isName, type Named } from './names.ts'

/** Longer notes say no more about their kind. What is masked as one may reach further: a list must not be cut within. */
const MAX_MASKED_CHARACTERS = 1_024
const MAX_SEARCHED_CHARACTERS = 4_096
const MAX_TOKENS = 96

/**
 * The note with what differs from case to case replaced: a quoted text by `"<text>"`, everything else by a word in angle
 * brackets that says what stood there. A function of the event alone, so that restarts, clusters and orders agree.
 *
 * @returns words, at most {@link MAX_TOKENS}; empty for an empty note.
 */
export function maskNote(event: Named): string[] {
  const text = maskSpans(plainNote(event.note).slice(0, MAX_SEARCHED_CHARACTERS))
  const words = text.slice(0, MAX_MASKED_CHARACTERS).split(WHITE_SPACE)
  const masked: string[] = []
  for (const word of words) {
    if (word === '') continue
    if (masked.length === MAX_TOKENS) {
      masked.push('…')
      break
    }
    const core = coreOf(word)
    masked.push(isName(event, core, masked.at(-1)) ? replaceCore(word, core, '<name>') : maskWord(word))
  }
  return masked
}

const WHITE_SPACE = /\s+/

/** Parts that may hold blanks. Each is looked for only where its first character occurs. */
function maskSpans(note: string): string {
  const hasAddress = note.includes('://')
  let text = hasAddress ? note.replace(QUOTED_URL, '<url>') : note
  if (text.includes('"')) text = text.replace(/"(?:[^"\\]|\\.)*"/g, '"<text>"')
  if (text.includes("'")) text = text.replace(/(?<![A-Za-z])'[^']*'/g, "'<text>'")
  if (text.includes('`')) text = text.replace(/`[^`]*`/g, '`<text>`')
  if (text.includes('{')) text = maskNested(text, /\{[^{}]*\}/g, '<json>')
  if (text.includes('->')) text = text.replaceAll('->', ' -> ')
  if (text.includes('[')) text = text.replace(/\[[0-9a-f]*:[0-9a-f:.]*\](?::\d+)?/gi, '<ip>')
  if (text.includes('[')) text = maskNested(text, /\[[^[\]]*\]/g, '<list>')
  if (hasAddress) text = text.replace(URL, (url) => `<url>${/[:;.]$/.exec(url)?.[0] ?? ''}`)
  if (text.includes('=')) text = text.replace(AMOUNT, '$1: <pairs>').replace(PAIRS, '<pairs>')
  if (REQUEST.test(text))
    text = text.replace(/(request[ _-]?id|trace[ _-]?id)(["']?\s*[:=]?\s*)[^\s,;)]+/gi, '$1$2<id>')
  return text
}

const QUOTED_URL = /(["'`])[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"'`]*\1/gi
const URL = /\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"',)]+/gi

/** `a=1,b=2`, also where the note was cut within the list. One pair alone keeps its key: `code=403`. */
const PAIR = String.raw`[A-Za-z][\w./-]{0,100}=[^\s,;"'=()<>]+`
const PAIRS = new RegExp(String.raw`(?<![\w./-])${PAIR}(?:, ?${PAIR})+(?:, ?[\w./-]{0,100}=?$)?`, 'g')

/** What a quota says is a list of pairs even when it is short. */
const AMOUNT = new RegExp(String.raw`\b(requested|used|limited): ${PAIR}(?![^\s,;])(?!, ?${PAIR})`, 'g')

const REQUEST = /(?:request|trace)[ _-]?id/i

/** Deepest nesting that is still replaced as one; deeper JSON leaves some of its outside standing. */
const DEEPEST_NESTING = 4

function maskNested(text: string, innermost: RegExp, replacement: string): string {
  let masked = text
  for (let depth = 0; depth < DEEPEST_NESTING; depth += 1) {
    const next = masked.replace(innermost, replacement)
    if (next === masked) break
    masked = next
  }
  return masked
}

const CORE = /^[("'[<]*(.*?)[)"'\],;:.!?>]*$/

function coreOf(word: string): string {
  return PLAIN_WORD.test(word) ? word : (CORE.exec(word)?.[1] ?? '')
}

function replaceCore(word: string, core: string, replacement: string): string {
  const at = word.indexOf(core)
  return word.slice(0, at) + replacement + word.slice(at + core.length)
}

const PLAIN_WORD = /^[A-Za-z]+$/

/** Letters, with the marks that stand beside words. */
const HARMLESS = /^[("'[]*[A-Za-z]+(?:-[A-Za-z]+)*[)"'\],;:.!?]*$/

/** Words remembered, so that most are masked once. Cleared when full. */
const MAX_REMEMBERED_WORDS = 8_192
const LONGEST_REMEMBERED_WORD = 128
const rememberedWords = new Map<string, string>()

function maskWord(word: string): string {
  if (PLAIN_WORD.test(word)) return word.length < LONG_WORD ? word : maskCore(word)
  if (word.length > LONGEST_REMEMBERED_WORD) return maskUnknown(word)
  const known = rememberedWords.get(word)
  if (known !== undefined) return known
  const masked = maskUnknown(word)
  if (rememberedWords.size >= MAX_REMEMBERED_WORDS) rememberedWords.clear()
  rememberedWords.set(word, masked)
  return masked
}

function maskUnknown(word: string): string {
  // What a span was replaced by stays; a wildcard that somebody wrote must not look like one of ours.
  if (word === '<*>') return '<text>'
  if (/<(?:text|json|list|pairs|url|id|ip)>/.test(word)) return word.replace(/\d+/g, '<n>')
  if (HARMLESS.test(word) && !RANDOM_SUFFIX.test(word)) return word.length < LONG_WORD ? word : maskCore(word)
  const core = coreOf(word)
  return replaceCore(word, core, maskCore(core))
}

/** Nothing that long is a word; a request id, a key or a hash is. */
const LONG_WORD = 28

/** Names that pods and volumes get: `-` and five letters without vowels. */
const RANDOM_SUFFIX = /-[bcdfghjklmnpqrstvwxz2456789]{5}\b/

// prettier-ignore
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, '<uuid>'],
  [/^(?:[\w./-]+@)?sha(?:256|512):[0-9a-f]{8,}$/i, '<digest>'],
  [/^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/, '<time>'],
  [/^\d\d?:\d\d(?::\d\d(?:\.\d+)?)?$/, '<time>'],
  [/^\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?:\/\d+)?$/, '<ip>'],
  [/^(?=.*:.*:)\[?[0-9a-f:.]*:[0-9a-f:.]+(?:%\w+)?\]?(?::\d+)?(?:\/\d+)?$/i, '<ip>'],
  [/^[+-]?\d+\/\d+$/, '<n>/<n>'],
  [/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/, '<duration>'],
  [/^[+-]?\d[\d,._]*(?:e[+-]?\d+)?%?$/i, '<n>'],
  [/^[+-]?\d+(?:\.\d+)?(?:[A-Za-zµ]{1,3}|bytes?)$/, '<n>'],
  [/^0x[0-9a-f]+$/i, '<hex>'],
  [/^(?=.*\d)[0-9a-f]{16,}$/i, '<hex>'],
  [/^\S+_\S+\(\S*$/, '<pod>'],
  [/^[\w.+-]+@[\w.-]+$/, '<name>'],
]

/** Words with digits that are words all the same. */
const TERMS =
  /^(?:x509|ipv[46]|http[123]?|http\/[\d.]+|k8s|i18n|oauth2|s3|ec2|tls1?|utf-?8|base64|md5|sha1|sha256|v\d(?:(?:alpha|beta)\d)?|ext[34]|nvme|arm64|amd64|c\+\+|h2|i\/o|n\/a|and\/or)$/i

function maskCore(core: string): string {
  if (core === '' || TERMS.test(core)) return core
  for (const [pattern, mask] of MASKS) if (pattern.test(core)) return mask
  const pair = /^([A-Za-z][A-Za-z._-]*)([=:]+)(.+)$/.exec(core)
  if (pair !== null) {
    const [, key = '', separator = '', value = ''] = pair
    return `${key}${separator}${maskValue(value)}`
  }
  const call = /^([A-Za-z][A-Za-z._-]*)\((.*)$/.exec(core)
  if (call !== null) return `${call[1] ?? ''}(${maskCore(coreOf(call[2] ?? ''))}`
  return maskName(core)
}

function maskValue(value: string): string {
  if (PLAIN_WORD.test(value)) return value
  if (value.length > LONGEST_REMEMBERED_WORD) return '<text>'
  const core = coreOf(value)
  return replaceCore(value, core, maskCore(core))
}

function maskName(core: string): string {
  if (core.includes('/')) return /^[a-z]{1,12}\/[a-z]{1,12}$/i.test(core) ? core : '<path>'
  if (core.length >= LONG_WORD && /^[\w+=]+$/.test(core)) return '<id>'
  if (/\d/.test(core) || RANDOM_SUFFIX.test(core)) return '<name>'
  if (/^[a-z-]+(?:\.[a-z-]+)+$/.test(core)) return '<name>'
  return core
}
