import { readFileSync } from 'node:fs'
import { PassThrough, Readable } from 'node:stream'
import { runCommandLine, type Actions, type Terminal } from '../../collector/src/cli/cli.ts'
import { systemClock } from '../../collector/src/clock.ts'
import { checkAlertRules, exportToGrafana, runAlertCases } from '../../collector/src/run/alert-rules.ts'
import { checkRules, testRules } from '../../collector/src/run/check-rules.ts'
import { testReceiver } from '../../collector/src/run/test-receiver.ts'
import { openReader } from '../../collector/src/run/read.ts'
import { replay } from '../../collector/src/run/replay.ts'
import { run } from '../../collector/src/run/run.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'
import type { CommandResult } from './cli.ts'

export interface CommandLineOptions {
  /** Of a terminal; null: a pipe. */
  readonly columns?: number | null
  readonly environment?: Readonly<Record<string, string>>
  /** Who opens what a data directory holds. */
  readonly open?: typeof openReader
  /** The command is asked to stop when it has printed this. */
  readonly stopAt?: string
}

const { version } = JSON.parse(readFileSync(new URL('../../collector/package.json', import.meta.url), 'utf8')) as { version: string } // prettier-ignore

/** `eventloom ARGS…` in this process, over the real store on disk; `stdin` is what it may read. */
export async function commandLine(
  args: readonly string[],
  stdin = '',
  { columns = null, environment = {}, open = openReader, stopAt }: CommandLineOptions = {},
): Promise<CommandResult> {
  const [stdout, stderr] = [new Kept(columns), new Kept(columns)]
  const stopping = new AbortController()
  stdout.on('data', () => void (stopAt !== undefined && stdout.text.includes(stopAt) && stopping.abort()))
  const terminal: Terminal = {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    environment,
    clock: systemClock,
    signal: stopping.signal,
    version,
  }
  const write = (line: string) => void stderr.write(line)
  const logger = createLogger({ level: 'warn', format: 'json', isTerminal: false, write })
  const surroundings = { clock: systemClock, random: Math.random, logger, stdin: Readable.from([Buffer.from(stdin)]) }
  const actions: Actions = {
    ...NOT_HERE,
    run: (config, options, screen) => run(config, options, screen, { ...surroundings, pid: process.pid, environment }),
    replay: (config, options, report) => replay(config, options, report, surroundings),
    openReader: (config) => open(config, surroundings),
    checkRules,
    testRules,
    alerts: {
      check: checkAlertRules,
      cases: async (rules, text) => runAlertCases(rules, text),
      toGrafana: async (rules) => exportToGrafana(rules),
    },
    testReceiver: (config, name, options) => testReceiver(config, name, options, { ...surroundings, environment }),
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
  replayTo: notHere,
  record: notHere,
  migrate: notHere,
  reindex: notHere,
  listDeadLetters: notHere,
  replayDeadLetters: notHere,
}
