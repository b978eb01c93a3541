import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import type { ReplayReport } from '../run/replay.ts'
import type { ReplaySummary } from '../run/replay-summary.ts'
import { openRunning } from './answers.ts'
import type { Context } from './context.ts'
import { INTERRUPTED, refuse } from './failures.ts'
import { addFlags, readArguments } from './flags.ts'
import type { HttpAnswers } from './http-answers.ts'
import { INGEST_FLAGS, paintFor, type IngestOptions } from './ingest-flags.ts'
import { loadConfig } from './load-config.ts'
import type { PatternJson } from './pattern-table.ts'
import { Progress } from './progress.ts'
import { foundLines, ingestLines } from './start-screen.ts'
import { grouped } from './text.ts'

/** Pieces of input that could not be used: so many are named, all are counted. */
const MOST_REFUSED_TOLD = 10

interface ReplayFlags extends IngestOptions {
  readonly rebase?: true
  readonly loop?: true
  readonly speed?: string
  readonly url?: string
  readonly tokenFile?: string
  readonly cluster?: string
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
    ...INGEST_FLAGS,
    ['url', 'URL', 'play into a running collector, over its API'],
    ['token-file', 'FILE', 'file with the token of that collector'],
    [
      'cluster',
      'NAME',
      'name of the cluster in the observations (default: recording); with --url none that is watched there',
    ],
    ['rebase', null, 'shift times so that the last event is now'],
    ['speed', 'N', '1 plays as it happened, 60 an hour in a minute (default 0: as fast as it goes)'],
    ['loop', null, 'begin again at the end'],
  ])
  command.addHelpText(
    'after',
    `
Examples:
  kubectl get events -A -o json | eventloom replay - --data ./data
  eventloom replay recording.jsonl.gz --rebase
  eventloom replay recording.jsonl.gz --url http://127.0.0.1:8085
  eventloom replay support-bundle/ --json | jq .outcomes`,
  )
  command.action(async () => {
    const options = command.opts<ReplayFlags>()
    const { words: files, problems } = readArguments(command, Infinity)
    const missing = files.length === 0 ? ['FILE: name at least one recording, or - for standard input.'] : []
    const both =
      options.url !== undefined && options.data !== undefined
        ? ['--url and --data exclude each other: a collector has its own data.']
        : []
    refuse([...problems, ...missing, ...wrongSpeed(options), ...both])
    await replay(context, await loadConfig(options, context.terminal), files, options)
  })
}

async function replay(context: Context, config: Config, files: readonly string[], options: ReplayFlags): Promise<void> {
  const { actions, terminal, output, errors, exit } = context
  const progress = new Progress(errors)
  let refused = 0
  let last = { received: 0, stored: 0 }
  const { rebase = config.recordings.rebase, loop = config.recordings.loop } = options
  const speed = options.speed === undefined ? config.recordings.speed : Number(options.speed)
  const played = { ...config, recordings: { ...config.recordings, rebase, loop, speed } }
  const wanted = { files, cluster: options.cluster ?? 'recording', signal: terminal.signal }
  const report: ReplayReport = {
    progress: (now) => progress.show(progressText((last = now))),
    refused: (text) => {
      refused += 1
      if (refused <= MOST_REFUSED_TOLD) progress.tell(text)
    },
  }
  const collector = await openCollector(config, options)
  const play =
    collector === null ? actions.replay(played, wanted, report) : actions.replayTo(collector, played, wanted, report)
  const summary = await play
    .finally(() => collector?.close())
    .catch(async (error: unknown) => {
      if (!terminal.signal.aborted) throw error
      progress.end()
      await output.line(
        options.json === true
          ? JSON.stringify({ stopped: true, ...last })
          : `Stopped. ${progressText(last)}. What was accepted is kept; the same command goes on.`,
      )
      exit(INTERRUPTED)
    })
  if (summary === undefined) return
  progress.end()
  if (refused > MOST_REFUSED_TOLD) await errors.line(`${grouped(refused - MOST_REFUSED_TOLD)} more could not be used.`)
  if (options.json === true) await output.line(JSON.stringify(summary))
  else await showSummary(context, summary, options)
  exit(replayExitCode(summary))
}

function progressText({ received, stored }: { readonly received: number; readonly stored: number }): string {
  return `${grouped(received)} received · ${grouped(stored)} stored`
}

/** The collector at `--url`, or the one that has the data directory; null when nobody has. */
async function openCollector(config: Config, { url, tokenFile }: ReplayFlags): Promise<HttpAnswers | null> {
  return openRunning({ url: url ?? null, tokenFile: tokenFile ?? null, config })
}

/** 0, or 3 when some of the input could not be used, or 4 when none of it could. Files passed over are none of it, if any was. */
export function replayExitCode({ received, outcomes, passedOver }: ReplaySummary): number {
  if (received === 0 && passedOver > 0) return 4
  const unusable = [outcomes.dropped, outcomes.deadLettered].flatMap((byCause) => Object.values(byCause))
  const lost = unusable.reduce((sum, count) => sum + count, 0)
  if (lost === 0) return 0
  return lost === received ? 4 : 3
}

async function showSummary(context: Context, summary: ReplaySummary, options: ReplayFlags): Promise<void> {
  const { terminal, output } = context
  const { received, outcomes, seconds } = summary
  if (received === 0) return output.line('There are no events in this input.')
  for (const line of ingestLines({ ...outcomes, received, buffered: 0 }, seconds, output.columns))
    await output.line(line)
  if (outcomes.stored + outcomes.alreadyStored === 0) return
  const look = { columns: output.columns, now: terminal.clock(), paint: paintFor(options, context) }
  const patterns = summary.patterns as readonly PatternJson[]
  // Routine is the most of every recording, and nobody plays one to see it.
  const wrong = patterns.filter(({ maxSeverity }) => maxSeverity !== 'info')
  for (const line of foundLines(wrong.length === 0 ? patterns : wrong, look)) await output.line(line)
}

function wrongSpeed({ speed }: ReplayFlags): readonly string[] {
  if (speed === undefined || (speed.trim() !== '' && Number(speed) >= 0)) return []
  return [`--speed: "${speed}" is not a number from 0. Use for example 1, or 60 for an hour in a minute.`]
}
