import { missingForElasticsearch } from './elasticsearch-distribution.ts'
import { knownVulnerabilities } from './known-vulnerabilities.ts'
import { schemathesis } from './schemathesis.ts'
import { add, close, NONE, runVitest } from './suites.ts'

const isCi = process.env['CI'] === 'true'
const missing = missingForElasticsearch()

const python = schemathesis()
const excluded = [
  ...(missing === null ? [] : ['test/long/elasticsearch*.test.ts']),
  ...(python === null ? ['test/long/attacks/schemathesis.test.ts'] : []),
]

const counts = await runVitest(['long'], { EVENTLOOM_LONG: '1' }, excluded)
if (missing !== null)
  console.log(`${isCi ? 'FAIL' : 'Not run'}: outages of a real Elasticsearch. Install ${missing}, then again.`)
if (python === null)
  console.log('Not run: schemathesis. It needs Python 3.11 or newer with venv, and once an answer of PyPI.')
const found = knownVulnerabilities()
console.log(found.text)
const all = add(
  counts,
  found.isAnswered ? { ...NONE, passed: found.isClean ? 1 : 0, failed: found.isClean ? 0 : 1 } : NONE,
)
close(missing !== null && isCi ? add(all, { ...NONE, failed: 1 }) : all)
