/** Something wrong with a rule file. Lines and columns are counted from 1. */
export interface RuleProblem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly what: string
  readonly fix: string
}

/** `rules.yaml:12:9: There is no field "raeson". Did you mean event.reason?` */
export function problemText({ file, line, column, what, fix }: RuleProblem): string {
  return `${file}:${line}:${column}: ${what} ${fix}`
}

/** Rules that cannot be used, with every problem of every file. Nothing of them is in force; correct them and load again. */
export class RuleError extends Error {
  readonly problems: readonly RuleProblem[]
  constructor(problems: readonly RuleProblem[]) {
    const inOrder = problems.toSorted((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column)
    super(inOrder.map(problemText).join('\n'))
    this.name = 'RuleError'
    this.problems = inOrder
  }
}
