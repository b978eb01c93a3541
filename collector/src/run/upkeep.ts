import type { Clock } from '../clock.ts'
import type { EventStore, RetentionPolicy, RetentionReport } from '../store/store.ts'
import type { Logger } from '../telemetry/logger.ts'

/** The first run waits until a start is over; later ones keep the disk under its bound. */
const FIRST_AFTER_MS = 30_000
const EVERY_MS = 10 * 60_000

/** Removes what retention says, now and then, until `signal` aborts. A failed run is told and tried again. */
export async function keepUp(
  store: Pick<EventStore, 'expire'>,
  policy: RetentionPolicy,
  {
    clock,
    logger,
    delay,
  }: {
    readonly clock: Clock
    readonly logger: Logger
    readonly delay: (ms: number, signal: AbortSignal) => Promise<void>
  },
  signal: AbortSignal,
): Promise<void> {
  for (let pause = FIRST_AFTER_MS; !signal.aborted; pause = EVERY_MS) {
    await delay(pause, signal).catch(() => undefined)
    if (signal.aborted) return
    try {
      tell(logger, await store.expire(policy, clock(), signal))
    } catch (error) {
      if (!signal.aborted)
        logger.warn(`retention: ${error instanceof Error ? error.message : String(error)}. Tried again in 10 minutes`)
    }
  }
}

function tell(logger: Logger, { removed, removedRecords, rolledUp, bytes }: RetentionReport): void {
  logger.debug('retention has looked', { bytes })
  const rows = Object.values(removed).reduce((sum, count) => sum + count, 0)
  if (rows > 0) logger.info('retention removed observations', { removed, rolledUp, bytes })
  if (Object.keys(removedRecords).length > 0) logger.info('retention removed records', { ...removedRecords, bytes })
}
