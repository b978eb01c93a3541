import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openData, type Surroundings } from '../app.ts'
import { DurableBuffer } from '../buffer/buffer.ts'
import { MILLISECOND } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { DeadLetterList } from '../event/dead-letter.ts'
import { Shutdown } from '../shutdown.ts'

/** What `dead-letters replay --json` prints. */
export interface ReplayedLetters {
  readonly replayed: number
  /** The store has them now. */
  readonly accepted: number
  /** Refused again, with the newer reason. */
  readonly refused: number
  /** Not yet sent, because the replay was stopped: the next start of a collector sends them. */
  readonly waiting: number
}

/** How often the progress of a replay is told. */
const PROGRESS_EVERY_MS = 200

/**
 * What the store refused for good, with the reasons. Asks the data directory alone, so that it answers while the store is
 * down.
 *
 * @throws BufferBusyError a collector owns the directory. @throws Error there is none.
 */
export async function listDeadLetters(config: Config, limit: number, { clock }: Surroundings): Promise<DeadLetterList> {
  const suffix = String(Math.floor(clock() / MILLISECOND))
  const { buffer } = DurableBuffer.open(bufferOf(config), config.buffer.maxBytes, suffix)
  try {
    return deadLettersIn(buffer, limit)
  } finally {
    buffer.close()
  }
}

/** Those of an open buffer; at most `limit`. */
export function deadLettersIn(buffer: DurableBuffer, limit: number): DeadLetterList {
  const letters = buffer.deadLetters(limit)
  return {
    total: buffer.deadLetterCount,
    letters: letters.map(({ id, cause, detail, row }) => ({ id, cause, detail, observation: row.observation })),
  }
}

/**
 * Sends all dead letters to the store once more, and waits for what it says. What it refuses again stays a dead letter, with
 * the newer reason.
 */
export async function replayDeadLetters(
  config: Config,
  signal: AbortSignal,
  report: (waiting: number) => void,
  surroundings: Surroundings,
): Promise<ReplayedLetters> {
  bufferOf(config)
  const shutdown = new Shutdown()
  try {
    const { buffer, line } = await openData(config, surroundings, shutdown)
    const replayed = buffer.replayDeadLetters()
    const ticking = setInterval(() => report(buffer.pendingRows), PROGRESS_EVERY_MS)
    shutdown.onStop('progress', async () => clearInterval(ticking))
    await line.settle(signal)
    const [waiting, refused] = [buffer.pendingRows, buffer.deadLetterCount]
    return { replayed, accepted: Math.max(0, replayed - refused - waiting), refused, waiting }
  } finally {
    await shutdown.stop()
  }
}

/** @throws Error there is no data. */
function bufferOf({ data }: Config): string {
  const file = join(data, 'buffer.sqlite')
  if (existsSync(file)) return file
  throw new Error(`there is no data in ${data}. Name the directory of the collector with --data`)
}
