import { oneLine } from '../event/one-line.ts'
import type { Report, Section } from './report.ts'

/** The report as Markdown: tables and words, no pictures. */
export function markdownReport({ title, facts, sections }: Report): string {
  const head = [`# ${escape(title)}`, '', facts.map(escape).join(' · ')]
  return `${[...head, ...sections.flatMap(sectionLines)].join('\n')}\n`
}

function sectionLines({ title, words, table }: Section): readonly string[] {
  const paragraphs = words.flatMap((text) => ['', escape(text)])
  const rows = table === undefined ? [] : ['', row(table.columns.map(escape)), row(table.columns.map(() => '---')), ...table.rows.map((cells) => row(cells.map(({ text }) => escape(text))))] // prettier-ignore
  return ['', `## ${escape(title)}`, ...paragraphs, ...rows]
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

/** Other people's text: nothing of it may be taken for Markdown or HTML, or break a line. */
function escape(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]#|~!]/g, '\\$&')
    .replaceAll(/(?<=https?|ftp|mailto):/gi, '&#58;')
    .replaceAll(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`)
}
