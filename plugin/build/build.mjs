// Makes dist/, the directory that Grafana loads: front end, executables for the given architectures, and a check of both; and
// of it the archive that is handed on.
//
//   node build/build.mjs [amd64] [arm64]      without words: both
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { buildExecutables } from './build-executables.mjs'
import { install } from './install.mjs'
import { verifyDist } from './verify-dist.mjs'

const PLUGIN = join(import.meta.dirname, '..')
const architectures = process.argv.slice(2)

install()
const webpack = join(PLUGIN, 'node_modules', 'webpack-cli', 'bin', 'cli.js')
const words = ['--config', 'webpack.config.ts', '--env', 'production', '--stats', 'errors-warnings']
execFileSync(process.execPath, [webpack, ...words], { cwd: PLUGIN, stdio: 'inherit' })
buildExecutables(architectures.length === 0 ? ['amd64', 'arm64'] : architectures)
if (verifyDist()) {
  // Not before the packages are installed: it is made of one.
  const { archive } = await import('./archive.mjs')
  console.log(archive())
} else {
  process.exitCode = 1
}
