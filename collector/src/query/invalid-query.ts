/** One thing that is wrong with a query, in words for the person who wrote it. */
export interface QueryMistake {
  /** The parameter: `query`, `from`, `groupBy` … */
  readonly parameter: string
  /** What is wrong and what to write instead, one sentence or two. */
  readonly message: string
  /** Where in the Lucene text, in UTF-16 units from 0, and how much of it. */
  readonly position?: number
  readonly length?: number
}

/** A query that cannot be answered as it was asked. Nothing was done; all its mistakes are listed. */
export class InvalidQueryError extends Error {
  override readonly name: string = 'InvalidQueryError'
  readonly code = 'INVALID_QUERY'
  readonly retryable = false
  readonly mistakes: readonly QueryMistake[]

  constructor(mistakes: readonly QueryMistake[]) {
    super(mistakes.map(describeMistake).join('\n'))
    this.mistakes = mistakes
  }
}

/** A Lucene text that cannot be read, or that names what does not exist. The text is kept to show the places in it. */
export class QuerySyntaxError extends InvalidQueryError {
  override readonly name = 'QuerySyntaxError'
  readonly text: string

  constructor(text: string, mistakes: readonly QueryMistake[]) {
    super(mistakes)
    this.text = text
  }
}

/** A few words, with the column from 1 as editors count. */
function describeMistake({ parameter, message, position }: QueryMistake): string {
  return position === undefined
    ? `${parameter}: ${message}`
    : `${parameter}, column ${String(position + 1)}: ${message}`
}

/** Two lines for a terminal: the part of the text around a mistake, and a mark under its place. */
export function pointAt(text: string, { position = 0, length = 1 }: QueryMistake): string {
  const start = Math.max(0, position - SHOWN_BEFORE)
  const shown = text.slice(start, start + SHOWN).replace(/[\r\n\t]/g, ' ')
  const marks = Math.max(1, Math.min(length, start + SHOWN - position))
  return `${shown}\n${' '.repeat(position - start)}${'^'.repeat(marks)}`
}

/** How much of a long text {@link pointAt} shows, in UTF-16 units. */
const SHOWN = 100
const SHOWN_BEFORE = 60
