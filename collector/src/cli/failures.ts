import type { ProblemDetails } from '../api/problem-details.ts'
import { ConfigError } from '../config/config.ts'
import { InvalidQueryError, pointAt, QuerySyntaxError, type QueryMistake } from '../query/invalid-query.ts'

/** How commands end. docs/cli.md lists exactly these. */
export const EXIT_CODES = {
  0: 'done',
  1: 'failed: the message says what, where and what to do',
  2: 'wrong flags, query, configuration or rules: nothing was done',
  3: 'done, but some of the input could not be used; each piece is counted, the first ones are named',
  4: 'none of the input could be used',
} as const

/** Flags or arguments that cannot be used. Holds every mistake. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'WRONG_USAGE'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** @throws UsageError when there are any. */
export function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new UsageError(problems)
}

/** Something failed, with the sentence that people are shown: what, where, and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly code = 'COMMAND_FAILED'
}

/** The collector answered with a problem. */
export class CollectorProblemError extends Error {
  override readonly name = 'CollectorProblemError'
  readonly code = 'COLLECTOR_PROBLEM'
  readonly details: ProblemDetails

  constructor(details: ProblemDetails) {
    super(details.detail)
    this.details = details
  }
}

/** What standard error shows of a failure, and the exit code. Never a stack. */
export function describeFailure(error: unknown, command: string): { readonly text: string; readonly exitCode: number } {
  if (error instanceof UsageError) {
    const help = `Try: eventloom ${command} --help`.replace('  ', ' ')
    return { text: [...error.problems, help].join('\n'), exitCode: 2 }
  }
  if (error instanceof InvalidQueryError) return { text: queryMistakes(error).join('\n'), exitCode: 2 }
  if (error instanceof ConfigError) return { text: error.message, exitCode: 2 }
  if (isListOfProblems(error)) return { text: error.message, exitCode: 2 }
  const message = error instanceof Error ? error.message : String(error)
  return { text: command === '' ? message : `${command}: ${message}`, exitCode: 1 }
}

/** One line for each mistake of a query, with a mark under the place in its text. */
export function queryMistakes(error: InvalidQueryError, text?: string): readonly string[] {
  const query = error instanceof QuerySyntaxError ? error.text : text
  return error.mistakes.map((mistake) => mistakeLine(mistake, query))
}

function mistakeLine(mistake: QueryMistake, text: string | undefined): string {
  const { parameter, message, position } = mistake
  const flag = parameter === 'query' || parameter === 'id' ? parameter : `--${kebab(parameter)}`
  if (position === undefined || text === undefined) return `${flag}: ${message}`
  const marked = pointAt(text, mistake).split('\n').map((line) => `    ${line}`) // prettier-ignore
  return [`${flag}, column ${position + 1}: ${message}`, ...marked].join('\n')
}

/** `groupBy` is `--group-by`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Rule files are checked elsewhere; their error lists places and fixes like ours. */
function isListOfProblems(error: unknown): error is Error {
  return error instanceof Error && error.name === 'RuleError'
}
