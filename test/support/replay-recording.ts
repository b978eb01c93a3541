import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openData } from '../../collector/src/app.ts'
import { systemClock } from '../../collector/src/clock.ts'
import { defaultConfig } from '../../collector/src/config/config.ts'
import type { Observation } from '../../collector/src/event/observation.ts'
import { RECORD_KINDS, type RecordOf, type StoreRecord } from '../../collector/src/event/record.ts'
import { Shutdown } from '../../collector/src/shutdown.ts'
import { openRecording } from '../../collector/src/source/source.ts'
import { createLogger } from '../../collector/src/telemetry/logger.ts'

export interface Replayed {
  readonly observations: readonly Observation[]
  readonly correlations: readonly RecordOf<'correlation'>[]
  /** Of every kind, as a store of JSON gives them back. */
  readonly records: readonly StoreRecord[]
}

/** Plays a recording through the whole line into memory, and answers all that came of it. */
export async function replayRecording(...paths: readonly string[]): Promise<Replayed> {
  const data = mkdtempSync(join(tmpdir(), 'eventloom-replay-'))
  const shutdown = new Shutdown()
  const { signal } = new AbortController()
  try {
    const logger = createLogger({
      level: 'error',
      format: 'json',
      isTerminal: false,
      write: (line) => void process.stderr.write(line),
    })
    const config = { ...defaultConfig(), data, store: { ...defaultConfig().store, kind: 'memory' as const } }
    const { line, store, spoolDirectory } = await openData(
      config,
      { clock: systemClock, random: Math.random, logger },
      shutdown,
    )
    const batches = openRecording({ paths, name: 'test', cluster: 'lab', spoolDirectory, clock: systemClock, signal })
    for await (const batch of batches) await line.accept(batch, signal)
    await line.settle(signal)
    const range = { from: 0, to: Number.MAX_SAFE_INTEGER }
    const observations: Observation[] = []
    for await (const page of store.scan({ ...range, filter: { op: 'all' } }, signal)) observations.push(...page)
    const correlations = await store.records('correlation', range, signal)
    const records = (await Promise.all(RECORD_KINDS.map((kind) => store.records(kind, range, signal)))).flat()
    return { observations, correlations, records: JSON.parse(JSON.stringify(records)) as typeof records }
  } finally {
    await shutdown.stop()
    rmSync(data, { recursive: true })
  }
}
