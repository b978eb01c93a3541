// Makes dist/, the directory that Grafana loads: front end, executables for the given architectures, and a check of both; and
// of it the archive that is handed on, with the lists of what is in it.
//
//   node build/build.mjs [amd64] [arm64]      without words: both
//   node build/build.mjs front-end            for tests of the front end where Go is missing: no executable, no archive
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { buildExecutables, requireGo } from './build-executables.mjs'
import { install } from './install.mjs'
import { writeSboms } from './sbom.mjs'
import { verifyDist } from './verify-dist.mjs'

const PLUGIN = join(import.meta.dirname, '..')
const words = process.argv.slice(2)
const isFrontEndOnly = words[0] === 'front-end'

if (!isFrontEndOnly) requireGo()
install()
const webpack = join(PLUGIN, 'node_modules', 'webpack-cli', 'bin', 'cli.js')
const flags = ['--config', 'webpack.config.ts', '--env', 'production', '--stats', 'errors-warnings']
execFileSync(process.execPath, [webpack, ...flags], { cwd: PLUGIN, stdio: 'inherit' })
if (!isFrontEndOnly) buildExecutables(words.length === 0 ? ['amd64', 'arm64'] : words)
if (!verifyDist({ isFrontEndOnly })) process.exitCode = 1
// Not before the packages are installed: it is made of one.
else if (!isFrontEndOnly)
  for (const path of [(await import('./archive.mjs')).archive(), ...writeSboms()]) console.log(path)
