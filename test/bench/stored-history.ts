import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DAY, type EpochMicros } from '../../collector/src/clock.ts'
import { openDuckDb } from '../support/as-configured.ts'
import { generateObservations, inBatches } from '../support/generate-observations.ts'
import { cacheDirectory } from './workspace.ts'

/** Another number when what is generated, or how it is stored, changes: cached files are made anew. */
const FORMAT = 1
const BATCH_ROWS = 10_000

/** Thirty days up to this time; fixed, so that a cached file stays of use. */
export const HISTORY_TO: EpochMicros = Date.UTC(2026, 0, 31) * 1_000
export const HISTORY_FROM: EpochMicros = HISTORY_TO - 30 * DAY

export interface FilledFile {
  readonly file: string
  /** Seconds it took; null when it was cached. */
  readonly filledInSeconds: number | null
}

/** A DuckDB file with `rows` generated observations over thirty days, through the store's own writing. */
export async function filledFile(rows: number): Promise<FilledFile> {
  const file = join(cacheDirectory(), `bench-history-${FORMAT}-${rows}.duckdb`)
  if (existsSync(file)) return { file, filledInSeconds: null }
  const started = performance.now()
  const making = `${file}.${process.pid}`
  await fill(making, rows)
  renameSync(making, file)
  return { file, filledInSeconds: Math.round((performance.now() - started) / 1_000) }
}

/** Puts a copy of a filled file where a collector with this data directory finds it. */
export function placeHistory(file: string, data: string): string {
  mkdirSync(data, { recursive: true })
  const placed = join(data, 'eventloom.duckdb')
  rmSync(placed, { force: true })
  copyFileSync(file, placed, constants.COPYFILE_FICLONE)
  return placed
}

/** Writes generated observations into a file, closed afterwards. Answers the seconds of the writing alone. */
export async function fill(file: string, rows: number): Promise<number> {
  const store = await openDuckDb({ file })
  const { signal } = new AbortController()
  let [sequence, writingMs] = [0, 0]
  try {
    for (const batch of inBatches(generateObservations({ rows, from: HISTORY_FROM, to: HISTORY_TO }), BATCH_ROWS)) {
      sequence += 1
      const pending = batch.map((observation) => ({ observation, undecided: false }))
      const started = performance.now()
      await store.write({ bufferId: 'bench', sequence, rows: pending, records: [] }, signal)
      writingMs += performance.now() - started
    }
  } finally {
    const started = performance.now()
    await store.close()
    writingMs += performance.now() - started
  }
  return writingMs / 1_000
}
