// Installs the packages when they are missing or the lock file has changed since; quiet and quick otherwise.
// Plain JavaScript: it runs under any Node >= 20, before Node 24 is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const stamp = join(root, 'node_modules', '.eventloom-lock')
const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')

const [major] = process.versions.node.split('.').map(Number)
if (major < 20) fail(`Eventloom needs Node 20 or newer to install itself; this is ${process.version}.`)
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) install()

function install() {
  process.stderr.write('Installing packages (once, about 30 s) … ')
  // Not npm_* variables of the npm that called us: they would make this one quiet or verbose as that one was.
  const { status, stdout, stderr, error } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0) {
    process.stderr.write('failed.\n')
    fail(
      `npm ci ended with ${status ?? error?.message}. Check the network and the npm registry settings, then try again.\n${stderr || stdout}`,
    )
  }
  writeFileSync(stamp, lock)
  process.stderr.write('done.\n')
}

function fail(message) {
  process.stderr.write(`${message.trimEnd()}\n`)
  process.exit(1)
}
