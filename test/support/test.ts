import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { missingForElasticsearch } from './elasticsearch-distribution.ts'
import { runFrontEnd } from './front-end.ts'
import { add, close, hasCommand, NONE, run, runVitest, type Counts } from './suites.ts'

/** What a suite needs beyond Node. In CI its absence is a failure; elsewhere the suite is listed as not run. */
const isCi = process.env['CI'] === 'true'
const hasGo = hasCommand('go')

const missing = missingForElasticsearch()
const ELASTICSEARCH = 'test/*/elasticsearch*.test.ts'

const LAB = 'test/lab'
const SCENARIOS = join(LAB, 'scenarios')

let counts: Counts = NONE
counts = add(counts, one(await run('node', ['test/support/check.ts'])))
counts = add(counts, await runVitest(['unit', 'contract', 'cases'], {}))
counts = add(counts, await runFrontEnd(isCi))
if (hasGo) {
  counts = add(counts, one(await run('bash', [join(LAB, 'lab.sh'), 'validate', ...scenarios()])))
  // The flags the lab itself is built with: with others all of Kubernetes would be compiled a second time.
  counts = add(counts, one(await run('go', ['-C', LAB, 'test', '-trimpath', './...'], { CGO_ENABLED: '0' })))
  // Without C and with the paths trimmed, as the plugin is built: what was compiled for that is not compiled again.
  counts = add(counts, one(await run('go', ['-C', 'plugin', 'test', '-trimpath', './...'], { CGO_ENABLED: '0' })))
  counts = add(counts, await runVitest(['integration'], {}, missing === null ? [] : [ELASTICSEARCH]))
} else if (isCi) {
  console.log('FAIL: Go is needed for the lab (a real API server).')
  counts = add(counts, { ...NONE, failed: 1 })
} else {
  console.log('Not run: tests on a real API server. Install Go 1.26 or newer (go.dev), then again.')
}
if (missing !== null) {
  if (isCi) counts = add(counts, { ...NONE, failed: 1 })
  console.log(`${isCi ? 'FAIL' : 'Not run'}: tests on a real Elasticsearch. Install ${missing}, then again.`)
}
close(counts)

function scenarios(): readonly string[] {
  return readdirSync(SCENARIOS)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(SCENARIOS, file))
}

/** A whole command counts as one test. */
function one(exitCode: number): Counts {
  return exitCode === 0 ? { ...NONE, passed: 1 } : { ...NONE, failed: 1 }
}
