import { cutEnd, cutMiddle, width } from './text.ts'

export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string
  /** Numbers stand at the right. */
  readonly isRight?: boolean
  /** Where a text is cut that is too long for the terminal: sentences at the end, names in the middle. Others never are. */
  readonly cut?: 'end' | 'middle'
  /** May be left out where too little room is left for what is cut: the lowest first. */
  readonly goes?: number
  /** Changes the look, never the width. */
  readonly paint?: (text: string, row: Row) => string
}

/** Before a text is cut below this, columns that may go do. */
const READABLE = 24
/** Columns narrower than this are not cut further. */
const NARROWEST = 12
const BETWEEN = '  '

interface Sized<Row> {
  readonly column: Column<Row>
  readonly cells: readonly string[]
  readonly natural: number
}

/**
 * Lines of aligned columns, the title first unless `hasTitle` is false, none longer than `columns` as long as what may be cut or
 * left out is enough for that.
 */
export function tableLines<Row>(
  rows: readonly Row[],
  shown: readonly Column<Row>[],
  { columns, hasTitle }: { readonly columns: number; readonly hasTitle: boolean },
): readonly string[] {
  const sized = shown.map((column) => {
    const cells = rows.map((row) => column.of(row))
    const natural = cells.reduce((most, cell) => Math.max(most, width(cell)), hasTitle ? width(column.title) : 0)
    return { column, cells, natural }
  })
  const kept = keep(sized, columns)
  const widths = widthsOf(kept, columns, NARROWEST)
  const body = rows.map((row, index) => line(kept, widths, ({ cells }) => cells[index] ?? '', row))
  return hasTitle ? [line(kept, widths, ({ column }) => column.title, null), ...body] : body
}

/** Leaves out columns until the others are readable, and takes back what fits beside them after all. */
function keep<Row>(sized: readonly Sized<Row>[], columns: number): readonly Sized<Row>[] {
  const order = sized
    .filter(({ column }) => column.goes !== undefined)
    .sort((a, b) => (a.column.goes ?? 0) - (b.column.goes ?? 0))
  const without = (gone: readonly Sized<Row>[]) => sized.filter((each) => !gone.includes(each))
  const fits = (gone: readonly Sized<Row>[]) => lengthOf(widthsOf(without(gone), columns, READABLE)) <= columns
  let gone: readonly Sized<Row>[] = []
  for (const each of order) if (!fits(gone)) gone = [...gone, each]
  for (const each of gone.toReversed()) {
    const less = gone.filter((other) => other !== each)
    if (fits(less)) gone = less
  }
  return without(gone)
}

/** Takes from the widest column that may be cut, until the line fits or all of them have come to `least`. */
function widthsOf<Row>(kept: readonly Sized<Row>[], columns: number, least: number): readonly number[] {
  const widths = kept.map(({ natural }) => natural)
  let excess = lengthOf(widths) - columns
  while (excess > 0) {
    const wide = kept.flatMap(({ column }, index) =>
      column.cut !== undefined && (widths[index] ?? 0) > least ? [index] : [],
    )
    const [first] = wide
    if (first === undefined) break
    const widest = wide.reduce((best, index) => ((widths[index] ?? 0) > (widths[best] ?? 0) ? index : best), first)
    widths[widest] = (widths[widest] ?? 0) - 1
    excess -= 1
  }
  return widths
}

function lengthOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, BETWEEN.length * (widths.length - 1))
}

function line<Row>(
  kept: readonly Sized<Row>[],
  widths: readonly number[],
  textOf: (each: Sized<Row>) => string,
  row: Row | null,
): string {
  const parts = kept.map((each, index) => {
    const { isRight, paint, cut } = each.column
    const space = widths[index] ?? 0
    const text = cut === 'middle' ? cutMiddle(textOf(each), space) : cutEnd(textOf(each), space)
    const padding = ' '.repeat(Math.max(0, space - width(text)))
    const painted = paint === undefined || row === null ? text : paint(text, row)
    return isRight === true ? padding + painted : painted + padding
  })
  return parts.join(BETWEEN).trimEnd()
}
