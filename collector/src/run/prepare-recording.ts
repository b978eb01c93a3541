import { createHash, randomBytes } from 'node:crypto'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { makePrivateFolder } from '../private-folder.ts'

/** What a recording needs outside its own folder. */
interface Preparation {
  /** Where lists are sorted, as they were received: not in a folder that is given away without names. */
  readonly spoolDirectory: string
  /** Null to keep names. */
  readonly pseudonymKey: string | null
}

/**
 * The key for the pseudonyms of a recording lies in the data folder, under a name made of the recording's path, so that another run
 * of it finds it and whoever gets the recording does not.
 */
export async function prepareRecording(directory: string, data: string, redactNames: boolean): Promise<Preparation> {
  const ownSpool = join(directory, '.spool')
  if (!redactNames) return { spoolDirectory: ownSpool, pseudonymKey: null }
  await rm(ownSpool, { recursive: true, force: true }) // an earlier version sorted there
  const folder = join(data, 'recordings', createHash('sha256').update(directory).digest('hex').slice(0, 16))
  if (!relative(directory, folder).startsWith('..'))
    throw new Error(
      `${directory} holds the data folder ${data}, and with it the key of the pseudonyms: record into a folder of its own`,
    )
  await makePrivateFolder(data)
  await makePrivateFolder(join(data, 'recordings'))
  await makePrivateFolder(folder)
  const spoolDirectory = join(folder, 'spool')
  await rm(spoolDirectory, { recursive: true, force: true })
  return { spoolDirectory, pseudonymKey: await keyIn(join(folder, 'key')) }
}

async function keyIn(file: string): Promise<string> {
  try {
    await writeFile(file, randomBytes(32).toString('hex'), { mode: 0o600, flag: 'wx', flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  await chmod(file, 0o600)
  const key = (await readFile(file, 'utf8')).trim()
  if (!/^[0-9a-f]{64}$/.test(key))
    throw new Error(`${file} holds no key for pseudonyms: remove it, and record into a new folder`)
  return key
}
