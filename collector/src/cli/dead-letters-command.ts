import type { Command } from 'commander'
import { deadLettersAnswer } from '../api/answers.ts'
import { MAX_LIMIT } from '../query/request.ts'
import { openRunning } from './answers.ts'
import type { Context } from './context.ts'
import { CommandError, refuse } from './failures.ts'
import { addFlags, readArguments, type CommandFlag } from './flags.ts'
import { loadConfig } from './load-config.ts'
import { Progress } from './progress.ts'
import { objectText } from './events-command.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine } from './text.ts'

const DEFAULT_LETTERS = 100

const WHERE: readonly CommandFlag[] = [
  ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
  ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
]

const RUNNING: readonly CommandFlag[] = [
  ['url', 'URL', 'ask a running collector'],
  ['token-file', 'FILE', 'file with the token of that collector'],
]

interface Flags {
  readonly config?: string
  readonly data?: string
  readonly url?: string
  readonly tokenFile?: string
  readonly limit?: string
  readonly json?: true
}

type LetterList = Awaited<ReturnType<typeof deadLettersAnswer>>

/** `eventloom dead-letters`: what the store refused for good, and another try for it. */
export function addDeadLettersCommands(program: Command, context: Context): void {
  const group = program.command('dead-letters').summary('what the store refused for good: list it, or send it again')
  addList(group, context)
  addReplay(group, context)
}

function addList(group: Command, context: Context): void {
  const { output, errors } = context
  const command = group
    .command('list')
    .description('Lists observations that the store refused for good, each with the reason.')
  addFlags(command, [...WHERE, ...RUNNING, ['limit', 'N', 'most observations (default: 100)'], ['json', null, 'JSON']])
  command.action(async () => {
    const options = command.opts<Flags>()
    const limit = Number(options.limit ?? DEFAULT_LETTERS)
    const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT
    refuse([
      ...readArguments(command, 0).problems,
      ...(isLimit ? [] : [`--limit: must be a whole number from 1 to ${grouped(MAX_LIMIT)}`]),
    ])
    const { total, letters } = await listLetters(options, limit, context)
    if (options.json === true) return output.line(JSON.stringify({ total, letters }, null, 1))
    const look = { columns: output.columns, hasTitle: output.isTerminal }
    for (const line of tableLines(letters, COLUMNS, look)) await output.line(line)
    if (total > letters.length) await errors.line(`${grouped(letters.length)} of ${grouped(total)}. More: --limit`)
  })
}

/** From a running collector, else from its data directory alone: the store may be down. */
async function listLetters(options: Flags, limit: number, { actions, terminal }: Context): Promise<LetterList> {
  const config = await loadConfig(options, terminal)
  const where = { url: options.url ?? null, tokenFile: options.tokenFile ?? null, config }
  const running = await openRunning(where)
  if (running === null) return deadLettersAnswer(await actions.listDeadLetters(config, limit))
  try {
    const asked = { path: {}, parameters: { limit } }
    return (await running.ask('deadLetters', asked, terminal.signal)) as LetterList
  } finally {
    await running.close()
  }
}

const COLUMNS: readonly Column<LetterList['letters'][number]>[] = [
  { title: 'LAST', of: ({ observation }) => observation.lastObserved },
  { title: 'REASON', of: ({ observation }) => oneLine(observation.reason) },
  { title: 'OBJECT', of: ({ observation }) => objectText(observation), cut: 'middle' },
  { title: 'CAUSE', of: ({ cause }) => oneLine(cause) },
  { title: 'DETAIL', of: ({ detail }) => oneLine(detail), cut: 'end' },
]

function addReplay(group: Command, { actions, terminal, output, errors }: Context): void {
  const command = group
    .command('replay')
    .description(
      'Sends all of them to the store again, after the cause was mended: a mapping, a limit, a newer version. What is refused again stays, with the newer reason. Stop the collector first.',
    )
  addFlags(command, [...WHERE, ['json', null, 'JSON on standard output']])
  command.addHelpText('after', '\nExamples:\n  eventloom dead-letters replay --config eventloom.yaml')
  command.action(async () => {
    const options = command.opts<Flags>()
    refuse(readArguments(command, 0).problems)
    const progress = new Progress(errors)
    const config = await loadConfig(options, terminal)
    const summary = await actions.replayDeadLetters(config, terminal.signal, (waiting) =>
      progress.show(`${grouped(waiting)} observations wait`),
    )
    progress.end()
    const { replayed, accepted, refused, waiting } = summary
    await output.line(
      options.json === true
        ? JSON.stringify(summary)
        : `${grouped(replayed)} observations sent again, ${grouped(accepted)} accepted, ${grouped(refused)} refused`,
    )
    if (waiting > 0)
      throw new CommandError(
        `${grouped(waiting)} observations were not sent. They wait in the buffer: the next start sends them.`,
      )
    if (refused > 0)
      throw new CommandError(
        `${grouped(refused)} observations were refused again. "eventloom dead-letters list" says why.`,
      )
  })
}
