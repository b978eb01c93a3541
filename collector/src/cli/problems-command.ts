import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS, type CommandFlag } from './flags.ts'
import { problemLines, type ProblemJson } from './problem-table.ts'
import { present, runReading, withQuery, type Reading } from './reading.ts'

interface Body {
  readonly at: string
  readonly problems: readonly ProblemJson[]
  readonly notices: readonly Notice[]
}

const FLAGS: readonly CommandFlag[] = [
  ['at', 'TIME', 'as it was known then: RFC 3339, a date, now, -1h (default: now; of a recording, its end)'],
  ['all', null, 'also what is over'],
  ['each', null, 'every object by itself, not one row for a workload and its trouble'],
  ['from', 'TIME', 'with --all: leave out what ended before'],
  ['cursor', 'TEXT', 'the next page'],
  ...READER_FLAGS.filter(([name]) => !['from', 'to'].includes(name)),
]

export function addProblemsCommand(program: Command, context: Context): void {
  const command = program
    .command('problems')
    .argument('[query]', 'Lucene text: only these')
    .summary('what is wrong now, or was at a time')
    .description(
      'What is wrong: most important first, one row for a workload and its trouble. A quiet problem was not told of for longer ' +
        'than usual, and is there as far as one knows.',
    )
  addFlags(command, [...FLAGS, ...SELECTION_FLAGS])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom problems
  eventloom problems --namespace shop --each
  eventloom problems --at 2026-11-25T02:50:00Z --all --from 2026-11-25`,
  )
  command.action(() =>
    runReading(
      command,
      1,
      ([query], parameters) => ({
        name: 'problems',
        path: {},
        parameters: withQuery([query ?? ''], parameters),
      }),
      context,
      async (reading, question) => {
        const body = (await reading.answers.ask(question.name, question, reading.signal)) as Body
        await present(reading, context.errors, body, () => show(reading, body))
      },
    ),
  )
}

async function show({ output, paint, isWide, now }: Reading, { at, problems }: Body): Promise<void> {
  const { isTerminal: hasTitle, columns } = output
  if (problems.length === 0 && hasTitle)
    return output.line('Nothing is wrong, as far as events tell. With --all: what is over.')
  for (const line of problemLines(problems, at, { columns, now, paint, hasTitle, isWide })) await output.line(line)
}
