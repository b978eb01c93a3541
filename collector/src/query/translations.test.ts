import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FIELDS } from './fields.ts'
import { InvalidQueryError } from './invalid-query.ts'
import { parseLucene } from './lucene.ts'

const TRANSLATIONS = join(import.meta.dirname, '../../../plugin/translations')
const read = (name: string) =>
  JSON.parse(readFileSync(join(TRANSLATIONS, name), 'utf8')) as Readonly<Record<string, string>>
const chinese = read('words-zh-Hans.json')
const sentences = Object.entries(read('sentences-zh-Hans.json'))
const sources = globSync('**/*.ts', { cwd: join(import.meta.dirname, '..') })
  .filter((name) => !name.endsWith('.test.ts'))
  .map((name) => readFileSync(join(import.meta.dirname, '..', name), 'utf8'))

it('the plugin knows the meaning of each field in Chinese, and of none that is not', () => {
  const translated = Object.keys(chinese).filter((id) => id.startsWith('field.'))
  expect(translated.toSorted()).toEqual(FIELDS.map(({ name }) => `field.${name}`).toSorted())
})

describe.each(sentences)('the sentence %j', (english, translated) => {
  it('is one that the collector still says', () => {
    const parts = english.split(/\{\{\w+\}\}/)
    const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '').trim()
    // Parts of it may be put together of several texts.
    const words = longest.split(/[:.?] |(?<= are| missing) /).toSorted((a, b) => b.length - a.length)[0] ?? ''
    // As it stands in a source: with its backslashes escaped.
    const written = words.replaceAll('\\', '\\\\')
    expect(sources.some((source) => source.includes(words) || source.includes(written))).toBe(true)
  })

  it('has the same variable parts in Chinese', () => {
    const names = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).toSorted()
    expect(names(translated)).toEqual(names(english))
  })
})

it('every mistake in a line of text is known in Chinese', () => {
  const patterns = sentences.map(([english]) => new RegExp(`^${english.split(/\{\{\w+\}\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`, 's')) // prettier-ignore
  const mistaken = ['resaon:a', 'zzz:1', 'severity:x', 'severity:hihg', 'count:a', 'a AND', '(a', 'a)', 'labels:x', 'reason:', 'reason:/x/', '"a', 'count:>', 'count:[1 2]', 'a~2', '"a b"~2', 'a and b', 'received:x', 'reason:a"b"', 'a*b', '"!"', 'a\\', 'note:[a TO b]', 'countIsLowerBound:x'] // prettier-ignore
  const unknown = mistaken.flatMap(messagesOf).filter((message) => !patterns.some((pattern) => pattern.test(message)))
  expect(mistaken.flatMap(messagesOf).length).toBeGreaterThan(15)
  expect(unknown).toEqual([])
})

function messagesOf(text: string): readonly string[] {
  try {
    parseLucene(text, 0)
    return []
  } catch (error) {
    if (error instanceof InvalidQueryError) return error.mistakes.map(({ message }) => message)
    throw error
  }
}
