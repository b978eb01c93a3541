import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { FIELDS } from './fields.ts'
import { InvalidQueryError } from './invalid-query.ts'
import { parseLucene } from './lucene.ts'

const COLLECTOR = join(import.meta.dirname, '..')
/** What answers Grafana, and what that takes its notices from. */
const SAYING = globSync(['api/grafana/*.ts', 'api/{notices,pattern-traits}.ts', 'api/{problems,incidents}/*.ts'], { cwd: COLLECTOR }).filter((name) => !name.endsWith('.test.ts')) // prettier-ignore
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

it('every notice and mistake of the API for Grafana is known in Chinese', () => {
  const patterns = sentences.map(([english]) => new RegExp(`^${english.split(/\{\{\w+\}\}/).map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('.*')}$`, 's')) // prettier-ignore
  const said = SAYING.flatMap((name) => saidIn(readFileSync(join(COLLECTOR, name), 'utf8')))
  expect(said.length).toBeGreaterThan(25)
  expect(said.filter((text) => !patterns.some((pattern) => pattern.test(text)))).toEqual([])
})

/** What a source says of answers and mistakes: texts that are called so, with a word for each variable part. */
function saidIn(source: string): readonly string[] {
  const said: string[] = []
  const file = ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true)
  const known = new Map<string, ts.Expression>()
  const learn = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined)
      known.set(node.name.getText(), node.initializer)
    ts.forEachChild(node, learn)
  }
  learn(file)
  const visit = (node: ts.Node): void => {
    const named = (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && ['text', 'message'].includes(node.name.getText()) ? node.initializer : undefined // prettier-ignore
    const argument =
      ts.isCallExpression(node) && node.expression.getText() === 'warning' ? node.arguments[0] : undefined
    const text = named ?? argument
    if (text !== undefined) said.push(...versionsOf(text, known).filter((each) => each.split(' ').length > 3))
    ts.forEachChild(node, visit)
  }
  visit(file)
  return said
}

/** Each sentence that an expression may be: of a choice all of its sides. */
function versionsOf(node: ts.Expression, known: ReadonlyMap<string, ts.Expression>): readonly string[] {
  const of = (part: ts.Expression) => versionsOf(part, known)
  if (ts.isStringLiteralLike(node)) return [node.text]
  if (ts.isParenthesizedExpression(node)) return of(node.expression)
  if (ts.isConditionalExpression(node)) return [...of(node.whenTrue), ...of(node.whenFalse)]
  if (ts.isIdentifier(node)) {
    const value = known.get(node.text)
    return value !== undefined && (ts.isConditionalExpression(value) || ts.isTemplateExpression(value))
      ? of(value)
      : ['X']
  }
  if (!ts.isTemplateExpression(node)) return ['X']
  return node.templateSpans.reduce<readonly string[]>(
    (begun, { expression, literal }) => begun.flatMap((text) => of(expression).map((part) => text + part + literal.text)),
    [node.head.text],
  ) // prettier-ignore
}

function messagesOf(text: string): readonly string[] {
  try {
    parseLucene(text, 0)
    return []
  } catch (error) {
    if (error instanceof InvalidQueryError) return error.mistakes.map(({ message }) => message)
    throw error
  }
}
