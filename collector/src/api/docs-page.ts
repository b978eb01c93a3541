import { exportRequest } from '../query/request.ts'
import type { Described } from './endpoint.ts'
import { ENDPOINTS, EXPORT } from './endpoints.ts'
import { parametersOf } from './parameters.ts'
import { RECORDINGS } from './recordings.ts'
import { SILENCES } from './silences.ts'
import { PROBLEM_TYPES } from './problem-details.ts'
import { ownParameters } from './reference.ts'

const STYLE = `
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
  code { font-family: ui-monospace, monospace; font-size: 0.9em }
  table { border-collapse: collapse; width: 100% } td, th { text-align: left; vertical-align: top; padding: 0.25rem 1rem 0.25rem 0; border-top: 1px solid #ddd }
  @media (prefers-color-scheme: dark) { body { color: #ddd; background: #181818 } td, th { border-color: #444 } a { color: #8bf } }`

/** One page that lists the API: no script, nothing from elsewhere. */
export function docsPage(version: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Eventloom API</title><style>${STYLE}</style></head><body>
<h1>Eventloom ${escaped(version)}: the API</h1>
<p>Everything below is under <code>/api/v1</code>, and all but POST /recordings only reads. The schema: <a href="/openapi.json">/openapi.json</a>.
Also: <a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a>.</p>
<h2 id="which">Which events</h2><p>These parameters are taken wherever events are looked for. All that are given must hold.</p>
${table(parametersOf(exportRequest))}
${[...ENDPOINTS, EXPORT, RECORDINGS, ...SILENCES].map(section).join('\n')}
<h2>Failures</h2><p>Every failure is an RFC 9457 problem (<code>application/problem+json</code>) with one of these types.</p>
<table><tr><th>type</th><th>status</th><th>what it means</th><th>what to do</th></tr>
${Object.entries(PROBLEM_TYPES).map(([code, [status, title, advice]]) => `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${escaped(title)}.</td><td>${escaped(advice)}</td></tr>`).join('\n')}
</table></body></html>
` // prettier-ignore
}

function section(described: Described): string {
  const title = `${described.methods.join(', ').toUpperCase()} ${described.path}`
  const also = 'query' in described.request.shape ? ' Takes the parameters of <a href="#which">Which events</a>.' : ''
  return `<h2><code>${escaped(title)}</code></h2><p>${escaped(described.summary)}${also}</p>${table(ownParameters(described))}`
}

function table(parameters: ReturnType<typeof parametersOf>): string {
  const rows = parameters.map(({ name, text }) => `<tr><td><code>${name}</code></td><td>${escaped(text)}</td></tr>`)
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
