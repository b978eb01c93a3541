import type { MetricValue } from '../api/aggregate-json.ts'
import { SECOND } from '../clock.ts'
import { SEVERITIES } from '../event/words.ts'
import { formatDuration, parseDuration } from '../query/duration.ts'
import type { Window } from '../query/model.ts'
import { parseTime } from '../query/time.ts'
import { isOfDays, windowLabel } from '../query/windows.ts'
import type { Paint } from './paint.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine, sparkline, width } from './text.ts'

interface Point {
  /** RFC 3339. */
  readonly start: string
  readonly values: Readonly<Record<string, MetricValue>>
}

interface Group {
  /** Null for all others together. */
  readonly key: readonly string[] | null
  readonly points: readonly Point[]
}

/** An aggregate as the API gives it; with a window, each group has the same windows. */
export interface AggregateJson {
  readonly groupBy: readonly string[]
  readonly metrics: readonly string[]
  readonly window:
    { readonly kind: 'fixed'; readonly every: string } | Exclude<Window, { readonly kind: 'fixed' }> | null
  readonly groups: readonly Group[]
  readonly isLowerBound: boolean
}

interface Look {
  readonly columns: number
  /** Whether a person looks: programs get one line for each group and window, without titles. */
  readonly isTerminal: boolean
  readonly paint: Paint
}

/** Bars of a sparkline: neighbouring windows are added up beyond it. */
const MOST_BARS = 48

/** So many days, weeks or months have a column each; more, shorter windows, and what is too wide become a sparkline. */
const MOST_WINDOW_COLUMNS = 10

const FIELD_TITLES: Readonly<Record<string, string>> = {
  'regarding.kind': 'KIND',
  'regarding.name': 'OBJECT',
  'owner.kind': 'WORKLOAD KIND',
  'owner.name': 'WORKLOAD',
  reportingController: 'REPORTER',
}
const METRIC_TITLES: Readonly<Record<string, string>> = {
  rate: 'A MINUTE',
  gapP50: 'MEDIAN GAP',
  gapP95: '95% OF GAPS',
  maxSeverity: 'SEVERITY',
}

/** Distinct objects of windows do not add up: the table shows their highest, and says so. */
const HIGHEST_OF_WINDOWS = ['objects', 'events', 'rate', 'gapP50', 'gapP95']

/** The lines of `eventloom aggregate`. */
export function aggregateLines(body: AggregateJson, look: Look): readonly string[] {
  const { groupBy } = body
  const window = windowOf(body)
  const shape = { columns: look.columns, hasTitle: look.isTerminal }
  if (window === null) return tableLines(body.groups, overallColumns(body, look), shape)
  if (!look.isTerminal || groupBy.length === 0)
    return tableLines(rowsOf(body), windowColumns(body, window, look), shape)
  const starts = body.groups[0]?.points.map(({ start }) => start) ?? []
  const lines = (trend: readonly Column<Group>[]) => tableLines(body.groups, [...overallColumns(body, look), ...trend], shape) // prettier-ignore
  if (isOfDays(window) && starts.length <= MOST_WINDOW_COLUMNS) {
    const table = lines(starts.map((start, place) => placeColumn(body, window, start, place)))
    if (table.every((line) => width(line) <= look.columns)) return table
  }
  return [...lines([trendColumn(body)]), ...(starts.length === 0 ? [] : [trendLegend(window, starts)])]
}

function windowOf({ window }: AggregateJson): Window | null {
  return window?.kind === 'fixed' ? { ...window, every: parseDuration(window.every) ?? 0 } : window
}

/** Keys, and one value of each metric over all windows. */
function overallColumns(body: AggregateJson, look: Look): readonly Column<Group>[] {
  const { groupBy, metrics, window } = body
  const keys = groupBy.map((field, place) => keyColumn(field, place, ({ key }: Group) => key))
  return [...keys, ...metrics.map((metric) => overallColumn(metric, body, window !== null, look))]
}

function overallColumn(metric: string, body: AggregateJson, hasWindows: boolean, look: Look): Column<Group> {
  const note = hasWindows && HIGHEST_OF_WINDOWS.includes(metric) ? ' (HIGHEST)' : ''
  const read = ({ points }: Group) =>
    overall(
      metric,
      points.map(({ values }) => values[metric] ?? null),
    )
  return { ...metricColumn(metric, body, read, look), title: titleOf(metric) + note }
}

interface WindowRow {
  readonly key: readonly string[] | null
  readonly point: Point
}

function rowsOf({ groups }: AggregateJson): readonly WindowRow[] {
  return groups.flatMap(({ key, points }) => points.map((point) => ({ key, point })))
}

/** One line for each window, and each group in it. */
function windowColumns(body: AggregateJson, window: Window, look: Look): readonly Column<WindowRow>[] {
  const first = body.metrics[0] ?? 'occurrences'
  const highest = Math.max(...rowsOf(body).map(({ point }) => Number(point.values[first]) || 0))
  const bar = ({ point }: WindowRow) => sparkline([Number(point.values[first]) || 0, highest]).slice(0, 1)
  return [
    { title: window.kind === 'calendar' ? window.unit.toUpperCase() : 'FROM', of: ({ point }) => startText(window, point.start, look) },
    ...body.groupBy.map((field, place) => keyColumn(field, place, ({ key }: WindowRow) => key)),
    ...body.metrics.map((metric) => metricColumn(metric, body, ({ point }: WindowRow) => point.values[metric] ?? null, look)),
    ...(look.isTerminal ? [{ title: '', of: bar }] : []),
  ] // prettier-ignore
}

function placeColumn(body: AggregateJson, window: Window, start: string, place: number): Column<Group> {
  const metric = body.metrics[0] ?? 'occurrences'
  const of = ({ points }: Group) => valueText(metric, points[place]?.values[metric] ?? null, false)
  // The year goes without saying.
  return { title: labelOf(window, start).slice('2026-'.length), of, isRight: true }
}

function trendColumn({ metrics }: AggregateJson): Column<Group> {
  return { title: 'TREND', of: (group) => sparkline(barsOf(group, metrics[0] ?? 'occurrences')), goes: 1 }
}

function trendLegend(window: Window, starts: readonly string[]): string {
  const each = Math.ceil(starts.length / MOST_BARS)
  const bar =
    window.kind === 'fixed' ? formatDuration(each * window.every) : `${each} ${window.unit}${each === 1 ? '' : 's'}`
  const first = labelOf(window, starts[0] ?? '')
  return `TREND: one bar is ${bar}; the first window begins at ${first}, the last at ${labelOf(window, starts.at(-1) ?? '')}`
}

/** People see the day or the time in the zone that was asked for, programs the instant. */
function startText(window: Window, start: string, { isTerminal }: Look): string {
  return isTerminal ? labelOf(window, start) : start
}

function labelOf(window: Window, start: string): string {
  return windowLabel(window, parseTime(start, 0) ?? 0)
}

function keyColumn<Row>(field: string, place: number, keyOf: (row: Row) => readonly string[] | null): Column<Row> {
  const of = (row: Row) => {
    const key = keyOf(row)
    if (key === null) return place === 0 ? '(all others)' : ''
    return oneLine(key[place] ?? '') || '(none)'
  }
  return { title: FIELD_TITLES[field] ?? field.toUpperCase(), of, ...(field === 'reason' ? {} : { cut: 'middle' }) }
}

function titleOf(metric: string): string {
  return METRIC_TITLES[metric] ?? metric.toUpperCase()
}

function metricColumn<Row>(
  metric: string,
  { isLowerBound }: AggregateJson,
  read: (row: Row) => MetricValue,
  { paint }: Look,
): Column<Row> {
  const of = (row: Row) => valueText(metric, read(row), isLowerBound)
  const painted = metric === 'maxSeverity' ? { paint: (text: string) => paint(text, text) } : {}
  return { title: titleOf(metric), of, isRight: metric !== 'maxSeverity', ...painted }
}

function valueText(metric: string, value: MetricValue, isLowerBound: boolean): string {
  if (typeof value !== 'number') return value ?? '-'
  if (metric === 'gapP50' || metric === 'gapP95') return secondsText(value)
  if (metric === 'rate') return `${grouped(value)}/min`
  return `${metric === 'occurrences' && isLowerBound ? '≥' : ''}${grouped(value)}`
}

/** `0.4s`, `12s`, `1h30m`. */
function secondsText(seconds: number): string {
  return seconds < 10 ? `${grouped(Math.round(seconds * 10) / 10)}s` : formatDuration(Math.round(seconds) * SECOND)
}

/** One value for all windows of a group: sums of counts, ends of times, else the highest of the windows. */
function overall(metric: string, values: readonly MetricValue[]): MetricValue {
  const present = values.filter((value) => value !== null)
  if (['occurrences', 'observations'].includes(metric))
    return present.reduce<number>((sum, value) => sum + Number(value), 0)
  if (metric === 'first') return present[0] ?? null
  if (metric === 'last') return present.at(-1) ?? null
  if (metric === 'maxSeverity') return SEVERITIES.findLast((severity) => present.includes(severity)) ?? null
  if (present.length < 2) return present[0] ?? null
  return Math.max(...present.map(Number))
}

function barsOf({ points }: Group, metric: string): readonly number[] {
  const each = Math.ceil(points.length / MOST_BARS)
  const bars = Array.from({ length: Math.ceil(points.length / Math.max(1, each)) }, () => 0)
  points.forEach(({ values }, index) => {
    const bar = Math.floor(index / each)
    bars[bar] = (bars[bar] ?? 0) + (Number(values[metric]) || 0)
  })
  return bars
}
