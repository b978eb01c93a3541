import { CATEGORIES, type Category } from '../../event/words.ts'
import type { ReasonEntry } from './reason-entry.ts'

/** The catalogue as a page for people: one table for each category, by reason. */
export function reasonsPage(entries: readonly ReasonEntry[]): string {
  const reasons = new Set(entries.map(({ reason }) => reason)).size
  const intro = [
    '# Event reasons',
    '',
    `What Eventloom knows of ${reasons} reasons, in ${entries.length} meanings. A reason with several meanings is told`,
    'apart by the object, the type, the note or the reporter. This page is written by',
    '`node test/support/write-reasons-page.ts` from `collector/src/classify/catalogue/`: change it there.',
    'Rules of your own change category and severity: see [rules](rules.md).',
    '',
  ]
  const tables = CATEGORIES.flatMap((category) =>
    tableOf(
      category,
      entries.filter((entry) => entry.category === category),
    ),
  )
  return `${[...intro, ...tables].join('\n')}\n`
}

function tableOf(category: Category, entries: readonly ReasonEntry[]): readonly string[] {
  if (entries.length === 0) return []
  const rows = entries.toSorted((a, b) => (a.reason < b.reason ? -1 : a.reason > b.reason ? 1 : 0)).map(rowOf)
  const header = ['| Reason | On | From | Type | Severity | Meaning | What to check |', '|---|---|---|---|---|---|---|']
  return [`## ${category}`, '', ...header, ...rows, '']
}

function rowOf({ reason, kinds, emitter, type, severity, meaning, check, clearedBy }: ReasonEntry): string {
  const over = clearedBy === undefined ? '' : ` Over after ${clearedBy.flatMap(({ reasons }) => reasons).join(', ')}.`
  const cells = [
    reason === '' ? '(empty)' : `\`${reason}\``,
    kinds.length === 0 ? 'any' : kinds.join(', '),
    emitter,
    type,
    severity,
    meaning,
    `${check}${over}`.trim(),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
