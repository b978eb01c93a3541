#!/usr/bin/env node
// The command `eventloom`. Checks the Node version before any TypeScript is read, because an older one cannot.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const [major] = process.versions.node.split('.').map(Number)

if (major >= 24) {
  module.enableCompileCache()
  await import('../src/main.ts')
} else {
  const node24 = join(here, '..', '..', 'node_modules', '.bin', 'node')
  if (!existsSync(node24)) {
    process.stderr.write(
      `Eventloom needs Node 24 or newer; this is ${process.version}. Install it, or run "npm start" on Linux, which brings it along.\n`,
    )
    process.exit(1)
  }
  const { status, signal } = spawnSync(node24, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exit(signal === null ? (status ?? 1) : 128)
}
