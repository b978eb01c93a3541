import type { Command } from 'commander'
import type { EndpointName } from '../api/endpoint.ts'
import { endpointNamed } from '../api/endpoints.ts'
import type { Notice } from '../api/notices.ts'
import type { EpochMicros } from '../clock.ts'
import { InvalidQueryError } from '../query/invalid-query.ts'
import { openAnswers } from './answers.ts'
import type { Answers } from './asking.ts'
import type { Context } from './context.ts'
import { formatOf, OUTPUTS, printDocument, type Format } from './document.ts'
import { queryMistakes, refuse } from './failures.ts'
import { readArguments } from './flags.ts'
import { loadConfig } from './load-config.ts'
import { createPaint, type Paint } from './paint.ts'
import { selectorQuery } from './selector.ts'
import type { Output } from './terminal.ts'
import { oneLine } from './text.ts'

/** Flags of a reading command as commander gives them. */
export interface ReadingOptions {
  readonly config?: string
  readonly data?: string
  readonly url?: string
  readonly tokenFile?: string
  readonly output?: string
  readonly json?: true
  readonly wide?: true
  readonly namespace?: string
  readonly allNamespaces?: true
  readonly selector?: string
  readonly query?: string
  readonly color: boolean
  readonly [flag: string]: string | boolean | undefined
}

/** What a command reads with, and shows it on. */
export interface Reading {
  readonly answers: Answers
  readonly output: Output
  readonly paint: Paint
  readonly now: EpochMicros
  readonly signal: AbortSignal
  readonly format: Format
  readonly isWide: boolean
}

/** A question as flags asked it. */
export interface Question {
  readonly name: EndpointName
  readonly path: Readonly<Record<string, string>>
  readonly parameters: Readonly<Record<string, string>>
}

/** Flags that say where and how, and are no parameters of the question. */
const NOT_PARAMETERS = [
  'config',
  'data',
  'url',
  'tokenFile',
  'output',
  'json',
  'wide',
  'color',
  'rules',
  'selector',
  'allNamespaces',
  'watch',
]

/**
 * Runs a reading command: finds every mistake of flags and query first, then opens what answers, and closes it again.
 *
 * @throws UsageError with all mistakes; then nothing was opened.
 */
export async function runReading(
  command: Command,
  mostWords: number,
  ask: (words: readonly string[], parameters: Readonly<Record<string, string>>) => Question,
  context: Pick<Context, 'actions' | 'terminal' | 'output'>,
  show: (reading: Reading, question: Question) => Promise<void>,
): Promise<void> {
  const { words, problems } = readArguments(command, mostWords)
  const question = ask(words, parametersOf(command.opts<ReadingOptions>()))
  const mistakes = mistakesIn(question.parameters, () =>
    endpointNamed(question.name).check(question, context.terminal.clock()),
  )
  await withAnswers(command, [...problems, ...mistakes], context, (reading) => show(reading, question))
}

/** @throws UsageError with `problems` and every conflict of flags; then nothing was opened. */
export async function withAnswers(
  command: Command,
  problems: readonly string[],
  { actions, terminal, output }: Pick<Context, 'actions' | 'terminal' | 'output'>,
  use: (reading: Reading) => Promise<void>,
): Promise<void> {
  const options = command.opts<ReadingOptions>()
  refuse([...problems, ...conflicts(options)])
  const config = await loadConfig(options, terminal)
  const where = { url: options.url ?? null, tokenFile: options.tokenFile ?? null, config }
  const answers = await openAnswers(where, actions, terminal)
  const noColor = !options.color || (terminal.environment['NO_COLOR'] ?? '') !== ''
  try {
    await use({
      answers,
      output,
      paint: createPaint(output.isTerminal, noColor),
      now: terminal.clock(),
      signal: terminal.signal,
      format: formatOf(options) ?? 'table',
      isWide: formatOf(options) === 'wide',
    })
  } finally {
    await answers.close()
  }
}

/** An answer as it was asked for: as data with its notices in it, or as `show` does, with the notices on standard error. */
export async function present(
  { output, format }: Reading,
  stderr: Output,
  body: object & { readonly notices?: readonly Notice[] },
  show: () => Promise<void>,
): Promise<void> {
  if (format === 'json' || format === 'yaml') return printDocument(output, format, body)
  await show()
  await tellNotices(stderr, body.notices ?? [])
}

/** Notices go to standard error: standard output stays what was asked for. */
export async function tellNotices(stderr: Output, notices: readonly Notice[]): Promise<void> {
  for (const { severity, text } of notices)
    await stderr.line(oneLine(severity === 'warning' ? `Warning: ${text}` : text))
}

export function parametersOf(options: ReadingOptions): Readonly<Record<string, string>> {
  const given = Object.entries(options).filter(([name, value]) => value !== undefined && !NOT_PARAMETERS.includes(name))
  const parameters = Object.fromEntries(given.map(([name, value]) => [name, String(value)]))
  return withQuery([selectorQuery(options.selector ?? '') ?? ''], parameters)
}

/** Parameters that ask for what all of the texts and the flag `--query` ask for. */
export function withQuery(
  texts: readonly string[],
  { query = '', ...parameters }: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [first, ...further] = [...texts, query].filter((text) => text !== '')
  if (first === undefined) return parameters
  return {
    ...parameters,
    query: further.length === 0 ? first : [first, ...further].map((text) => `(${text})`).join(' AND '),
  }
}

function conflicts(options: ReadingOptions): readonly string[] {
  const { url, data, namespace, allNamespaces, selector, output } = options
  return [
    ...(url !== undefined && data !== undefined ? ['--url and --data exclude each other: a collector has its own data.'] : []),
    ...(namespace !== undefined && allNamespaces === true ? ['--namespace and --all-namespaces exclude each other.'] : []),
    ...(selector !== undefined && selectorQuery(selector) === null ? [`--selector: "${selector}" is no label selector. Use for example app=shop,tier!=db or "env in (a,b)".`] : []),
    ...(formatOf(options) === null ? [`--output: "${output ?? ''}" is not one of ${OUTPUTS.join(', ')}.`] : []),
  ] // prettier-ignore
}

/** The mistakes of a question that `check` finds, as flags. */
export function mistakesIn({ query }: Readonly<Record<string, string>>, check: () => void): readonly string[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof InvalidQueryError)) throw error
    return queryMistakes(error, query)
  }
}
