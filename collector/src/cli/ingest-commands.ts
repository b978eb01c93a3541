import type { Command } from 'commander'
import { parseAge, parseBytes } from '../config/quantities.ts'
import type { Config } from '../config/config.ts'
import type { ReplaySummary } from '../run/replay-summary.ts'
import { CommandError, refuse } from './failures.ts'
import { addFlags, readArguments, type CommandFlag } from './flags.ts'
import { loadConfig } from './load-config.ts'
import { createPaint } from './paint.ts'
import type { PatternJson } from './pattern-table.ts'
import type { Context } from './context.ts'
import { Progress } from './progress.ts'
import { foundLines, ingestLines } from './start-screen.ts'
import { grouped, oneLine } from './text.ts'

/** Pieces of input that could not be used: so many are named, all are counted. */
const MOST_REFUSED_TOLD = 10

const COMMON: readonly CommandFlag[] = [
  ['config', 'FILE', 'configuration (default: ./eventloom.yaml when it exists)'],
  ['data', 'DIR', 'data directory (default: of the configuration, ./data)'],
  ['json', null, 'JSON on standard output'],
  ['no-color', null, 'no colours'],
]

export function addRunCommand(program: Command, { actions, terminal, output, exit }: Context): void {
  const command = program
    .command('run')
    .summary('watch clusters, and serve the API')
    .description(
      'Watches the configured clusters (without any: the current context of kubectl) and serves the API. With --play it plays recordings instead; with --data and no cluster it shows what is there.',
    )
  addFlags(command, [
    ...COMMON,
    ['play', 'FILE...', 'play recordings and directories of them instead of watching clusters'],
    ['rebase', null, 'with --play: shift times so that the last event is now'],
    ['play-again-every', 'DURATION', 'begin a recording again that often, in an empty store: for demonstrations'],
    ['play-when-unreachable', null, 'play the shipped recording when no cluster can be reached'],
  ])
  command.addHelpText('after', `
Examples:
  eventloom run
  eventloom run --config eventloom.yaml
  eventloom run --play recording.jsonl.gz --data ./recording
  eventloom run --data ./copied-from-a-colleague`) // prettier-ignore
  command.action(async () => {
    const options = command.opts<IngestOptions>()
    const playAgainEvery = options.playAgainEvery === undefined ? null : parseAge(options.playAgainEvery)
    const isWrong = options.playAgainEvery !== undefined && playAgainEvery === null
    const wrong = isWrong ? [`--play-again-every: "${options.playAgainEvery}" is not a duration. Use for example 1h.`] : [] // prettier-ignore
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

interface IngestOptions {
  readonly config?: string
  readonly data?: string
  readonly json?: true
  readonly color: boolean
  readonly play?: readonly string[]
  readonly playAgainEvery?: string
  readonly playWhenUnreachable?: true
  readonly rebase?: true
  readonly loop?: true
  readonly speed?: string
  readonly cluster?: string
  readonly out?: string
  readonly maxBytes?: string
  readonly redactNames?: true
}

export function addReplayCommand(program: Command, context: Context): void {
  const command = program
    .command('replay')
    .argument('[file...]', 'recordings, directories of them, or - for standard input')
    .summary('play recordings through all stages into the store')
    .description(
      'Plays recordings: JSON Lines of events, `kubectl get events -o json` or `-o yaml`, watch lines, must-gathers, gzip, directories.',
    )
  addFlags(command, [
    ...COMMON,
    ['cluster', 'NAME', 'name of the cluster in the observations (default: recording)'],
    ['rebase', null, 'shift times so that the last event is now'],
    ['speed', 'N', '1 plays as it happened, 60 an hour in a minute (default 0: as fast as it goes)'],
    ['loop', null, 'begin again at the end'],
  ])
  command.addHelpText('after', `
Examples:
  kubectl get events -A -o json | eventloom replay - --data ./data
  eventloom replay recording.jsonl.gz --rebase
  eventloom replay support-bundle/ --json | jq .outcomes`) // prettier-ignore
  command.action(async () => {
    const options = command.opts<IngestOptions>()
    const { words: files, problems } = readArguments(command, Infinity)
    const missing = files.length === 0 ? ['FILE: name at least one recording, or - for standard input.'] : []
    refuse([...problems, ...missing, ...wrongSpeed(options)])
    await replay(context, await loadConfig(options, context.terminal), files, options)
  })
}

async function replay(
  context: Context,
  config: Config,
  files: readonly string[],
  options: IngestOptions,
): Promise<void> {
  const { actions, terminal, output, errors, exit } = context
  const progress = new Progress(errors)
  let refused = 0
  const { rebase = config.recordings.rebase, loop = config.recordings.loop } = options
  const speed = options.speed === undefined ? config.recordings.speed : Number(options.speed)
  const summary = await actions.replay(
    { ...config, recordings: { ...config.recordings, rebase, loop, speed } },
    { files, cluster: options.cluster ?? 'recording', signal: terminal.signal },
    {
      progress: ({ received, stored }) => progress.show(`${grouped(received)} received · ${grouped(stored)} stored`),
      refused: (text) => {
        refused += 1
        if (refused <= MOST_REFUSED_TOLD) progress.tell(text)
      },
    },
  )
  progress.end()
  if (refused > MOST_REFUSED_TOLD) await errors.line(`${grouped(refused - MOST_REFUSED_TOLD)} more could not be used.`)
  if (options.json === true) await output.line(JSON.stringify(summary))
  else await showSummary(context, summary, options)
  exit(replayExitCode(summary))
}

/** 0, or 3 when some of the input could not be used, or 4 when none of it could. Files passed over are none of it, if any was. */
export function replayExitCode({ received, outcomes, passedOver }: ReplaySummary): number {
  if (received === 0 && passedOver > 0) return 4
  const unusable = [outcomes.dropped, outcomes.deadLettered].flatMap((byCause) => Object.values(byCause))
  const lost = unusable.reduce((sum, count) => sum + count, 0)
  if (lost === 0) return 0
  return lost === received ? 4 : 3
}

async function showSummary(context: Context, summary: ReplaySummary, options: IngestOptions): Promise<void> {
  const { terminal, output } = context
  const { received, outcomes, seconds } = summary
  if (received === 0) return output.line('There are no events in this input.')
  for (const line of ingestLines({ ...outcomes, received, buffered: 0 }, seconds, output.columns))
    await output.line(line)
  if (outcomes.stored + outcomes.alreadyStored === 0) return
  const look = { columns: output.columns, now: terminal.clock(), paint: paintFor(options, context) }
  for (const line of foundLines(summary.patterns as readonly PatternJson[], look)) await output.line(line)
}

export function addRecordCommand(program: Command, { actions, terminal, output, errors }: Context): void {
  const command = program
    .command('record')
    .summary('write the raw stream of a cluster as a recording')
    .description(
      'Writes the raw stream of the configured clusters as a recording, until Ctrl-C. Goes on where it stopped.',
    )
  addFlags(command, [
    ...COMMON,
    ['out', 'DIR', 'folder to write to; a recording that is there goes on'],
    ['max-bytes', 'SIZE', 'stop at this size, for example 500MB (default 1GB)'],
    ['redact-names', null, 'replace everything but ordinary words, kinds, reasons, times and numbers by pseudonyms'],
  ])
  command.addHelpText('after', '\nExamples:\n  eventloom record --out ./incident --max-bytes 200MB --redact-names')
  command.action(async () => {
    const options = command.opts<IngestOptions>()
    const maxBytes = options.maxBytes === undefined ? null : parseBytes(options.maxBytes)
    refuse([
      ...readArguments(command, 0).problems,
      ...(options.out === undefined ? ['--out: name the folder to write to, for example --out ./recording'] : []),
      ...(options.maxBytes !== undefined && maxBytes === null ? [`--max-bytes: "${options.maxBytes}" is not a size. Use for example 500MB.`] : []), // prettier-ignore
    ])
    const progress = new Progress(errors)
    const request = { out: options.out ?? '', maxBytes, redactNames: options.redactNames === true, signal: terminal.signal } // prettier-ignore
    const summary = await actions.record(await loadConfig(options, terminal), request, ({ lines, bytes }) =>
      progress.show(`${grouped(lines)} lines · ${grouped(bytes)} bytes`),
    )
    progress.end()
    const text = `${grouped(summary.lines)} lines, ${grouped(summary.bytes)} bytes in ${summary.files.join(', ')}: ${summary.ended}`
    await output.line(options.json === true ? JSON.stringify(summary) : oneLine(text))
    if (summary.files.length === 0) throw new CommandError('Nothing was recorded.')
  })
}

function wrongSpeed({ speed }: IngestOptions): readonly string[] {
  if (speed === undefined || (speed.trim() !== '' && Number(speed) >= 0)) return []
  return [`--speed: "${speed}" is not a number from 0. Use for example 1, or 60 for an hour in a minute.`]
}

function paintFor({ color }: IngestOptions, { terminal, output }: Pick<Context, 'terminal' | 'output'>) {
  return createPaint(output.isTerminal, !color || (terminal.environment['NO_COLOR'] ?? '') !== '')
}
