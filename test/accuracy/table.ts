import type { CalmScore } from './calm.ts'
import { GOALS } from './goals.ts'
import { measuresOf, ratio, type Measures, type Share } from './measures.ts'
import type { Score } from './score.ts'

/** How one set of cases was answered. */
export interface Column {
  readonly title: string
  readonly measures: Measures
  readonly scores: readonly Score[]
}

export type Table = readonly (readonly string[])[]

export function columnOf(title: string, scores: readonly Score[]): Column {
  return { title, measures: measuresOf(scores), scores }
}

/** A row for each measure; the first is the head. */
export function tableOf(columns: readonly Column[], calm: readonly CalmScore[], isPublic = false): Table {
  const rows = GOALS.map(({ words, goal, publicGoal = goal, value }) => [
    words,
    isPublic ? publicGoal : goal,
    ...columns.map(({ measures }) => valueText(value(measures))),
  ])
  const applies = rows.filter(([, , ...values]) => values.some((value) => value !== '–'))
  const days = calm.length === 0 ? [] : [calmRow(columns, calm)]
  return [
    ['measure', 'goal', ...columns.map(({ title, measures }) => `${title} (${String(measures.cases)})`)],
    ...applies,
    ...days,
  ]
}

function calmRow(columns: readonly Column[], calm: readonly CalmScore[]): readonly string[] {
  const most = Math.max(...calm.map(({ falseIncidents }) => falseIncidents))
  const all = calm.reduce((sum, { falseIncidents }) => sum + falseIncidents, 0)
  const text = `${String(all)} in ${String(calm.length)} days, at most ${String(most)}`
  return ['false incidents on a calm day', '≤ 1', text, ...columns.slice(1).map(() => '')]
}

function valueText(value: Share | number | string | null): string {
  if (value === null) return '–'
  if (typeof value === 'number') return `${(100 * value).toFixed(1)} %`
  if (typeof value === 'string') return value
  const part = ratio(value)
  return part === null ? '–' : `${String(value.right)} of ${String(value.of)} (${String(Math.round(100 * part))} %)`
}

/** For a terminal. */
export function textOf(table: Table): string {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length)))
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function markdownOf([head = [], ...rows]: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** The page with another table between the two markers of a set. @throws Error where the page lacks them. */
export function replaceTable(page: string, set: string, table: Table): string {
  const [begin, end] = [`<!-- table: ${set} -->`, `<!-- end of table: ${set} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from)
    throw new Error(`docs/accuracy.md has no place for the table "${set}": it lacks ${begin} or ${end}`)
  return `${page.slice(0, from + begin.length)}\n\n${markdownOf(table)}\n\n${page.slice(to)}`
}
