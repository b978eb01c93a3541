import { endpointNamed } from '../api/endpoints.ts'
import { readCollectorFile } from '../api/collector-file.ts'
import { exportFrom } from '../api/export.ts'
import { isLoopback, type Config } from '../config/config.ts'
import { parseExportRequest } from '../query/request.ts'
import type { Actions } from './actions.ts'
import type { Answers } from './asking.ts'
import { CommandError } from './failures.ts'
import { ownsFolder } from './folder-owner.ts'
import { HttpAnswers } from './http-answers.ts'
import type { Terminal } from './terminal.ts'

const NOT_OURS =
  'The collector that collector.json names is no process of yours that has this directory. Ask it with --url URL --token-file FILE.'

export interface Where {
  /** A running collector. */
  readonly url: string | null
  /** For `url` alone. */
  readonly tokenFile: string | null
  readonly config: Config
}

/**
 * Answers from `--url`, or from the collector that has the data directory, or from its files when nobody has them
 * (frame §6.12: DuckDB lets one process in).
 *
 * @throws CommandError there is neither.
 */
export async function openAnswers(
  { url, tokenFile, config }: Where,
  actions: Actions,
  terminal: Terminal,
): Promise<Answers> {
  const running = await openRunning({ url, tokenFile, config })
  if (running !== null) return running
  const files = await openFiles(config, actions)
  return {
    isRunning: false,
    export: async (parameters, signal) =>
      exportFrom(files.reader, parseExportRequest(parameters, terminal.clock()), signal),
    ask: (name, asked, signal) => endpointNamed(name).answer({ ...files, now: terminal.clock() }, asked, signal),
    close: () => files.close(),
  }
}

/**
 * Answers from `--url`, or from the collector that has the data directory; null when nobody has. Without `--url` a token goes to
 * nobody but that collector: a process of our own user, on this machine.
 */
export async function openRunning({ url, tokenFile, config }: Where): Promise<HttpAnswers | null> {
  const { allowSharedTokenFile } = config.api
  if (url !== null) return HttpAnswers.open(url, tokenFile, allowSharedTokenFile)
  const running = await readCollectorFile(config.data)
  if (running === null || !URL.canParse(running.url)) return null
  const { protocol, hostname, port } = new URL(running.url)
  const isHere = protocol === 'http:' && isLoopback(hostname)
  if (!isHere || !(await ownsFolder(running.pid, config.data, Number(port)))) return null
  return HttpAnswers.open(running.url, running.tokenFile, allowSharedTokenFile)
}

async function openFiles(config: Config, actions: Actions) {
  try {
    return await actions.openReader(config)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    const hint = (await readCollectorFile(config.data)) === null ? '' : ` ${NOT_OURS}`
    throw new CommandError(`${config.data}: ${why}${hint}`, { cause })
  }
}
