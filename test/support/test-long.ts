import { missingForElasticsearch } from './elasticsearch-distribution.ts'
import { knownVulnerabilities } from './known-vulnerabilities.ts'
import { add, close, NONE, runVitest } from './suites.ts'

const isCi = process.env['CI'] === 'true'
const missing = missingForElasticsearch()

const counts = await runVitest(['long'], { EVENTLOOM_LONG: '1' }, missing === null ? [] : ['test/long/elasticsearch*.test.ts']) // prettier-ignore
if (missing !== null)
  console.log(`${isCi ? 'FAIL' : 'Not run'}: outages of a real Elasticsearch. Install ${missing}, then again.`)
const found = knownVulnerabilities()
console.log(found.text)
const all = add(
  counts,
  found.isAnswered ? { ...NONE, passed: found.isClean ? 1 : 0, failed: found.isClean ? 0 : 1 } : NONE,
)
close(missing !== null && isCi ? add(all, { ...NONE, failed: 1 }) : all)
