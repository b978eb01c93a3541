import type { Command } from 'commander'
import { parseAge } from '../config/quantities.ts'
import type { Context } from './context.ts'
import { refuse } from './failures.ts'
import { addFlags, readArguments } from './flags.ts'
import { INGEST_FLAGS, paintFor, type IngestOptions } from './ingest-flags.ts'
import { loadConfig } from './load-config.ts'

interface RunFlags extends IngestOptions {
  readonly play?: readonly string[]
  readonly playAgainEvery?: string
  readonly playWhenUnreachable?: true
  readonly rebase?: true
}

export function addRunCommand(program: Command, { actions, terminal, output, exit }: Context): void {
  const command = program
    .command('run')
    .summary('watch clusters, and serve the API')
    .description(
      'Watches the configured clusters (without any: the current context of kubectl) and serves the API. With --play it plays recordings instead; with --data and no cluster it shows what is there.',
    )
  addFlags(command, [
    ...INGEST_FLAGS,
    ['play', 'FILE...', 'play recordings and directories of them instead of watching clusters'],
    ['rebase', null, 'with --play: shift times so that the last event is now'],
    ['play-again-every', 'DURATION', 'begin a recording again that often, in an empty store: for demonstrations'],
    ['play-when-unreachable', null, 'play the shipped recording when no cluster can be reached'],
  ])
  command.addHelpText(
    'after',
    `
Examples:
  eventloom run
  eventloom run --config eventloom.yaml
  eventloom run --play recording.jsonl.gz --data ./recording
  eventloom run --data ./copied-from-a-colleague`,
  )
  command.action(async () => {
    const options = command.opts<RunFlags>()
    const playAgainEvery = options.playAgainEvery === undefined ? null : parseAge(options.playAgainEvery)
    const isWrong = options.playAgainEvery !== undefined && playAgainEvery === null
    const wrong = isWrong
      ? [`--play-again-every: "${options.playAgainEvery}" is not a duration. Use for example 1h.`]
      : []
    refuse([...readArguments(command, 0).problems, ...wrong])
    const config = await loadConfig(options, terminal)
    const screen = { output, terminal, isJson: options.json === true, paint: paintFor(options, { terminal, output }) }
    const { play = [], data, rebase = config.recordings.rebase } = options
    const wanted = {
      play,
      playWhenUnreachable: options.playWhenUnreachable === true,
      isDataNamed: data !== undefined,
      playAgainEvery,
    }
    const recordings = { ...config.recordings, rebase }
    exit(await actions.run({ ...config, recordings }, { ...wanted, signal: terminal.signal }, screen))
  })
}
