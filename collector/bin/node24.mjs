// node24.mjs SCRIPT [WORDS…]: installs the packages when they are missing or the lock file has changed since (quietly, once),
// then runs SCRIPT under Node 24, which comes with them. Plain JavaScript: the host's Node >= 20 runs it first.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const [major] = process.versions.node.split('.').map(Number)
const [script, ...words] = process.argv.slice(2)

if (major < 20) fail(`Eventloom needs Node 20 or newer to install itself; this is ${process.version}.`)
install()
if (major >= 24) {
  process.argv.splice(1, 2, resolve(script))
  await import(pathToFileURL(resolve(script)).href)
} else {
  runUnderNode24()
}

function install() {
  const stamp = join(root, 'node_modules', '.eventloom-lock')
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === lock
  if (isInstalled()) return
  const unlock = waitForLock()
  if (isInstalled()) return unlock() // by another start, while this one waited
  process.stderr.write('Installing packages (once, about half a minute) … ')
  const { status, stdout, stderr, error } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  )
  unlock()
  if (status !== 0) {
    process.stderr.write('failed.\n')
    fail(
      `npm ci ended with ${status ?? error?.message}. Check the network and npm's registry settings, then try again.\n${stderr || stdout}`,
    )
  }
  writeFileSync(stamp, lock)
  process.stderr.write('done.\n')
}

/** One install at a time: two would remove each other's files. The lock names its owner, so that a dead one is passed over. */
function waitForLock() {
  const file = join(root, '.installing')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (!isAlive(Number(readFileSync(file, 'utf8') || process.pid))) rmSync(file, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Only until the packages are there: afterwards npm finds Node 24 first. */
function runUnderNode24() {
  const node24 = join(root, 'node_modules', '.bin', 'node')
  if (!existsSync(node24)) {
    fail(
      `Eventloom needs Node 24 or newer here; this is ${process.version}. Install it from nodejs.org, then try again.`,
    )
  }
  const path = `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`
  const child = spawn(node24, [script, ...words], { stdio: 'inherit', env: { ...process.env, PATH: path } })
  // A terminal sends Ctrl-C to both; a supervisor's SIGTERM reaches only this process.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 128 + constants.signals[signal]))
}

function fail(message) {
  process.stderr.write(`${message.trimEnd()}\n`)
  process.exit(1)
}
