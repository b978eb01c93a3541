import { add, close, hasCommand, NONE, run, runVitest, type Counts } from './suites.ts'

/** What a suite needs beyond Node. In CI its absence is a failure; elsewhere the suite is listed as not run. */
const isCi = process.env['CI'] === 'true'

let counts: Counts = NONE
counts = add(counts, one(await run('node', ['test/support/check.ts'])))

const hasGo = hasCommand('go')
if (hasGo) {
  counts = add(counts, one(await run('bash', ['test/lab/lab.sh', 'version'])))
} else if (isCi) {
  console.log('FAIL: Go is needed for the lab (a real API server).')
  counts = add(counts, { ...NONE, failed: 1 })
}

counts = add(counts, await runVitest(['unit', 'contract'], {}))
if (hasGo) counts = add(counts, await runVitest(['integration'], {}))
else console.log('Not run: integration tests on a real API server. Install Go 1.26 or newer (go.dev), then again.')
close(counts)

/** A whole command counts as one test. */
function one(exitCode: number): Counts {
  return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
}
