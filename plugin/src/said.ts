import { t } from '@grafana/i18n'
import chineseSentences from '../translations/sentences-zh-Hans.json'
import chineseWords from '../translations/words-zh-Hans.json'

interface Language {
  /** By id. */
  readonly words: Readonly<Record<string, string>>
  /** By the English sentence, with names for its variable parts; those with more fixed text first. */
  readonly sentences: readonly Sentence[]
}

interface Sentence {
  readonly pattern: RegExp
  readonly text: string
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  'zh-Hans': { words: chineseWords, sentences: sentencesOf(chineseSentences) },
}

/** A word of the collector that has an id, in the reader's language; else as the collector wrote it. */
export function wordOf(id: string, english: string): string {
  return language()?.words[id] ?? english
}

/** A sentence of the collector in the reader's language. What this plugin does not know stays English. */
export function sentenceOf(english: string): string {
  for (const { pattern, text } of language()?.sentences ?? []) {
    const values = pattern.exec(english)?.groups
    if (values !== undefined) return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? '')
  }
  return english
}

/** Why the collector refused a query, a line for each mistake: `filter, column 3: …`. The place is a name of the query's and stays. */
export function mistakesOf(english: string): string {
  const lines = english.split('\n').map((line) => {
    const { place = '', message = line } =
      /^(?<place>[\w.[\]]+(?:, column \d+)?: )(?<message>.*)$/.exec(line)?.groups ?? {}
    return place + sentenceOf(message)
  })
  return lines.join('\n')
}

function language(): Language | undefined {
  return LANGUAGES[t('language.code', 'en-US')]
}

function sentencesOf(texts: Readonly<Record<string, string>>): readonly Sentence[] {
  const fixed = (template: string) => template.replace(/\{\{\w+\}\}/g, '').length
  return Object.entries(texts)
    .sort(([a], [b]) => fixed(b) - fixed(a))
    .map(([english, text]) => ({ pattern: patternOf(english), text }))
}

function patternOf(english: string): RegExp {
  const parts = english.split(/\{\{(\w+)\}\}/)
  const source = parts.map((part, place) =>
    place % 2 === 1 ? `(?<${part}>.*?)` : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'),
  )
  // A group that is never there, so that a sentence without variable parts has groups too.
  return new RegExp(`^${source.join('')}(?<none>(?!))?$`, 's')
}
