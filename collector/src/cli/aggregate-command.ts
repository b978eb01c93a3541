import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import { aggregateLines, type AggregateJson } from './aggregate-table.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import type { Context } from './context.ts'
import { present, runReading, withQuery } from './reading.ts'

type AggregateBody = AggregateJson & { readonly notices: readonly Notice[] }

export function addAggregateCommand(program: Command, context: Context): void {
  const command = program
    .command('aggregate')
    .argument('[query...]', 'Lucene text')
    .summary('occurrences by groups and windows of time')
    .description('Occurrences and other metrics by groups and windows of time.')
  addFlags(command, [
    ...READER_FLAGS.filter(([name]) => name !== 'limit'),
    ...SELECTION_FLAGS,
    ['group-by', 'FIELDS', 'fields, for example reason,namespace (also metadata.image, labels.app)'],
    ['window', 'LENGTH', '15m, 1h, hour, day, week or month'],
    ['timezone', 'ZONE', 'zone of days, weeks and months (default UTC)'],
    [
      'metrics',
      'METRICS',
      'occurrences (default), observations, objects, events, first, last, rate, gapP50, gapP95, maxSeverity',
    ],
    ['top', 'N', 'keep the N largest groups, all others become one row'],
    ['limit', 'N', 'the same as --top'],
    ['order-by', 'METRIC', 'what --top goes by'],
    ['zero-fill', null, 'show windows without events in --json too (tables always do)'],
  ])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom aggregate --group-by reason,namespace --window 15m --from -24h
  eventloom aggregate 'severity:high' --group-by owner.name --metrics occurrences,objects,last --top 10
  eventloom aggregate --window day --timezone Europe/Berlin --from -30d --zero-fill --json`,
  )
  command.action(() =>
    runReading(command, Infinity, questionOf, context, async (reading, { parameters }) => {
      const { answers, output, paint, signal, format } = reading
      const isData = format === 'json' || format === 'yaml'
      // An empty day is an answer too, and a trend without it would be shorter than its time.
      const asked = isData ? parameters : { ...parameters, zeroFill: 'true' }
      const body = (await answers.ask('aggregate', { path: {}, parameters: asked }, signal)) as AggregateBody
      await present(reading, context.errors, body, async () => {
        const { columns, isTerminal } = output
        for (const line of aggregateLines(body, { columns, isTerminal, paint })) await output.line(line)
      })
    }),
  )
}

function questionOf(words: readonly string[], { limit, ...flags }: Readonly<Record<string, string>>) {
  const top = limit === undefined || flags['top'] !== undefined ? {} : { top: limit }
  return { name: 'aggregate', path: {}, parameters: { ...withQuery([words.join(' ')], flags), ...top } } as const
}
