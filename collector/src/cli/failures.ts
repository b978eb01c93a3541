import { NotFoundError, type ProblemDetails } from '../api/problem-details.ts'
import { ConfigError } from '../config/config.ts'
import { InvalidQueryError, pointAt, QuerySyntaxError, type QueryMistake } from '../query/invalid-query.ts'

/** How commands end. docs/cli.md lists exactly these. */
export const EXIT_CODES = {
  0: 'done',
  1: 'failed: the message says what, where and what to do',
  2: 'wrong flags, query, configuration or rules: nothing was done',
  3: 'done, but some of the input could not be used; each piece is counted, the first ones are named',
  4: 'none of the input could be used',
  130: 'stopped by Ctrl-C or SIGTERM before it was done; what was accepted is kept',
} as const

/** The exit code of what was stopped, one of {@link EXIT_CODES}. */
export const INTERRUPTED = 130

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

/** Whether what was asked for by its id is not there, in files or in a collector. */
export function isNotFound(error: unknown): boolean {
  return error instanceof NotFoundError || (error instanceof CollectorProblemError && error.details.status === 404)
}

/** Why a command failed. */
export interface Failure {
  /** Each with what to do. */
  readonly problems: readonly string[]
  /** Where help is; null where the problems say all. */
  readonly hint: string | null
  readonly exitCode: number
}

/** What standard error shows of a failure, and the exit code. Never a stack. */
export function describeFailure(error: unknown, command: string): Failure {
  if (error instanceof UsageError) {
    return { problems: error.problems, hint: `Try: eventloom ${command} --help`.replace('  ', ' '), exitCode: 2 }
  }
  if (error instanceof InvalidQueryError) return { problems: queryMistakes(error), hint: null, exitCode: 2 }
  if (error instanceof ConfigError || isListOfProblems(error)) {
    return { problems: error.message.split('\n'), hint: null, exitCode: 2 }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { problems: [command === '' ? message : `${command}: ${message}`], hint: null, exitCode: 1 }
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
  const marked = pointAt(text, mistake)
    .split('\n')
    .map((line) => `    ${line}`)
  return [`${flag}, column ${position + 1}: ${message}`, ...marked].join('\n')
}

/** `groupBy` is `--group-by`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** Rule files are checked elsewhere; their error lists places and fixes like ours. */
function isListOfProblems(error: unknown): error is Error {
  return error instanceof Error && ['RuleError', 'IncidentRuleError'].includes(error.name)
}
