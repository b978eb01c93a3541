import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from '../cli/failures.ts'
import type { Config } from '../config/config.ts'

/** Says that all in its directory was played, and may go. */
const MARK = 'only-played'

/**
 * Empties the data directory for the next pass of a recording, so that it takes the place of the one before. Only a directory that
 * never held anything else is emptied.
 *
 * @throws CommandError the directory holds something else, or the store lies outside of it.
 */
export function emptyForPass({ data, store }: Pick<Config, 'data' | 'store'>): void {
  if (store.kind === 'elasticsearch')
    throw new CommandError(
      '--play-again-every needs an embedded store: what Elasticsearch holds is not removed. Leave it out.',
    )
  mkdirSync(data, { recursive: true })
  const found = readdirSync(data).filter((name) => name !== MARK)
  if (found.length > 0 && !existsSync(join(data, MARK))) {
    throw new CommandError(
      `--play-again-every empties its data directory, and ${data} holds something else. Name another one with --data.`,
    )
  }
  writeFileSync(join(data, MARK), '')
  for (const name of found) rmSync(join(data, name), { recursive: true })
}
