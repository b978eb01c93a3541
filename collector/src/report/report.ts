/** One value of a table: as text, and in a picture where there is one. */
export interface Cell {
  readonly text: string
  /** How much of the largest of its column, 0 to 1: a bar beside it. */
  readonly share?: number
  /** From when to when in the range, 0 to 1 each: a bar of time beside it. */
  readonly span?: readonly [number, number]
  /** Of a severity: its colour. */
  readonly severity?: string
}

export interface Table {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

/** Bars over time, each made of parts one upon the other. */
export interface Chart {
  readonly words: string
  /** Starts of the bars, as people read them. */
  readonly starts: readonly string[]
  readonly series: readonly { readonly severity: string; readonly counts: readonly number[] }[]
}

export interface Section {
  readonly title: string
  readonly words: readonly string[]
  readonly chart?: Chart
  readonly table?: Table
}

/** What happened in a range, before it is a page of some format. */
export interface Report {
  readonly title: string
  /** Range, selection and when it was made. */
  readonly facts: readonly string[]
  readonly sections: readonly Section[]
}

export const REPORT_FORMATS = ['md', 'html'] as const
