import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Bytes of the file and of what DuckDB keeps beside it: the WAL and spilled sorts. */
export async function diskBytes(file: string): Promise<number> {
  const beside = [file, `${file}.wal`, ...(await spilled(`${file}.tmp`))]
  const sizes = await Promise.all(beside.map(sizeOf))
  return sizes.reduce((sum, size) => sum + size, 0)
}

async function spilled(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory).catch(ignoreMissing)
  return (names ?? []).map((name) => join(directory, name))
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(ignoreMissing))?.size ?? 0
}

/** Spills and WAL come and go while one looks. */
function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
  throw error
}
