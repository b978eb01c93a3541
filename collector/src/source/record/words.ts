import { readFileSync } from 'node:fs'

/**
 * Words that tell nothing about a cluster: those of the messages of Kubernetes' own components, of the notes that the catalogue
 * knows, and the names of reasons and controllers in it. Lower case where a sentence may begin with them.
 */
const HARMLESS: ReadonlySet<string> = new Set(
  readFileSync(new URL('harmless-words.txt', import.meta.url), 'utf8').split(/\s+/),
)

/** The same in every cluster; without them a recording could not be understood. */
const SYSTEM_NAMES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease'])

const SENTENCE_CASE = /^(?:[A-Z][a-z]+(?:-[a-z]+)*|[A-Z]+)$/

/** `v1`, `v2beta1`. */
const VERSION = /^v\d{1,3}(?:(?:alpha|beta)\d{1,3})?$/

const DURATION = /^(?:\d+(?:\.\d+)?(?:h|ms|m|s|us|µs|ns|d))+$/
const QUANTITY = /^\d+(?:\.\d+)*(?:[KMGTPE]i?B?|[kmunBx]|st|nd|rd|th)?$/
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/
/** The parts of a time between colons: `2026-11-30T10`, `30`, `12.5Z`. */
const TIME_PART = /^(?:\d{4}-\d\d-\d\d(?:T\d\d)?|\d\d(?:\.\d+)?Z)$/

export function isSystemName(word: string): boolean {
  return SYSTEM_NAMES.has(word)
}

/** Whether a word of a note tells nothing about the cluster: an ordinary word, a number, an amount, a time. */
export function isHarmless(word: string): boolean {
  if (word.length === 1 && /[A-Za-z]/.test(word)) return true
  if (HARMLESS.has(word) || SYSTEM_NAMES.has(word)) return true
  if (SENTENCE_CASE.test(word) && HARMLESS.has(word.toLowerCase())) return true
  if (ADDRESS.test(word)) return false
  return QUANTITY.test(word) || DURATION.test(word) || VERSION.test(word) || TIME_PART.test(word)
}
