import { readFile, stat } from 'node:fs/promises'

const READABLE_BY_ALL = 0o004

/** A file with a secret cannot be used. The message names the file, never what is in it. */
export class SecretFileError extends Error {
  override readonly name = 'SecretFileError'
  readonly code = 'SECRET_FILE'
}

/**
 * The secret in a file, without the white space around it. Read whenever it is used, so that one may be replaced.
 *
 * @param allowShared how the setting is called that allows files which everybody can read, and whether it does.
 * @throws SecretFileError it cannot be read, is empty, or can be read by every user of this machine.
 */
export async function readSecret(
  file: string,
  allowShared: { readonly setting: string; readonly isSet: boolean },
): Promise<string> {
  let text: string
  let mode: number
  try {
    mode = (await stat(file)).mode
    text = (await readFile(file, 'utf8')).trim()
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new SecretFileError(`${file} cannot be read (${code ?? 'unknown'})`)
  }
  if ((mode & READABLE_BY_ALL) !== 0 && !allowShared.isSet) {
    throw new SecretFileError(
      `every user of this machine can read ${file}. Close it: chmod o-r ${file} (of a Secret in Kubernetes, defaultMode: 0440), or set ${allowShared.setting}: true`,
    )
  }
  if (text === '') throw new SecretFileError(`${file} is empty`)
  return text
}
