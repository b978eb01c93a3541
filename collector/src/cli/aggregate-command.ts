import type { Command } from 'commander'
import type { MetricValue } from '../api/aggregate-json.ts'
import type { Notice } from '../api/notices.ts'
import { SEVERITIES } from '../event/words.ts'
import { addFlags, READER_FLAGS, SELECTION_FLAGS } from './flags.ts'
import type { Context } from './context.ts'
import { runReading, tellNotices, type Reading } from './reading.ts'
import { tableLines, type Column } from './table.ts'
import { grouped, oneLine, sparkline } from './text.ts'

/** Bars of a sparkline: neighbouring windows are added up beyond it. */
const MOST_BARS = 48

interface Group {
  readonly key: readonly string[] | null
  readonly points: readonly { readonly start: string; readonly values: Readonly<Record<string, MetricValue>> }[]
}

interface AggregateBody {
  readonly groupBy: readonly string[]
  readonly metrics: readonly string[]
  readonly window: object | null
  readonly groups: readonly Group[]
  readonly isLowerBound: boolean
  readonly notices: readonly Notice[]
}

export function addAggregateCommand(program: Command, context: Context): void {
  const command = program
    .command('aggregate')
    .argument('[query...]', 'Lucene text')
    .summary('occurrences by groups and windows of time')
    .description('Occurrences and other metrics by groups and windows of time.')
  addFlags(command, [
    ...READER_FLAGS.filter(([name]) => name !== 'limit'),
    ...SELECTION_FLAGS,
    ['group-by', 'FIELDS', 'fields, for example reason,namespace (also metadata.image, labels.app)'],
    ['window', 'LENGTH', '15m, 1h, hour, day, week or month'],
    ['timezone', 'ZONE', 'zone of days, weeks and months (default UTC)'],
    ['metrics', 'METRICS', 'occurrences (default), observations, objects, events, first, last, rate, gapP50, gapP95, maxSeverity'], // prettier-ignore
    ['top', 'N', 'keep the N largest groups, the rest becomes "other"'],
    ['limit', 'N', 'the same as --top'],
    ['order-by', 'METRIC', 'what --top goes by'],
    ['zero-fill', null, 'show windows without events'],
  ])
  command.addHelpText('after', `
Examples:
  eventloom aggregate --group-by reason,namespace --window 15m --from -24h
  eventloom aggregate 'severity:high' --group-by owner.name --metrics occurrences,objects,last --top 10
  eventloom aggregate --window day --timezone Europe/Berlin --from -30d --zero-fill --json`) // prettier-ignore
  command.action(() =>
    runReading(command, Infinity, questionOf, context, async (reading, { parameters }) => {
      const body = await reading.answers.ask('aggregate', { path: {}, parameters }, reading.signal)
      if (reading.isJson) await reading.output.line(JSON.stringify(body, null, 1))
      else await showTable(reading, body as AggregateBody)
      await tellNotices(context.errors, (body as AggregateBody).notices)
    }),
  )
}

function questionOf(words: readonly string[], { query, limit, ...flags }: Readonly<Record<string, string>>) {
  const text = [...words, ...(query === undefined ? [] : [query])].join(' ')
  const top = limit === undefined || flags['top'] !== undefined ? {} : { top: limit }
  return { name: 'aggregate', path: {}, parameters: { ...flags, ...top, ...(text === '' ? {} : { query: text }) } } as const // prettier-ignore
}

async function showTable({ output, paint }: Reading, body: AggregateBody): Promise<void> {
  const { groupBy, metrics, window, groups } = body
  const first = metrics[0] ?? 'occurrences'
  const columns: readonly Column<Group>[] = [
    ...groupBy.map((field, index) => keyColumn(field, index)),
    ...metrics.map((metric) => metricColumn(metric, body, paint)),
    ...(window === null ? [] : [{ title: 'TREND', of: (group: Group) => sparkline(barsOf(group, first)) }]),
  ]
  const lines = tableLines(groups, columns, { columns: output.columns, hasTitle: output.isTerminal })
  for (const line of lines) await output.line(line)
}

function keyColumn(field: string, index: number): Column<Group> {
  const of = ({ key }: Group) => (key === null ? (index === 0 ? 'other' : '') : oneLine(key[index] ?? '') || '-')
  return { title: field.toUpperCase(), of, canShrink: true }
}

/** Distinct objects of windows do not add up: the table shows their highest, and says so. */
const HIGHEST_OF_WINDOWS = ['objects', 'events', 'rate', 'gapP50', 'gapP95']

function metricColumn(metric: string, { isLowerBound, window }: AggregateBody, paint: Reading['paint']): Column<Group> {
  const note = window !== null && HIGHEST_OF_WINDOWS.includes(metric) ? ' (HIGHEST)' : ''
  const isCount = metric === 'occurrences'
  const of = ({ points }: Group) => {
    const value = overall(metric, points.map(({ values }) => values[metric] ?? null)) // prettier-ignore
    if (typeof value !== 'number') return value ?? '-'
    return `${isCount && isLowerBound ? '≥' : ''}${grouped(value)}`
  }
  const painted = metric === 'maxSeverity' ? { paint: (text: string) => paint(text, text) } : {}
  return { title: metric.toUpperCase() + note, of, isRight: metric !== 'maxSeverity', ...painted }
}

/** One value for all windows of a group: sums of counts, ends of times, else the highest of the windows. */
function overall(metric: string, values: readonly MetricValue[]): MetricValue {
  const present = values.filter((value) => value !== null)
  if (['occurrences', 'observations'].includes(metric)) return present.reduce<number>((sum, value) => sum + Number(value), 0) // prettier-ignore
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
