import { escapeHtml } from './escape.ts'
import type { Cell, Report, Section, Table } from './report.ts'
import { barChart, spanBar } from './svg.ts'

const STYLE = `
:root { color-scheme: light; font: 14px/1.45 system-ui, sans-serif; color: #1b1f24; }
body { max-width: 1080px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid; }
p { margin: .25rem 0; } .facts, .scale { color: #57606a; }
table { border-collapse: collapse; width: 100%; } thead { display: table-header-group; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #d0d7de; overflow-wrap: anywhere; }
th { font-weight: 600; white-space: nowrap; } tr { break-inside: avoid; } svg { display: block; }
td:first-child, .word { white-space: nowrap; } .bar { min-width: 1px; height: 4px; background: #8c959f; margin-top: 3px; }
.critical { color: #82071e; font-weight: 600; } .high { color: #cf222e; font-weight: 600; } .medium { color: #9a6700; } .low { color: #0550ae; }
@page { size: A4 landscape; margin: 12mm; }
@media print { body { max-width: none; margin: 0; padding: 0; font-size: 11px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`

/** Words that severities are painted by; other text has no colour. */
const SEVERITIES = new Set(['critical', 'high', 'medium', 'low'])

/** The report as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere. */
export function htmlReport({ title, facts, sections }: Report): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="facts">${facts.map(escapeHtml).join(' · ')}</p>
${sections.map(sectionHtml).join('\n')}
</body>
</html>
`
}

function sectionHtml({ title, words, chart, table }: Section): string {
  return [
    `<h2>${escapeHtml(title)}</h2>`,
    ...words.map((text) => `<p>${escapeHtml(text)}</p>`),
    ...(chart === undefined ? [] : [barChart(chart)]),
    ...(table === undefined ? [] : [tableHtml(table)]),
  ].join('\n')
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((title) => `<th>${escapeHtml(title)}</th>`).join('')
  const body = rows.map((cells) => `<tr>${cells.map(cellHtml).join('')}</tr>`).join('\n')
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table>`
}

function cellHtml({ text, share, span, severity = '' }: Cell): string {
  const bar = share === undefined ? '' : `<div class="bar" style="width:${String(Math.round(share * 100))}px"></div>`
  const classes = [...(SEVERITIES.has(severity) ? [severity] : []), ...(/^\S{1,24}$/.test(text) ? ['word'] : [])]
  const painted = classes.length === 0 ? '' : ` class="${classes.join(' ')}"`
  return `<td${painted}>${escapeHtml(text)}${bar}${span === undefined ? '' : spanBar(span)}</td>`
}
