import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AgreedTime } from './agreed-time.ts'
import type { EpochMicros } from './clock.ts'
import { formatSeconds, parseRfc3339 } from './event/rfc3339.ts'

/** In the data directory: what time it was when a collector last had it. */
const FILE = 'last-run.json'

/** Null when none has kept it. */
export function lastRunIn(directory: string): EpochMicros | null {
  try {
    const { time } = JSON.parse(readFileSync(join(directory, FILE), 'utf8')) as { time?: unknown }
    return typeof time === 'string' ? parseRfc3339(time) : null
  } catch {
    return null
  }
}

/** Keeps the agreed time for the next run. Where the disk takes nothing an older one stays, with which retention waits longer. */
export function keepTime(directory: string, time: Pick<AgreedTime, 'now'>): void {
  const file = join(directory, FILE)
  try {
    writeFileSync(`${file}.new`, `${JSON.stringify({ time: formatSeconds(time.now()) })}\n`)
    renameSync(`${file}.new`, file)
  } catch {
    // The buffer in the same directory tells of the disk.
  }
}
