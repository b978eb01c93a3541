import { endpointNamed } from '../api/endpoints.ts'
import { readCollectorFile } from '../api/collector-file.ts'
import type { Config } from '../config/config.ts'
import type { Actions } from './actions.ts'
import type { Answers } from './asking.ts'
import { CommandError } from './failures.ts'
import { HttpAnswers } from './http-answers.ts'
import type { Terminal } from './terminal.ts'

export interface Where {
  /** A running collector. */
  readonly url: string | null
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
  const running = await openRunning({ url, tokenFile, config }, terminal)
  if (running !== null) return running
  const files = await openFiles(config, actions)
  return {
    ask: (name, asked, signal) => endpointNamed(name).answer({ ...files, now: terminal.clock() }, asked, signal),
    close: () => files.close(),
  }
}

/** Answers from `--url`, or from the collector that has the data directory; null when nobody has. */
export async function openRunning({ url, tokenFile, config }: Where, terminal: Terminal): Promise<Answers | null> {
  if (url !== null) return HttpAnswers.open(url, tokenFile)
  const running = await readCollectorFile(config.data)
  if (running === null || !terminal.isAlive(running.pid)) return null
  const answers = await HttpAnswers.open(running.url, running.tokenFile)
  // The id of a collector that was killed may be another program's by now: it must answer, too.
  if (await answers.isThere()) return answers
  await answers.close()
  return null
}

async function openFiles(config: Config, actions: Actions) {
  try {
    return await actions.openReader(config)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandError(`${config.data}: ${why}`, { cause })
  }
}
