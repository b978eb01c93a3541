import { escapeHtml } from './escape.ts'
import type { Chart } from './report.ts'

const WIDTH = 1_000
const HEIGHT = 150
/** Below the bars for the times, and above for the highest number. */
const BELOW = 18
const ABOVE = 14
const MOST_LABELS = 8

const COLOURS: Readonly<Record<string, string>> = {
  critical: '#82071e',
  high: '#cf222e',
  medium: '#d4a72c',
  low: '#54aeff',
  info: '#8c959f',
}

/** Bars over time, one part for each severity; nothing where nothing was. */
export function barChart({ words, starts, series }: Chart): string {
  const totals = starts.map((_, place) => series.reduce((sum, { counts }) => sum + (counts[place] ?? 0), 0))
  const highest = Math.max(0, ...totals)
  if (highest === 0) return ''
  const step = WIDTH / starts.length
  const bars = starts.flatMap((start, place) => {
    let bottom = HEIGHT - BELOW
    return series.flatMap(({ severity, counts }) => {
      const count = counts[place] ?? 0
      const height = (count / highest) * (HEIGHT - BELOW - ABOVE)
      bottom -= height
      const title = `<title>${escapeHtml(`${start}: ${String(count)} ${severity}`)}</title>`
      const box = `x="${round(place * step)}" y="${round(bottom)}" width="${round(Math.max(1, step - 2))}" height="${round(height)}"`
      return count === 0 ? [] : [`<rect ${box} fill="${COLOURS[severity] ?? '#8c959f'}">${title}</rect>`]
    })
  })
  const every = Math.ceil(starts.length / MOST_LABELS)
  const labels = starts.flatMap((start, place) =>
    place % every === 0 ? [text(place * step, HEIGHT - 4, shortTime(start, starts))] : [],
  )
  const legend = series.map(({ severity }) => severity).join(', ')
  return `<p class="scale">${escapeHtml(`${words}: ${legend}`)}</p>
<svg viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" width="100%" role="img" aria-label="${escapeHtml(words)}" font-size="11" fill="#57606a">
${text(0, ABOVE - 4, String(highest))}
<line x1="0" y1="${String(HEIGHT - BELOW)}" x2="${String(WIDTH)}" y2="${String(HEIGHT - BELOW)}" stroke="#d0d7de"/>
${[...bars, ...labels].join('\n')}
</svg>`
}

/** When something was, as a bar in the range. */
export function spanBar([from, to]: readonly [number, number]): string {
  const x = Math.min(from * 100, 99)
  const width = Math.max(1, (to - from) * 100)
  return `<svg viewBox="0 0 100 6" width="140" height="6" preserveAspectRatio="none" aria-hidden="true"><rect y="2" width="100" height="2" fill="#eaeef2"/><rect x="${round(x)}" width="${round(width)}" height="6" fill="#57606a"/></svg>`
}

function text(x: number, y: number, words: string): string {
  return `<text x="${round(x)}" y="${round(y)}">${escapeHtml(words)}</text>`
}

/** Days where bars are days, else hours. */
function shortTime(start: string, starts: readonly string[]): string {
  const areDays = starts.every((each) => each.endsWith('T00:00:00Z'))
  return areDays ? start.slice(5, 10) : start.slice(5, 16).replace('T', ' ')
}

function round(number: number): string {
  return String(Math.round(number * 10) / 10)
}
