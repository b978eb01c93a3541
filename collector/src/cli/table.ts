import { cut, width } from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string
  /** Numbers stand at the right. */
  readonly isRight?: boolean
  /** May be cut when the line is too long for the terminal; the widest such column first. */
  readonly canShrink?: boolean
  /** Changes the look, never the width. */
  readonly paint?: (text: string, row: Row) => string
}

/** Columns narrower than this are not cut further. */
const NARROWEST = 12
const BETWEEN = '  '

/** Lines of aligned columns, the title first unless `hasTitle` is false, none longer than `columns`. */
export function tableLines<Row>(
  rows: readonly Row[],
  shown: readonly Column<Row>[],
  { columns, hasTitle }: { readonly columns: number; readonly hasTitle: boolean },
): readonly string[] {
  const cells = rows.map((row) => shown.map((column) => column.of(row)))
  const widths = shown.map(({ title }, index) =>
    cells.reduce((most, cell) => Math.max(most, width(cell[index] ?? '')), hasTitle ? width(title) : 0),
  )
  shrink(widths, shown, columns)
  const body = rows.map((row, index) => line(cells[index] ?? [], shown, widths, row))
  return hasTitle ? [line(shown.map(({ title }) => title), shown, widths, null), ...body] : body // prettier-ignore
}

/** Takes from the widest column that may shrink, until the line fits or none may. */
function shrink<Row>(widths: number[], shown: readonly Column<Row>[], columns: number): void {
  let excess = widths.reduce((sum, each) => sum + each, BETWEEN.length * (widths.length - 1)) - columns
  while (excess > 0) {
    const candidates = shown.flatMap(({ canShrink }, index) => (canShrink === true ? [index] : []))
    const widest = candidates.reduce((best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best), candidates[0] ?? 0) // prettier-ignore
    const has = widths[widest] ?? 0
    if (candidates.length === 0 || has <= NARROWEST) return
    widths[widest] = has - 1
    excess -= 1
  }
}

function line<Row>(
  cells: readonly string[],
  shown: readonly Column<Row>[],
  widths: readonly number[],
  row: Row | null,
): string {
  const parts = shown.map(({ isRight, paint }, index) => {
    const space = widths[index] ?? 0
    const text = cut(cells[index] ?? '', space)
    const padding = ' '.repeat(Math.max(0, space - width(text)))
    const painted = paint === undefined || row === null ? text : paint(text, row)
    return isRight === true ? padding + painted : painted + padding
  })
  return parts.join(BETWEEN).trimEnd()
}
