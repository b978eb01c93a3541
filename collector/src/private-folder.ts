import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What we write into a data directory, whoever wrote it: an earlier version left its files open to all. */
const OURS = /^(?:buffer\.sqlite|eventloom\.duckdb|collector\.json|demonstration\.json|last-run\.json|migration-)/

/**
 * Makes a data directory that only its owner can enter. One that is there keeps its mode, since more may lie in it, but what is
 * ours in it is closed to others. New files are: see `umask` in `main.ts`.
 */
export async function makePrivateFolder(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const entries = await readdir(directory, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && OURS.test(entry.name))
  // Those of another user are for him to close.
  await Promise.all(files.map(({ name }) => chmod(join(directory, name), 0o600).catch(() => undefined)))
}
