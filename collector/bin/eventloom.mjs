#!/usr/bin/env node
// The command `eventloom`. Checks the Node version before any TypeScript is read, because an older one cannot.
import module from 'node:module'

const [major] = process.versions.node.split('.').map(Number)
if (major >= 24) {
  module.enableCompileCache()
  await import('../src/main.ts')
} else {
  process.stderr.write(
    `eventloom needs Node 24 or newer; this is ${process.version}. In a clone, "npm run -s eventloom -- …" brings it along.\n`,
  )
  process.exitCode = 1
}
