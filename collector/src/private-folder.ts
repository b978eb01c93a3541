import { chmod, mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** What we write into a data directory, whoever wrote it: an earlier version left its files open to all. */
const OURS =
  /^(?:buffer\.sqlite|eventloom\.duckdb|collector\.json|demonstration\.json|last-run\.json|only-played$|migration-)/
const OUR_FOLDERS = ['spool', 'recordings']

/** Bits of a mode: what others than the owner may do, and of them those outside its group. */
const NOT_OWNER = 0o077
const OTHERS = 0o007

/**
 * Makes a data directory that only its owner can enter, and closes what is ours in it; new files are closed: see `umask` in `main.ts`.
 * One that was there is closed too when nothing but ours lies in it.
 *
 * @returns what is left open, in words; null when nothing is
 */
export async function makePrivateFolder(directory: string): Promise<string | null> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const entries = await readdir(directory, { withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && OURS.test(entry.name))
  // Those of another user are for him to close.
  await Promise.all(files.map(({ name }) => chmod(join(directory, name), 0o600).catch(() => undefined)))
  const { mode } = await stat(directory)
  if ((mode & NOT_OWNER) === 0) return null
  const isOurs = entries.every(
    (entry) => files.includes(entry) || (entry.isDirectory() && OUR_FOLDERS.includes(entry.name)),
  )
  const isClosed =
    isOurs &&
    (await chmod(directory, 0o700).then(
      () => true,
      () => false,
    ))
  if (isClosed || (mode & OTHERS) === 0) return null
  return `other users of this machine can enter the data folder ${directory} (mode ${(mode & 0o777).toString(8)}). What is kept there is closed to them. To close the folder: chmod 700 ${directory}`
}
