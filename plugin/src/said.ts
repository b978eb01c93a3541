import { t } from '@grafana/i18n'
import chinese from './locales/collector-zh-Hans.json'

/** A text of the collector: what it is, what stands in it, and the English that the collector wrote. */
export interface Said {
  readonly id: string
  readonly values?: Readonly<Record<string, string | number>>
}

const TEXTS: Readonly<Record<string, Readonly<Record<string, string>>>> = { 'zh-Hans': chinese }

/** What the collector said, in the reader's language. English, and what this plugin does not know, stays as the collector wrote it. */
export function inReadersWords(english: string, said: Said | null | undefined): string {
  if (said === null || said === undefined) return english
  const text = TEXTS[t('language.code', 'en-US')]?.[said.id]
  return text === undefined ? english : text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(said.values?.[name] ?? '')) // prettier-ignore
}
