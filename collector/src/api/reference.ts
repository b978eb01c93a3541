import { exportRequest } from '../query/request.ts'
import { METRICS } from '../telemetry/metrics.ts'
import type { Described } from './endpoint.ts'
import { ENDPOINTS, EXPORT } from './endpoints.ts'
import { RECORDINGS } from './recordings.ts'
import { SILENCES } from './silences.ts'
import { parametersOf } from './parameters.ts'
import { PROBLEM_TYPES } from './problem-details.ts'

const HEAD = `# The API

\`eventloom run\` serves it on \`http://127.0.0.1:8085\` (\`api.host\`, \`api.port\`). Everything but POST /recordings and /silences only reads. \`/docs\` of a running
collector shows this page, \`/openapi.json\` the schema (OpenAPI 3.1), made from the same tables as the code.

\`\`\`sh no-run
curl 'http://127.0.0.1:8085/api/v1/events?query=reason:FailedMount&from=-2h&limit=5'
\`\`\`

* Names are those of the observation; times are RFC 3339 in UTC with microseconds. \`to\` is never included.
* Every answer has \`notices\`. A \`warning\` says that data is or may be missing in the range.
* Lists are pages: follow \`cursor\`, or the header \`Link: <…>; rel="next"\`. Pages stay right while events come in.
* Lists of values are repeated parameters or one with commas. \`aggregate\` also takes POST with a JSON body.
* A filter has at most 1,000 conditions, 200 of them phrases or wildcards, and 50,000 values in lists; more is refused with what to narrow.
* \`total\`, \`returned\` and \`cursor\` stand beside every list. \`total\` is null where nobody counted what is beyond the limit.
* \`/mcp\` answers assistants: [mcp.md](mcp.md).
* A client that leaves ends its query in the store. An answer takes at most 30 s until its first byte.

**Limits.** Each is checked before any work is done; what is refused says what to narrow.

| what | limit |
|---|---|
| rows of a page | 10,000, and 16 MiB of text: a page of long rows ends earlier, with a cursor |
| values of an aggregate (for each group and window one, and one for each metric) | 250,000: the groups with the highest metric keep their names, the others become one, and a notice says so |
| groups that keep their names | what \`top\` says, at most 1,000; 10,000 without it |
| windows | 11,000 |
| groups that Elasticsearch tells apart for one answer | 500,000 |
| all queries of a request of Grafana together | 8 MiB of frames |
| body of a request | 1 MB; 32 MB of all at once |
| memory of all answers at once | \`api.memory\`, 200 MB. Each question says beforehand what its answer may take; a quarter is kept for light ones (up to an eighth of it each) |
| questions that wait for room | 64 light and 64 heavy ones; further ones get 503 \`busy\` with \`Retry-After\` |
| reading an answer | a client that takes nothing for 10 s, or less than 64 kB/s on average, is cut off |
| live tails | 50, with 200,000 values in their filters; for each at most 1,000 rows wait, for all together 10,000; what comes faster than 50,000 conditions can be tried between two looks (250 ms) is counted as skipped |
| connections | 1,024; a body must be there within 30 s |

**Access.** On loopback no token is needed, and the header Host must be of this machine (a web page cannot read events
through your browser). Whatever a browser sends for a page of another origin (Origin, or Sec-Fetch-Site other than \`same-origin\`
and \`none\`) is refused, GET as well. Everywhere else \`api.tokenFile\` must be set, and every request needs \`Authorization: Bearer TOKEN\`.
\`api.probes\` is a second listener with \`/healthz\` and \`/readyz\` only, for Kubernetes.

**Health.** \`/healthz\` is 503 only when a restart helps. \`/readyz\` is 503 while a cluster or the store cannot be read; the
body says what is wrong. \`/metrics\` is Prometheus text.

**Grafana.** What is under \`/api/v1/grafana\` is the data source's own and changes with it: see [grafana.md](grafana.md).

<!-- Everything below is made from the code. \`npx vitest run --project unit collector/src/api -u\` writes it again. -->
`

/** The page docs/api.md. */
export function apiReference(): string {
  const which = `\n## Which events\n\nThese parameters are taken wherever events are looked for. All that are given must hold.\n\n${table(parametersOf(exportRequest))}`
  const metrics = Object.entries(METRICS).map(([name, [type, help, labels]]) => `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |\n`) // prettier-ignore
  return `${HEAD}${which}${[...ENDPOINTS, EXPORT, RECORDINGS, ...SILENCES].map(section).join('')}
## Metrics

Labels are bounded: they never name objects of a cluster. Beyond 50 rules or causes, and 200 streams, the rest is \`other\`.

| metric | type | labels | what it is |
|---|---|---|---|
${metrics.join('')}`
}

/** The page docs/errors.md. */
export function errorReference(): string {
  const rows = Object.entries(PROBLEM_TYPES).map(([code, [status, title, advice]]) => `| \`${code}\` | ${status} | ${title}. | ${advice} |\n`) // prettier-ignore
  return `# Failures of the API

Every failure is an RFC 9457 problem (\`application/problem+json\`): \`type\` (\`/docs#CODE\`), \`title\`, \`status\`, \`detail\`, and for
wrong requests \`problems\`, with one entry for each mistake: \`parameter\`, \`message\`, and in a query text \`position\` and \`length\`.
The exit codes of the command line are in [cli.md](cli.md).

| code | status | what it means | what to do |
|---|---|---|---|
${rows.join('')}`
}

/** Parameters of an endpoint that are not those of every question. */
export function ownParameters({ request }: Described): ReturnType<typeof parametersOf> {
  return parametersOf(request).filter(({ name }) => !(name in exportRequest.shape) || !takesSelection(request))
}

function takesSelection(request: Described['request']): boolean {
  return 'query' in request.shape
}

function section(described: Described): string {
  const { methods, path, summary, request } = described
  const own = ownParameters(described)
  const also = takesSelection(request) ? '\nTakes the parameters of [Which events](#which-events).\n' : ''
  return `\n## ${methods.join(', ').toUpperCase()} ${path}\n\n${summary}\n${also}${own.length === 0 ? '' : `\n${table(own)}`}`
}

function table(rows: ReturnType<typeof parametersOf>): string {
  const lines = rows.map(({ name, text }) => `| \`${name}\` | ${text.replaceAll('|', '\\|')} |\n`)
  return `| parameter | what it does |\n|---|---|\n${lines.join('')}`
}
