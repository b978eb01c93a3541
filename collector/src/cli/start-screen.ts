import { isBalanced, type Accounts } from '../event/outcome.ts'
import type { EpochMicros } from '../clock.ts'
import { patternLines, type PatternJson } from './pattern-table.ts'
import type { Paint } from './paint.ts'
import { problemLines, type ProblemJson } from './problem-table.ts'
import { grouped, oneLine, wrapped } from './text.ts'

/** What a starting collector says about itself. */
export interface Start {
  readonly version: string
  /** `watching cluster lab (all namespaces)`, or why the shipped recording plays instead. */
  readonly doing: string
  /** `DuckDB`, and where it is. */
  readonly store: string
  readonly url: string
}

/** Where the values of the start screen begin. */
const INDENT = 13

/** The head of the start screen. */
export function startLines(
  { version, doing, store, url }: Start,
  { columns, paint }: Omit<Look, 'now'>,
): readonly string[] {
  const name = `eventloom ${version}`
  const [first = '', ...further] = wrapped(`${name}  ·  ${oneLine(doing)}`, columns, 2)
  return [
    paint('bold', name) + first.slice(name.length),
    ...further,
    `  store      ${oneLine(store)}`,
    `  api        ${url}/api/v1`,
    `  docs       ${url}/docs`,
    `  metrics    ${url}/metrics`,
  ]
}

/** {@link accountText} on the start screen, with how long it took. */
export function ingestLines(accounts: Accounts, seconds: number, columns: number): readonly string[] {
  return wrapped(`  ingest     ${accountText(accounts)} · ${seconds.toFixed(1)}s`, columns, INDENT)
}

/**
 * `41,207 versions received · 41,205 stored · 2 deletions · 0 dropped · balanced`: what is dropped is missing,
 * what a stream said beside versions is not.
 */
export function accountText(accounts: Accounts): string {
  const sum = (byCause: Readonly<Record<string, number>>) => Object.values(byCause).reduce((total, each) => total + each, 0) // prettier-ignore
  const filtered = sum(accounts.filtered)
  const parts = [
    `${grouped(accounts.received)} versions received`,
    `${grouped(accounts.stored)} stored`,
    ...(accounts.alreadyStored === 0 ? [] : [`${grouped(accounts.alreadyStored)} already stored`]),
    ...(filtered === 0 ? [] : [`${grouped(filtered)} filtered`]),
    ...Object.entries(accounts.signalled).map(
      ([cause, count]) => `${grouped(count)} ${cause}${count === 1 ? '' : 's'}`,
    ),
    `${grouped(sum(accounts.dropped) + sum(accounts.deadLettered))} dropped`,
    ...(accounts.buffered === 0 ? [] : [`${grouped(accounts.buffered)} on their way`]),
    isBalanced(accounts) ? 'balanced' : 'NOT BALANCED',
  ]
  return parts.join(' · ')
}

interface Look {
  readonly columns: number
  readonly now: EpochMicros
  readonly paint: Paint
}

/** What is wrong, as answered by `GET /problems`. */
export interface Wrong {
  readonly at: string
  readonly total: number
  readonly problems: readonly ProblemJson[]
}

/** "What is wrong": the first problems as a table, indented. */
export function wrongLines({ at, total, problems }: Wrong, look: Look): readonly string[] {
  if (problems.length === 0) return ['Nothing is wrong, as far as events tell.', '']
  const more =
    total > problems.length ? `: ${grouped(total)}, the most important first. All of them: eventloom problems` : ''
  const table = problemLines(problems, at, { ...look, columns: look.columns - 2, hasTitle: true })
  return [`${look.paint('bold', 'What is wrong')}${more}`, ...table.map((line) => `  ${line}`), '']
}

/** "What recurs": the patterns as a table, indented, and the next steps. */
export function foundLines(patterns: readonly PatternJson[], look: Look): readonly string[] {
  if (patterns.length === 0) return ['Nothing recurs yet. The events: eventloom events --limit 20']
  const table = patternLines(patterns, { ...look, columns: look.columns - 2, hasTitle: true })
  const reason = patterns[0]?.key['reason'] ?? '*'
  return [
    look.paint('bold', 'What recurs'),
    ...table.map((line) => `  ${line}`),
    '',
    look.paint('bold', 'Next'),
    '  eventloom problems',
    '  eventloom correlations',
    oneLine(`  eventloom events 'reason:${reason}'`),
    oneLine(`  eventloom patterns '${patterns[0]?.id ?? ''}'`),
  ]
}

/** The last line before a collector goes on by itself. */
export const WATCHING = 'Watching. Ctrl-C stops (everything accepted is kept).'

/** The last words of a collector: what is on its way waits in the buffer for the next start. */
export function lastLine(accounts: Accounts): string {
  return `Stopped. ${accountText(accounts)}`
}
