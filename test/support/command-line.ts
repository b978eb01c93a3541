import { PassThrough, Readable } from 'node:stream'
import { runCommandLine, type Actions, type Terminal } from '../../collector/src/cli/cli.ts'
import { systemClock } from '../../collector/src/clock.ts'
import { checkRules, testRules } from '../../collector/src/run/check-rules.ts'
import { openReader } from '../../collector/src/run/read.ts'
import { replay } from '../../collector/src/run/replay.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import type { CommandResult } from './cli.ts'

export interface CommandLineOptions {
  /** Of a terminal; null: a pipe. */
  readonly columns?: number | null
  readonly environment?: Readonly<Record<string, string>>
}

/** `eventloom ARGS…` in this process, over the real store on disk; `stdin` is what it may read. */
export async function commandLine(
  args: readonly string[],
  stdin = '',
  { columns = null, environment = {} }: CommandLineOptions = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new Kept(columns), new Kept(columns)]
  const terminal: Terminal = {
    stdout,
    stderr,
    environment,
    clock: systemClock,
    signal: new AbortController().signal,
    version: '0',
  }
  const write = (line: string) => void stderr.write(line)
  const logger = createLogger({ level: 'warn', format: 'json', isTerminal: false, write })
  const surroundings = { clock: systemClock, random: Math.random, logger, stdin: Readable.from([Buffer.from(stdin)]) }
  const actions: Actions = {
    ...NOT_HERE,
    replay: (config, options, report) => replay(config, options, report, surroundings),
    openReader: (config) => openReader(config, surroundings),
    checkRules,
    testRules,
  }
  const code = await runCommandLine(args, actions, terminal)
  return { code, stdout: stdout.text, stderr: stderr.text }
}

/** A stream that keeps what is written. */
class Kept extends PassThrough {
  text = ''
  readonly isTTY: boolean
  readonly columns: number
  constructor(columns: number | null) {
    super()
    this.isTTY = columns !== null
    this.columns = columns ?? Infinity
    this.setEncoding('utf8').on('data', (part: string) => (this.text += part))
  }
}

const notHere = () => Promise.reject(new Error('this command needs a process of its own: see runCommand'))
const NOT_HERE = {
  run: notHere,
  replayTo: notHere,
  record: notHere,
  migrate: notHere,
  reindex: notHere,
  listDeadLetters: notHere,
  replayDeadLetters: notHere,
}
