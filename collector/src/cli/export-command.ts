import type { Command } from 'commander'
import { parseExportRequest } from '../query/request.ts'
import type { Context } from './context.ts'
import { readArguments, addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import { mistakesIn, parametersOf, tellNotices, withAnswers, withQuery, type ReadingOptions } from './reading.ts'

/** Flags of other readers that say how many rows, and how they look. */
const NOT_HERE = ['limit', 'output', 'json', 'wide', 'no-color']

/** `eventloom export`: everything of a range, as it is stored. */
export function addExportCommand(program: Command, context: Context): void {
  const command = program
    .command('export')
    .argument('[query...]', 'Lucene text: only these')
    .summary('all observations of a range, as JSON Lines')
    .description(
      'All observations of a range, oldest first, one JSON object on each line: every version as it is stored. Without a limit.',
    )
  addFlags(command, [...READER_FLAGS.filter(([name]) => !NOT_HERE.includes(name)), ...SELECTION_FLAGS])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom export | gzip > everything.jsonl.gz
  eventloom export 'severity:high' --from -7d -n shop | jq -r .reason | sort | uniq -c`,
  )
  command.action(async () => {
    const { words, problems } = readArguments(command, Infinity)
    const parameters = withQuery([words.join(' ')], parametersOf(command.opts<ReadingOptions>()))
    const mistakes = mistakesIn(parameters, () => void parseExportRequest(parameters, context.terminal.clock()))
    await withAnswers(command, [...problems, ...mistakes], context, async ({ answers, output, signal }) => {
      const { notices, pieces } = await answers.export(parameters, signal)
      for await (const piece of pieces) await output.write(piece)
      await tellNotices(context.errors, notices)
    })
  })
}
