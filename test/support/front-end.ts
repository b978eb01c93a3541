import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { arch } from 'node:process'
import { add, NONE, run, type Counts } from './suites.ts'

const PLUGIN = 'plugin'
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Go's name for this machine: of the plugin's executables only the one that can run here is built. */
const ARCHITECTURE = arch === 'arm64' ? 'arm64' : 'amd64'

/**
 * The front end of the Grafana data source (its types, lint and texts are part of the check): its unit tests, the archive that Grafana loads, and its
 * editors in a browser. Each command counts as one test.
 */
export async function runFrontEnd(isCi: boolean): Promise<Counts> {
  const npm = (script: string) => run('npm', ['--prefix', PLUGIN, 'run', '--silent', script])
  // First, since it installs the packages.
  const what = isCi || hasGo() ? ARCHITECTURE : 'front-end'
  if (what === 'front-end') console.log('Not run: the executable and the archive of the plugin. Install Go 1.26 or newer, then again.') // prettier-ignore
  const codes = [await run('node', [`${PLUGIN}/build/build.mjs`, what]), await npm('test')]
  if (hasChromium(isCi)) codes.push(await npm('test:page'))
  else console.log('Not run: the editors in a browser. Install Chromium, or name it in CHROMIUM, then again.')
  return codes
    .map((code): Counts => (code === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }))
    .reduce((sum, each) => add(sum, each), NONE)
}

function hasGo(): boolean {
  return spawnSync('go', ['version'], { stdio: 'ignore' }).status === 0
}

/** In CI a missing browser is installed; where that fails, so do the tests. */
function hasChromium(isCi: boolean): boolean {
  if (existsSync(CHROMIUM)) return true
  if (!isCi) return false
  for (const words of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    // prettier-ignore
    spawnSync('apt-get', words, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }) // prettier-ignore
  }
  return true
}
