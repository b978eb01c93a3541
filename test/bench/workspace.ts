import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives `work` an empty directory, and removes it afterwards unless EVENTLOOM_BENCH_KEEP is set. */
export async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'eventloom-bench-'))
  try {
    return await work(directory)
  } finally {
    if (process.env['EVENTLOOM_BENCH_KEEP'] === undefined) rmSync(directory, { recursive: true })
    else console.error(`kept: ${directory}`)
  }
}

/** Where what takes minutes to make is kept between runs. */
export function cacheDirectory(): string {
  const directory = process.env['EVENTLOOM_CACHE'] ?? join(homedir(), '.cache', 'eventloom')
  mkdirSync(directory, { recursive: true })
  return directory
}

/** Bytes of the files of a directory whose names begin with `prefix`. */
export function bytesOf(directory: string, prefix: string): number {
  const names = readdirSync(directory).filter((name) => name.startsWith(prefix))
  return names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0)
}

/** Settings under which nothing that a bench stored is removed while it is measured. */
export const KEEP_EVERYTHING = {
  maxAge: { info: '10y', low: '10y', medium: '10y', high: '10y', critical: '10y' },
  maxBytes: '1TB',
}
