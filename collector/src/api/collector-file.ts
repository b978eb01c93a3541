import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What a running collector says in `DIR/collector.json`: who asks for the data of DIR asks it. */
export interface CollectorFile {
  /** Where its API answers, reachable from this machine. */
  readonly url: string
  readonly pid: number
  /** File with the token, absolute; null when none is needed. */
  readonly tokenFile: string | null
}

const NAME = 'collector.json'

/** Written beside and renamed, so that no reader sees half of it. */
export async function writeCollectorFile(directory: string, content: CollectorFile): Promise<void> {
  await mkdir(directory, { recursive: true })
  const file = join(directory, NAME)
  await writeFile(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`)
  await rename(`${file}.new`, file)
}

export async function removeCollectorFile(directory: string): Promise<void> {
  await rm(join(directory, NAME), { force: true })
}

/** Null when there is none, or when it is not one of ours. */
export async function readCollectorFile(directory: string): Promise<CollectorFile | null> {
  try {
    const { url, pid, tokenFile } = JSON.parse(await readFile(join(directory, NAME), 'utf8')) as Partial<CollectorFile>
    if (typeof url !== 'string' || typeof pid !== 'number') return null
    return { url, pid, tokenFile: typeof tokenFile === 'string' ? tokenFile : null }
  } catch {
    return null
  }
}
