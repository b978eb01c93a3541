import type { ClearingScope } from '../../event/trouble.ts'
import { CATEGORIES, type Category } from '../../event/words.ts'
import { mayBeProblem } from './catalogue.ts'
import type { ReasonEntry } from './reason-entry.ts'

const HEADER = ['Reason', 'Problem', 'On', 'From', 'Type', 'Severity', 'Meaning', 'What to check', 'Over']

const WHOSE: Readonly<Record<ClearingScope, string>> = {
  object: '',
  workload: ' of its workload',
  successor: ' of a newer pod of its workload',
  node: ' of its node',
}

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
    '*Problem* is what is wrong, in one word; several reasons may tell of one problem. A severity such as "low, high after',
    '2 min" is that of trouble that mostly heals by itself, and does not when it lasts that long.',
    '',
    '*Over* says what ends a problem: an event of the same object, of its workload, of a newer pod of its workload or of its',
    'node; and for how long it may be silent and still be there, since reporters pause while trouble lasts. "shown by its',
    'object" means that no event tells the end for sure, only the state of the object itself, so that mostly silence ends it.',
    '"goes" means that the object of the event is gone with it.',
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
  const header = [`| ${HEADER.join(' | ')} |`, `|${'---|'.repeat(HEADER.length)}`]
  return [`## ${category}`, '', ...header, ...rows, '']
}

function rowOf(entry: ReasonEntry): string {
  const { reason, kinds, emitter, type, severity, persists, meaning, check } = entry
  const cells = [
    reason === '' ? '(empty)' : `\`${reason}\``,
    mayBeProblem(entry) ? `\`${entry.problem ?? reason}\`` : '',
    kinds.length === 0 ? 'any' : kinds.join(', '),
    emitter,
    type,
    persists === undefined ? severity : `${severity}, ${persists.severity} after ${timeOf(persists.afterMinutes)}`,
    meaning,
    check,
    overOf(entry),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function overOf({ clearedBy = [], holdsMinutes, end, gone }: ReasonEntry): string {
  const parts = clearedBy.map(({ by, reasons, note }) => {
    const says = note === undefined ? '' : ` that says ${note.map((text) => `"${text}"`).join(' or ')}`
    return `${reasons.join(', ')}${says}${WHOSE[by]}`
  })
  if (holdsMinutes !== undefined) parts.push(`${timeOf(holdsMinutes)} of silence`)
  if (end === 'facts') parts.push('shown by its object')
  if (gone === 'regarding') parts.push('goes')
  if (gone === 'named') parts.push('what the note names goes')
  return parts.join('; ')
}

function timeOf(minutes: number): string {
  return minutes >= 120 && minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}
