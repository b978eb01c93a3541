import type { OpenData } from '../app.ts'
import { keepTime } from '../last-run.ts'
import { formatTime } from '../query/time.ts'
import type { Logger } from '../telemetry/logger.ts'

/** The first answers of API servers are there by then. */
const FIRST_AFTER_MS = 10_000
const EVERY_MS = 60_000

/** Tells once when the machine's clock is found to be wrong, and when it is right again; keeps the time for the next run. */
export async function compareClocks(
  { time, directory }: Pick<OpenData, 'time' | 'directory'>,
  { logger, delay }: { readonly logger: Logger; readonly delay: (ms: number, signal: AbortSignal) => Promise<void> },
  signal: AbortSignal,
): Promise<void> {
  let wasWrong = false
  let hasWaited = false
  for (let pause = FIRST_AFTER_MS; !signal.aborted; pause = EVERY_MS) {
    await delay(pause, signal).catch(() => undefined)
    if (signal.aborted) return
    const { disagreement, isWaiting } = time
    if (disagreement !== null && !wasWrong) logger.error(disagreement.text)
    if (disagreement === null && wasWrong) logger.info('the clocks agree again')
    if (isWaiting && !hasWaited)
      logger.info(
        `the clock of this machine is ahead of ${formatTime(time.now())}, the time of the last run, and no API server has confirmed it: until one does, nothing is removed for its age by it`,
      )
    wasWrong = disagreement !== null
    hasWaited ||= isWaiting
    keepTime(directory, time)
  }
}
