import type { AggregateAnswerJson as AggregateJson, PatternsJson } from '../api/answer-schemas.ts'
import type { IncidentsJson } from '../api/incidents/incident-schemas.ts'
import type { EpochMicros } from '../clock.ts'
import { formatDuration } from '../query/duration.ts'
import { formatTime, parseTime } from '../query/time.ts'
import type { Gathered, ReportQuestion } from './gather.ts'
import type { Cell, Chart, Report, Section } from './report.ts'

type Incident = IncidentsJson['incidents'][number]

/** The words of a report, from what was gathered for it. */
export function compose(gathered: Gathered, question: ReportQuestion, now: EpochMicros): Report {
  const { from, to, selection, by } = question
  const { incidents, planned, frequent, noisy, fresh, gone, byLabel } = gathered
  const selected = Object.entries(selection).map(([name, value]) => `${name} ${value}`)
  return {
    title: 'What happened in the clusters',
    facts: [
      `From ${toSecond(formatTime(from))} to ${toSecond(formatTime(to))} (UTC)`,
      selected.length === 0 ? 'Everything that is stored' : selected.join(', '),
      `Made at ${toSecond(formatTime(now))}`,
    ],
    sections: [
      { title: 'In short', words: inShort(gathered), chart: chartOf(gathered.overTime) },
      { title: 'What broke', ...incidentTable(incidents, question, 'Nothing that events tell of.') },
      { title: 'Most frequent', ...patternTable(frequent, 'No trouble recurred.') },
      {
        title: 'Noisiest',
        ...sumTable(noisy, ['Cluster', 'Namespace', 'Kind', 'Workload'], ['occurrences', 'objects']),
      },
      { title: 'New', ...patternTable(fresh, 'Nothing that was not there before.') },
      { title: 'Gone', ...patternTable(gone, 'Nothing that came regularly has stopped.') },
      ...(byLabel === null
        ? []
        : [{ title: `By ${by ?? ''}`, ...sumTable(byLabel, [by ?? ''], ['occurrences', 'objects', 'last']) }]),
      { title: 'Planned', ...incidentTable(planned, question, 'No planned work that events tell of.') },
      gapSection(gathered),
    ],
  }
}

function inShort({ incidents: { incidents, total }, planned, frequent, fresh }: Gathered): readonly string[] {
  const going = incidents.filter(({ state }) => state !== 'over').length
  const unknown = incidents.filter(({ causes }) => causes.length === 0).length
  const again = incidents.filter(({ similar }) => similar.length > 0).length
  const [worst] = incidents
  const parts = [
    ...(going > 0 ? [`${String(going)} not over`] : []),
    ...(again > 0 ? [`${String(again)} of a kind that was there before`] : []),
    ...(unknown > 0 ? [`${String(unknown)} with unknown cause`] : []),
  ]
  return [
    total === 0
      ? 'Nothing broke, as far as events tell.'
      : `${counted(total, 'incident')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`,
    ...(worst === undefined ? [] : [`Most important: ${worst.title}.`]),
    `${counted(frequent.patterns.length, 'trouble')} recurred, ${String(fresh.patterns.length)} new; ${counted(planned.total, 'piece')} of planned work.`,
  ]
}

function incidentTable(
  { incidents, total }: IncidentsJson,
  question: ReportQuestion,
  none: string,
): Omit<Section, 'title'> {
  if (incidents.length === 0) return { words: [none] }
  const more = total - incidents.length
  return {
    words: more > 0 ? [`The ${String(incidents.length)} most important of ${String(total)}.`] : [],
    table: {
      columns: ['Began', 'Lasted', 'Severity', 'What', 'Cause', 'Before', 'Id'],
      rows: incidents.map((incident) => incidentRow(incident, question)),
    },
  }
}

function incidentRow(incident: Incident, { from, to }: ReportQuestion): readonly Cell[] {
  const { id, title, opened, ended, worstSeverity, causes, similar, state } = incident
  const [begin, end] = [timeOf(opened), ended === null ? to : timeOf(ended)]
  const place = (time: EpochMicros) => Math.min(1, Math.max(0, (time - from) / (to - from)))
  const [cause] = causes
  return [
    { text: toSecond(opened), span: [place(begin), place(end)] },
    { text: `${lasted(end - begin)}${ended === null ? `, ${state}` : ''}` },
    { text: worstSeverity, severity: worstSeverity },
    { text: title },
    { text: cause === undefined ? 'unknown' : `${cause.confidence}: ${cause.words}` },
    { text: similar.length === 0 ? '' : `×${String(similar.length)}` },
    { text: id },
  ]
}

function patternTable({ patterns }: PatternsJson, none: string): Omit<Section, 'title'> {
  if (patterns.length === 0) return { words: [none] }
  const most = Math.max(...patterns.map(({ occurrences }) => occurrences))
  return {
    words: [],
    table: {
      columns: ['Seen', 'Severity', 'Pattern', 'Objects', 'Last', 'What it says'],
      rows: patterns.map(
        ({ key, occurrences, isLowerBound, maxSeverity, objects, lastObserved, templates, samples }) => [
          { text: `${isLowerBound ? '≥' : ''}${grouped(occurrences)}`, share: most === 0 ? 0 : occurrences / most },
          { text: maxSeverity, severity: maxSeverity },
          {
            text: Object.values(key)
              .filter((value) => value !== '')
              .join(' · '),
          },
          { text: grouped(objects) },
          { text: toSecond(lastObserved) },
          { text: templates[0]?.text ?? noteOf(samples) },
        ],
      ),
    },
  }
}

/** Of a row as the API tells it. */
function noteOf([sample]: readonly object[]): string {
  return sample !== undefined && 'note' in sample && typeof sample.note === 'string' ? sample.note : ''
}

function sumTable(
  { groups }: AggregateJson,
  fields: readonly string[],
  metrics: readonly string[],
): Omit<Section, 'title'> {
  const rows = groups.map(({ key, points: [point] }) => ({ key, values: point?.values ?? {} }))
  const seen = rows.filter(({ values }) => Number(values['occurrences'] ?? 0) > 0)
  if (seen.length === 0) return { words: ['No events.'] }
  const most = Math.max(...seen.map(({ key, values }) => (key === null ? 0 : Number(values['occurrences']))))
  return {
    words: [],
    table: {
      columns: [...fields, ...metrics.map((metric) => TITLES[metric] ?? metric)],
      rows: seen.map(({ key, values }) => [
        ...fields.map((_, place) => ({
          text: key === null ? (place === 0 ? 'all others' : '') : key[place] || '(none)',
        })),
        ...metrics.map((metric): Cell => {
          const value = values[metric] ?? null
          if (typeof value !== 'number') return { text: toSecond(value ?? '') }
          return metric === 'occurrences' && most > 0 && key !== null ? { text: grouped(value), share: value / most } : { text: grouped(value) } // prettier-ignore
        }),
      ]),
    },
  }
}

const TITLES: Readonly<Record<string, string>> = { occurrences: 'Seen', objects: 'Objects', last: 'Last' }

function gapSection({ gaps: { gaps, unwatched }, notices }: Gathered): Section {
  const missing = unwatched.map(({ cluster, since }) => `Nobody watches ${cluster} since ${toSecond(since)}.`)
  const warned = notices.filter(({ severity }) => severity === 'warning').map(({ text }) => text)
  const words = [...new Set([...missing, ...warned])]
  const title = 'Gaps in the data'
  if (gaps.length === 0) return { title, words: words.length > 0 ? words : ['None that is known.'] }
  const rows = gaps.map(({ from, to, cluster, stream, cause }) =>
    [toSecond(from), to === null ? 'goes on' : toSecond(to), cluster, stream, cause].map((text) => ({ text })),
  )
  return { title, words, table: { columns: ['From', 'To', 'Cluster', 'Stream', 'Cause'], rows } }
}

/** Occurrences of trouble by severity, worst at the bottom. */
function chartOf({ groups, window }: AggregateJson): Chart {
  const starts = groups[0]?.points.map(({ start }) => toSecond(start)) ?? []
  const worst = (key: readonly string[] | null) => ['critical', 'high', 'medium', 'low', 'info'].indexOf(key?.[0] ?? '')
  const every = window === null || !('every' in window) ? '' : ` each ${window.every}`
  return {
    words: `Occurrences of trouble${every}`,
    starts,
    series: groups
      .filter(({ key }) => key !== null)
      .toSorted((a, b) => worst(a.key) - worst(b.key))
      .map(({ key, points }) => ({
        severity: key?.[0] ?? '',
        counts: points.map(({ values }) => Number(values['occurrences'] ?? 0)),
      })),
  }
}

function counted(count: number, word: string): string {
  return `${grouped(count)} ${word}${count === 1 ? '' : 's'}`
}

function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

/** In whole seconds, and in whole minutes where it is long. */
function lasted(length: EpochMicros): string {
  const unit = length < 600_000_000 ? 1_000_000 : 60_000_000
  return formatDuration(Math.max(1_000_000, Math.round(length / unit) * unit))
}

function timeOf(text: string): EpochMicros {
  return parseTime(text, 0) ?? 0
}

function toSecond(time: string): string {
  return time.replace(/\.[0-9]+Z$/, 'Z')
}
