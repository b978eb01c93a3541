import type { Command } from 'commander'
import type { ObservationJson } from '../api/observation-json.ts'
import type { Notice } from '../api/notices.ts'
import { MAX_LIMIT } from '../query/request.ts'
import { parseTime } from '../query/time.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import type { Context } from './context.ts'
import type { Format } from './document.ts'
import { CommandError } from './failures.ts'
import { Follower, printRows } from './follow.ts'
import { present, runReading, tellNotices, withQuery, type Question, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine, relative, times } from './text.ts'

/** Rows of one command at most: they are held, because the newest come first and are shown last. */
const MOST_ROWS = 100_000
const DEFAULT_ROWS = 100

/** A page of `GET /events`. */
interface Page {
  readonly order: 'newest' | 'oldest'
  readonly returned: number
  readonly total: number
  readonly cursor: string | null
  readonly observations: readonly ObservationJson[]
  readonly notices: readonly Notice[]
}

export function addEventsCommand(program: Command, context: Context): void {
  const command = program
    .command('events')
    .alias('query')
    .argument('[query...]', 'Lucene text, for example reason:BackOff AND namespace:shop')
    .summary('events, newest last')
    .description('Events of a range, newest last. A limit keeps the newest.')
  addFlags(command, [
    ...READER_FLAGS,
    ...SELECTION_FLAGS,
    ['view', 'VIEW', 'events (the newest version of each, default) or observations (every version stored)'],
    ['order', 'END', 'newest (default) or oldest: which end of the range a limit keeps'],
    ['cursor', 'CURSOR', 'go on behind a page'],
    [
      'watch',
      null,
      'go on with what a running collector stores, every version, until Ctrl-C; -o json: one on each line',
      'w',
    ],
  ])
  command.addHelpText('after', EXAMPLES)
  command.action(() =>
    runReading(command, Infinity, questionOf, context, async (reading, question) => {
      const { limit = DEFAULT_ROWS, watch } = command.opts<{ readonly limit?: string; readonly watch?: true }>()
      if (watch === true) return follow(reading, question, Number(limit), context)
      const page = await collect(reading, question, Number(limit))
      await present(reading, context.errors, page, () => showEvents(reading, page.observations))
    }),
  )
}

/** What is there, then what comes. */
async function follow(reading: Reading, question: Question, limit: number, { errors }: Context): Promise<void> {
  const { answers, output, format } = reading
  if (!answers.isRunning)
    throw new CommandError(
      'No collector runs here, so that nothing comes. Start one with "eventloom run", or name one with --url.',
    )
  const follower = new Follower(reading, errors, question.parameters)
  await follower.begin()
  const { observations, notices } = await collect(reading, question, limit)
  const print = (rows: readonly ObservationJson[], hasTitle: boolean) =>
    format === 'json' || format === 'yaml' ? printRows(output, format, rows) : printEvents(reading, rows, hasTitle)
  await print(observations, output.isTerminal)
  await tellNotices(errors, notices)
  await follower.follow((rows) => print(rows, false))
}

const EXAMPLES = `
Examples:
  eventloom events 'severity:high AND namespace:shop' --from -2h
  eventloom events -n shop -w
  eventloom events 'note:"connection refused"' --kind Pod --wide
  eventloom events '*' --from 2026-05-11 --to 2026-05-12 --json | jq -r '.observations[].reason' | sort | uniq -c
  eventloom events --from -1h --limit 20 -- '-reason:Pulled'`

/** The limit of a page is bounded, that of the command is met by several pages. */
function questionOf(words: readonly string[], { limit, ...flags }: Readonly<Record<string, string>>): Question {
  const wanted = Number(limit)
  const isMany = wanted > MAX_LIMIT && wanted <= MOST_ROWS && Number.isInteger(wanted)
  const ofPage = limit === undefined ? {} : { limit: isMany ? String(MAX_LIMIT) : limit }
  return { name: 'events', path: {}, parameters: { ...withQuery([words.join(' ')], flags), ...ofPage } }
}

/** As many pages as the limit takes, as one; its newest row is the last. */
async function collect({ answers, signal, format }: Reading, question: Question, limit: number): Promise<Page> {
  const rows: ObservationJson[] = []
  let parameters: Record<string, string> = { ...question.parameters }
  let last: Page
  do {
    parameters['limit'] = String(Math.min(MAX_LIMIT, limit - rows.length))
    last = (await answers.ask('events', { path: {}, parameters }, signal)) as Page
    rows.push(...last.observations)
    if (last.cursor !== null) parameters = { ...parameters, cursor: last.cursor }
  } while (last.cursor !== null && rows.length < limit)
  const warnings = last.notices.filter(({ severity }) => severity === 'warning')
  const notices = [...warnings, ...limitNotices(rows.length, last, format)]
  return { ...last, returned: rows.length, observations: last.order === 'newest' ? rows.toReversed() : rows, notices }
}

/** A cursor is for programs, which find it in their answer. */
function limitNotices(shown: number, { total, cursor, order }: Page, format: Format): readonly Notice[] {
  if (cursor === null) return []
  const of = `The ${order} ${grouped(shown)} of ${grouped(total)}.`
  const more =
    format === 'json' || format === 'yaml'
      ? '--cursor with this cursor'
      : '--limit; pages: --cursor with the one that --json gives'
  return [{ severity: 'info', text: `${of} More: ${more}` }]
}

async function showEvents(reading: Reading, rows: readonly ObservationJson[]): Promise<void> {
  const { output } = reading
  if (rows.length > 0 || !output.isTerminal) return printEvents(reading, rows, output.isTerminal)
  await output.line('No events. Try a longer range (--from -7d) or another query.')
}

async function printEvents(
  { output, paint, now, isWide }: Reading,
  rows: readonly ObservationJson[],
  hasTitle: boolean,
): Promise<void> {
  const isTerminal = output.isTerminal
  const time = (text: string) => (isTerminal && !isWide ? relative(parseTime(text, now) ?? now, now) : text)
  const columns: readonly Column<ObservationJson>[] = [
    { title: 'LAST', of: ({ lastObserved }) => time(lastObserved) },
    ...(isWide
      ? [
          { title: 'FIRST', of: ({ firstObserved }: ObservationJson) => firstObserved },
          { title: 'CLUSTER', of: ({ cluster }: ObservationJson) => cluster },
        ]
      : []),
    { title: 'SEVERITY', of: ({ severity }) => severity, paint: (text, { severity }) => paint(severity, text) },
    { title: 'REASON', of: ({ reason }) => oneLine(reason) },
    { title: 'OBJECT', of: objectText, cut: 'middle' },
    { title: 'COUNT', of: ({ count, countIsLowerBound }) => times(count, countIsLowerBound), isRight: true },
    ...(isWide ? wideColumns() : []),
    { title: 'NOTE', of: ({ note }) => oneLine(note), ...(isWide ? {} : { cut: 'end' }) },
  ]
  const lines = tableLines(rows, columns, { columns: output.columns, hasTitle })
  for (const line of lines) await output.line(line)
}

function wideColumns(): readonly Column<ObservationJson>[] {
  return [
    { title: 'NODE', of: ({ node }) => oneLine(node) },
    { title: 'OWNER', of: ({ owner }) => oneLine(`${owner.kind}/${owner.name}`) },
    { title: 'REPORTER', of: ({ reportingController }) => oneLine(reportingController) },
    { title: 'CATEGORY', of: ({ category }) => category },
    { title: 'CORRELATION', of: ({ correlationId }) => correlationId },
  ]
}

/** `shop/Pod/payments-0`, `Node/worker-1`. */
export function objectText({ regarding, namespace }: ObservationJson): string {
  return oneLine([namespace, regarding.kind, regarding.name].filter((part) => part !== '').join('/'))
}
