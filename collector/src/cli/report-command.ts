import type { Command } from 'commander'
import { DAY, type EpochMicros } from '../clock.ts'
import { compose } from '../report/compose.ts'
import { gather, type ReportQuestion } from '../report/gather.ts'
import { htmlReport } from '../report/html.ts'
import { markdownReport } from '../report/markdown.ts'
import { REPORT_FORMATS } from '../report/report.ts'
import { isGroupable, resolveField } from '../query/fields.ts'
import { parseExportRequest } from '../query/request.ts'
import { parseTime } from '../query/time.ts'
import type { Answers } from './asking.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS, readArguments, SELECTION_FLAGS, type CommandFlag } from './flags.ts'
import { mistakesIn, parametersOf, tellNotices, withAnswers, withQuery, type ReadingOptions } from './reading.ts'

/** How long a report is about when nobody says from when. */
const USUAL = 7 * DAY

/** Flags of other readers that say how many rows, and how they look. */
const NOT_HERE = ['from', 'to', 'limit', 'output', 'json', 'wide', 'no-color']

const FLAGS: readonly CommandFlag[] = [
  ['from', 'TIME', 'start of the range: RFC 3339, a date, now, -7d (default: seven days before its end)'],
  ['to', 'TIME', 'end of the range, excluded (default: behind the newest stored)'],
  ['format', 'FORMAT', 'md (default) or html: one file with pictures, which prints well'],
  ['by', 'LABEL', 'also sums by a label of objects (team) or a field (namespace)'],
  ...READER_FLAGS.filter(([name]) => !NOT_HERE.includes(name)),
]

export function addReportCommand(program: Command, context: Context): void {
  const command = program
    .command('report')
    .argument('[query...]', 'Lucene text: only these')
    .summary('what happened in a range, as a page')
    .description(
      'What broke, what was most frequent, noisiest, new and gone, planned work, and gaps in the data, as a page to send around.',
    )
  addFlags(command, [...FLAGS, ...SELECTION_FLAGS])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom report
  eventloom report --from -30d --format html --by team > report.html
  eventloom report -n shop --from 2026-11-09 --to 2026-11-16`,
  )
  command.action(async () => {
    const { words, problems } = readArguments(command, Infinity)
    const {
      format = 'md',
      by,
      ...flags
    } = command.opts<ReadingOptions & { readonly format?: string; readonly by?: string }>()
    const { from, to, ...selection } = withQuery([words.join(' ')], parametersOf(flags))
    const now = context.terminal.clock()
    const isKnown = (REPORT_FORMATS as readonly string[]).includes(format)
    const wrong = isKnown ? [] : [`--format: "${format}" is not one of ${REPORT_FORMATS.join(', ')}.`]
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
    const mistakes = mistakesIn(selection, () => void parseExportRequest({ ...selection, ...range }, now))
    await withAnswers(command, [...problems, ...wrong, ...mistakes], context, async ({ answers, output, signal }) => {
      const end = to === undefined ? await endOf(answers, now, signal) : (parseTime(to, now) ?? now)
      const begin = from === undefined ? end - USUAL : (parseTime(from, now) ?? end - USUAL)
      const question: ReportQuestion = { from: begin, to: end, selection, by: by === undefined ? null : fieldOf(by) }
      const gathered = await gather((name, asked) => answers.ask(name, asked, signal), question, signal)
      const report = compose(gathered, question, now)
      await output.write(format === 'html' ? htmlReport(report) : markdownReport(report))
      await tellNotices(context.errors, gathered.notices)
    })
  })
}

/** Behind the newest event: of a recording, its end. */
async function endOf(answers: Answers, now: EpochMicros, signal: AbortSignal): Promise<EpochMicros> {
  const { newest } = (await answers.ask('statistics', { path: {}, parameters: {} }, signal)) as {
    readonly newest: string | null
  }
  return newest === null ? now : (parseTime(newest, now) ?? now) + 1
}

/** A field that events can be grouped by; any other word is a label of their objects. */
function fieldOf(word: string): string {
  const field = resolveField(word)
  return field !== null && isGroupable(field) ? word : `objectLabels.${word}`
}
