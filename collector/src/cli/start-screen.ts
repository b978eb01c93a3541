import type { IncidentJson } from '../api/incidents/incident-schemas.ts'
import { isBalanced, type Accounts } from '../event/outcome.ts'
import type { EpochMicros } from '../clock.ts'
import { incidentLines } from './incident-table.ts'
import { patternLines, type PatternJson } from './pattern-table.ts'
import type { Paint } from './paint.ts'
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
  return wrapped(`  ingest     ${accountText(accounts)}, ${seconds.toFixed(1)}s`, columns, INDENT)
}

/**
 * `41,207 versions received · 41,205 stored · 2 deletions · 0 dropped · balanced`: what is dropped is missing,
 * what a stream said beside versions is not.
 */
export function accountText(accounts: Accounts): string {
  const sum = (byCause: Readonly<Record<string, number>>) =>
    Object.values(byCause).reduce((total, each) => total + each, 0)
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

/** What broke, as answered by `GET /incidents`. */
export interface Broken {
  readonly at: string
  readonly total: number
  readonly incidents: readonly IncidentJson[]
}

/** "What broke": the first incidents as a table, indented. */
export function brokenLines({ at, total, incidents }: Broken, look: Look): readonly string[] {
  if (incidents.length === 0) return ['Nothing is broken, and nothing was today, as far as events tell.', '']
  const more = total > incidents.length ? `: ${grouped(total)} incidents, the most important first` : ''
  const table = incidentLines(incidents, at, { ...look, columns: look.columns - 2, hasTitle: true })
  return [`${look.paint('bold', 'What broke')}${more}`, ...table.map((line) => `  ${line}`), '']
}

/** "What recurs": the patterns as a table, indented, and the next steps: that of an incident first, where there is one. */
export function foundLines(patterns: readonly PatternJson[], look: Look, incident?: string): readonly string[] {
  if (patterns.length === 0) return ['Nothing recurs yet. The events: eventloom events --limit 20']
  const table = patternLines(patterns, { ...look, columns: look.columns - 2, hasTitle: true })
  const reason = patterns[0]?.key['reason'] ?? '*'
  return [
    look.paint('bold', 'What recurs'),
    ...table.map((line) => `  ${line}`),
    '',
    look.paint('bold', 'Next'),
    incident === undefined ? '  eventloom incidents' : `  eventloom incidents ${incident}`,
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
