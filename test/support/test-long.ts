import { missingForElasticsearch } from './elasticsearch-distribution.ts'
import { add, close, NONE, runVitest } from './suites.ts'

const isCi = process.env['CI'] === 'true'
const missing = missingForElasticsearch()

const counts = await runVitest(['long'], { EVENTLOOM_LONG: '1' }, missing === null ? [] : ['test/long/elasticsearch*.test.ts']) // prettier-ignore
if (missing !== null)
  console.log(`${isCi ? 'FAIL' : 'Not run'}: outages of a real Elasticsearch. Install ${missing}, then again.`)
close(missing !== null && isCi ? add(counts, { ...NONE, failed: 1 }) : counts)
