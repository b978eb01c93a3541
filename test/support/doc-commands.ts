import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')

/** The pages that people read, as paths from the root. */
export const PAGES: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'provisioning/kubernetes/README.md',
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export const textOf = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** A command as a page shows it. */
export interface DocCommand {
  readonly page: string
  readonly line: number
  /** On one line, without the prompt. */
  readonly text: string
  /** As written, with what it prints. */
  readonly raw: string
  /** What the page says that it prints; null where it shows nothing. */
  readonly printed: string | null
  /** Whether the block says `no-run`. */
  readonly isLeftOut: boolean
}

/**
 * All commands of the blocks ```sh (a command on each line) and ```console (`$ ` before each command, what it prints below).
 * A `\` at the end of a line goes on with the next one.
 */
export function commandsOf(page: string): readonly DocCommand[] {
  const commands: DocCommand[] = []
  for (const { language, words, lines, line } of blocksOf(page)) {
    const isLeftOut = words.includes('no-run')
    if (language === 'sh') {
      const text = lines.map((each) => each.replace(/(^|\s)#\s.*$/, '')).join('\n')
      const each = text.replaceAll(/\\\n\s*/g, ' ').split('\n')
      commands.push(...each.filter((one) => one.trim() !== '').map((one) => ({ page, line, text: one.trim(), raw: one, printed: null, isLeftOut }))) // prettier-ignore
    }
    if (language === 'console') {
      const parts = lines.join('\n').split(/^\$ /m).slice(1)
      for (const part of parts) {
        const [, text = '', printed = ''] = /^((?:[^\n]*\\\n)*[^\n]*)\n?(.*)$/s.exec(part) ?? []
        commands.push({ page, line, text: text.replaceAll(/\\\n\s*/g, ' '), raw: part, printed, isLeftOut })
      }
    }
  }
  return commands
}

/** Lines outside of such blocks that look like a command of a shell. */
export function strayCommands(page: string): readonly string[] {
  const lines = textOf(page).split('\n')
  for (const { language, line, lines: inside } of blocksOf(page)) {
    if (language === '' || language === 'sh' || language === 'console')
      for (const [index, text] of inside.entries()) lines[line + index] = language === '' ? `    ${text}` : ''
  }
  return lines.filter((text) => /^ {4,}(\$ |[A-Z_]+=\S+ )*(eventloom [a-z-]+( |$)|npm |npx |docker |kubectl |curl )/.test(text)) // prettier-ignore
}

interface Block {
  readonly language: string
  readonly words: readonly string[]
  readonly lines: readonly string[]
  /** Number of its first line inside, from 0. */
  readonly line: number
}

function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = []
  const lines = textOf(page).split('\n')
  for (let at = 0; at < lines.length; at++) {
    const fence = /^( *)```(.*)$/.exec(lines[at] ?? '')
    if (fence === null) continue
    const [, indent = '', info = ''] = fence
    const [language = '', ...words] = info.trim().split(/\s+/)
    const end = lines.findIndex((text, index) => index > at && text === `${indent}\`\`\``)
    const inside = lines.slice(at + 1, end).map((text) => text.slice(indent.length))
    blocks.push({ language, words, lines: inside, line: at + 1 })
    at = end
  }
  return blocks
}

/** The words of a command up to its first pipe, as a shell splits them. */
export function wordsOf(command: string): readonly string[] {
  const words: string[] = []
  for (const [token, single, double] of command.matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/g)) {
    if (token === '|') break
    words.push(single ?? double ?? token)
  }
  return words
}
