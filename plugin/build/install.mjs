// Installs the packages of the front end when they are missing or the lock file has changed since. They are not a workspace of
// the repository: who runs only the collector must not install a thousand packages for Grafana.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PLUGIN = join(import.meta.dirname, '..')

export function install() {
  const stamp = join(PLUGIN, 'node_modules', '.eventloom-lock')
  const lock = createHash('sha256')
    .update(readFileSync(join(PLUGIN, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('Installing the packages of the Grafana front end (once, about two minutes) …')
  execFileSync('npm', ['ci', '--prefer-offline', '--loglevel=error'], {
    cwd: PLUGIN,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  writeFileSync(stamp, lock)
}

if (import.meta.main) install()
