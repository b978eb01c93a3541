import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseConfig, type Config } from '../config/config.ts'
import { CommandError } from './failures.ts'
import type { Terminal } from './terminal.ts'

/** Used when nobody names another. */
const DEFAULT_FILE = 'eventloom.yaml'

/**
 * The configuration of a command: `--config`, else $EVENTLOOM_CONFIG, else ./eventloom.yaml, else all defaults; then
 * variables, then `--data`.
 *
 * @throws ConfigError with every problem. @throws CommandError the file cannot be read.
 */
export async function loadConfig(
  { config, data }: { readonly config?: string; readonly data?: string },
  { environment }: Pick<Terminal, 'environment'>,
): Promise<Config> {
  const named = config ?? environment['EVENTLOOM_CONFIG']
  const file = named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null)
  const text = file === null ? '' : await readText(file)
  const parsed = parseConfig(text, file ?? DEFAULT_FILE, environment)
  return data === undefined ? parsed : { ...parsed, data }
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown'})`
    throw new CommandError(`The file ${file} ${why}.`, { cause })
  }
}
