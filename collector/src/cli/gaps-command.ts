import type { Command } from 'commander'
import type { Notice } from '../api/notices.ts'
import type { Context } from './context.ts'
import { addFlags, READER_FLAGS } from './flags.ts'
import { present, runReading, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { oneLine } from './text.ts'

interface Gap {
  readonly from: string
  readonly to: string | null
  readonly cluster: string
  readonly stream: string
  readonly cause: string
}

interface Body {
  readonly gaps: readonly Gap[]
  readonly unwatched: readonly { readonly cluster: string; readonly since: string }[]
  readonly notices: readonly Notice[]
}

/** `eventloom gaps`: where data is or may be missing. */
export function addGapsCommand(program: Command, context: Context): void {
  const command = program
    .command('gaps')
    .summary('where data is or may be missing, and why')
    .description('Where data is or may be missing, and why; and the clusters that nobody watches now.')
  addFlags(command, READER_FLAGS)
  command.addHelpText(
    'after',
    `
Examples:
  eventloom gaps
  eventloom gaps --from -7d -o json`,
  )
  command.action(() =>
    runReading(
      command,
      0,
      (_words, parameters) => ({ name: 'gaps', path: {}, parameters }),
      context,
      async (reading, question) => {
        const body = (await reading.answers.ask(question.name, question, reading.signal)) as Body
        await present(reading, context.errors, body, () => show(reading, body))
      },
    ),
  )
}

async function show({ output }: Reading, { gaps, unwatched }: Body): Promise<void> {
  const rows = [
    ...gaps,
    ...unwatched.map(({ cluster, since }) => ({ from: since, to: null, cluster, stream: '', cause: 'is not watched' })),
  ]
  if (rows.length === 0 && output.isTerminal) return output.line('No gaps: nothing is missing in this range.')
  const lines = tableLines(rows, COLUMNS, { columns: output.columns, hasTitle: output.isTerminal })
  for (const line of lines) await output.line(line)
}

const COLUMNS: readonly Column<Gap>[] = [
  { title: 'FROM', of: ({ from }) => from },
  { title: 'TO', of: ({ to }) => to ?? 'now' },
  { title: 'CLUSTER', of: ({ cluster }) => oneLine(cluster) || '(all)' },
  { title: 'STREAM', of: ({ stream }) => oneLine(stream), cut: 'middle', goes: 1 },
  { title: 'CAUSE', of: ({ cause }) => oneLine(cause), cut: 'end' },
]
