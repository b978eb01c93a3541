import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openFolder, startLine, type Surroundings } from '../app.ts'
import type { Config } from '../config/config.ts'
import { useIncidentRules } from '../api/incidents/incident-rules.ts'
import { Shutdown } from '../shutdown.ts'
import { loadIncidentRules } from './incident-rules.ts'
import { deadLettersIn } from './dead-letters.ts'
import type { DeadLetterList } from '../event/dead-letter.ts'
import type { Accounts } from '../event/outcome.ts'
import type { EventReader } from '../store/store.ts'

export interface OpenReader {
  readonly reader: EventReader
  readonly accounts: () => Accounts
  readonly deadLetters: (limit: number) => DeadLetterList
  close(): Promise<void>
}

/**
 * Opens what a data directory holds, when no collector has it: buffer and store, and nothing else. Only what a crash left in
 * the buffer, or what could not be read any more, takes the whole line, so that a reader sees everything that was accepted.
 *
 * @throws Error there is nothing, with what to do.
 */
export async function openReader(config: Config, surroundings: Surroundings): Promise<OpenReader> {
  if (!existsSync(join(config.data, 'buffer.sqlite'))) {
    throw new Error(
      'there is no data here yet. Run "eventloom run" or "eventloom replay FILE" first, or name another directory with --data',
    )
  }
  const shutdown = new Shutdown()
  try {
    const folder = await openFolder(config, surroundings, shutdown)
    const { buffer, store, lost } = folder
    if (!buffer.isEmpty || lost.length > 0) {
      const { line } = await startLine(folder, config, surroundings, shutdown)
      await line.settle(AbortSignal.timeout(SETTLE_MS))
    }
    useIncidentRules(store, (await loadIncidentRules(config)).current)
    return {
      reader: store,
      accounts: () => buffer.accounts(),
      deadLetters: (limit) => deadLettersIn(buffer, limit),
      close: () => shutdown.stop(),
    }
  } catch (error) {
    await shutdown.stop()
    throw error
  }
}

/** A reader does not wait longer than this for what is buffered. */
const SETTLE_MS = 10_000
