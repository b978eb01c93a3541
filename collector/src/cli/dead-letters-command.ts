import type { Command } from 'commander'
import { observationJson, type ObservationJson } from '../api/observation-json.ts'
import type { DeadLetterList } from './actions.ts'
import type { Context } from './context.ts'
import { CommandError, refuse } from './failures.ts'
import { addFlags, readArguments, type Flag } from './flags.ts'
import { loadConfig } from './load-config.ts'
import { Progress } from './progress.ts'
import { objectText } from './query-command.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine } from './text.ts'

const DEFAULT_LETTERS = 100
const MOST_LETTERS = 1_000_000

const WHERE: readonly Flag[] = [
  ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
  ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
]

interface Flags {
  readonly config?: string
  readonly data?: string
  readonly limit?: string
  readonly json?: true
}

interface Letter extends Pick<DeadLetterList['letters'][number], 'id' | 'cause' | 'detail'> {
  readonly observation: ObservationJson
}

/** `eventloom dead-letters`: what the store refused for good, and another try for it. */
export function addDeadLettersCommands(program: Command, context: Context): void {
  const group = program.command('dead-letters').summary('what the store refused for good: list it, or send it again')
  addList(group, context)
  addReplay(group, context)
}

function addList(group: Command, { actions, terminal, output, errors }: Context): void {
  const command = group
    .command('list')
    .description('Lists observations that the store refused for good, each with the reason. Stop the collector first.')
  addFlags(command, [...WHERE, ['limit', 'N', 'most observations (default: 100)'], ['json', null, 'JSON']])
  command.action(async () => {
    const options = command.opts<Flags>()
    const limit = Number(options.limit ?? DEFAULT_LETTERS)
    const isLimit = Number.isInteger(limit) && limit >= 1 && limit <= MOST_LETTERS
    refuse([
      ...readArguments(command, 0).problems,
      ...(isLimit ? [] : [`--limit: must be a whole number from 1 to ${grouped(MOST_LETTERS)}`]),
    ])
    const { total, letters } = await actions.listDeadLetters(await loadConfig(options, terminal), limit)
    const shown = letters.map(({ observation, ...why }) => ({ ...why, observation: observationJson(observation) }))
    if (options.json === true) return output.line(JSON.stringify({ total, letters: shown }, null, 1))
    const look = { columns: output.columns, hasTitle: output.isTerminal }
    for (const line of tableLines(shown, COLUMNS, look)) await output.line(line)
    if (total > shown.length) await errors.line(`${grouped(shown.length)} of ${grouped(total)}. More: --limit`)
  })
}

const COLUMNS: readonly Column<Letter>[] = [
  { title: 'LAST', of: ({ observation }) => observation.lastObserved },
  { title: 'REASON', of: ({ observation }) => oneLine(observation.reason) },
  { title: 'OBJECT', of: ({ observation }) => objectText(observation), canShrink: true },
  { title: 'CAUSE', of: ({ cause }) => oneLine(cause) },
  { title: 'DETAIL', of: ({ detail }) => oneLine(detail), canShrink: true },
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
    await output.line(options.json === true ? JSON.stringify(summary) : `${grouped(replayed)} observations sent again, ${grouped(accepted)} accepted, ${grouped(refused)} refused`) // prettier-ignore
    if (waiting > 0) throw new CommandError(`${grouped(waiting)} observations were not sent. They wait in the buffer: the next start sends them.`) // prettier-ignore
    if (refused > 0) throw new CommandError(`${grouped(refused)} observations were refused again. "eventloom dead-letters list" says why.`) // prettier-ignore
  })
}
