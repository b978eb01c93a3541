import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from '../bench/workspace.ts'

/** Every package with its version. */
const REQUIREMENTS = join(import.meta.dirname, 'schemathesis.txt')

/** The Python that runs `-m schemathesis.cli`, installed once for each list of versions; null where it cannot be installed. */
export function schemathesis(): string | null {
  const versions = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex').slice(0, 12)
  const folder = join(cacheDirectory(), `schemathesis-${versions}`)
  if (!existsSync(folder) && !installedInto(folder)) return null
  return join(folder, 'bin', 'python')
}

/** Made beside its place and moved there, so that two at once do not see half of it. */
function installedInto(folder: string): boolean {
  const temporary = mkdtempSync(`${folder}.`)
  try {
    const pip = [join(temporary, 'bin', 'python'), '-m', 'pip', 'install', '-q', '-r', REQUIREMENTS]
    if (!succeeds(['python3', '-m', 'venv', temporary]) || !succeeds(pip)) return false
    renameSync(temporary, folder)
    return true
  } catch (error) {
    if (!existsSync(folder)) throw error // else another was faster
    return true
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function succeeds([command = '', ...args]: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], timeout: 300_000 }).status === 0
}
