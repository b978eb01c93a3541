import { patternId, USUAL_PATTERN } from '../../event/pattern.ts'
import type { AskedPatterns } from '../../query/request.ts'
import { severityRank } from '../../event/words.ts'
import { parseTime } from '../../query/time.ts'
import { listPatterns, type ListedPattern } from '../list-patterns.ts'
import { gapNotices } from '../notices.ts'
import { foundJson } from '../pattern-traits.ts'
import { groupFields, type AnswerQuery, type AskedQuery } from './asked-query.ts'
import { numbers, strings, times } from './columns.ts'
import { ALERTABLE, hidden, TABLE_TIME, withLinks, type Column, type Frame } from './frame.ts'
import { withHead } from './heads.ts'
import type { Link } from './link.ts'
import { aroundLink, queryLink, ruleLink, sameAs, workloadLink } from './links.ts'
import { bodyOf } from './log-rows.ts'
import { shown } from './no-value.ts'
import { ofRow } from './row-value.ts'

const USUAL_ROWS = 100

type Traits = ReturnType<typeof foundJson>

/** One line of a table: a pattern, or one rhythm of it. */
interface Row extends ListedPattern {
  readonly traits: Traits
  readonly rhythm?: Traits['rhythms'][number]
}

/** Query type `patterns`: what recurs or has a trait, as a table, or for alerts as one number for each pattern. */
export const answerPatterns: AnswerQuery = async (question, reader, signal) => {
  const { query, from, to, filter, isAlert } = question
  const asked: AskedPatterns = {
    from,
    to,
    filter,
    key: groupFields('patternBy', query.patternBy.length === 0 ? USUAL_PATTERN.key : query.patternBy),
    minOccurrences: query.minOccurrences,
    minRatePerMinute: query.minRatePerMinute,
    limit: query.limit ?? USUAL_ROWS,
    samples: 1,
    traits: query.traits,
    isOpenEnded: false,
  }
  const [{ patterns, notices }, gaps] = await Promise.all([listPatterns(reader, asked, signal), gapNotices(reader, asked, signal)]) // prettier-ignore
  const isNumeric = query.format === 'numeric' || (query.format === 'auto' && isAlert)
  const all = patterns.map((pattern): Row => ({ ...pattern, traits: foundJson(pattern.found, asked) }))
  const rows = isNumeric ? all : all.flatMap((row) => rowsOf(row, asked))
  const keys = asked.key.map((name, place): Column => strings(name, rows, ({ summary }) => (isNumeric ? (summary.key[place] ?? '') : shown(summary.key[place] ?? '')))) // prettier-ignore
  const linked = isNumeric ? keys : keys.map((column) => withLinks(column, patternLinks(question, asked.key)))
  const columns: readonly Column[] = [...linked, ...(isNumeric ? [occurrences(rows)] : described(rows, asked))]
  const frame: Frame = {
    meta: {
      ...(isNumeric ? { type: 'numeric-long', typeVersion: ALERTABLE } : { preferredVisualisationType: 'table' }),
      executedQueryString: query.filter.text,
      notices: [...gaps, ...notices],
    },
    columns: rows.length === 0 ? [] : isNumeric ? columns : columns.map(withHead),
  }
  return [frame]
}

/** Fields that problems have too: of patterns by others no rule about open problems can be made. */
const OF_PROBLEMS = [
  'cluster',
  'namespace',
  'reason',
  'regarding.kind',
  'owner.kind',
  'owner.name',
  'node',
  'category',
  'severity',
  'type',
]

/** A click on a key opens the events of the pattern first. */
function patternLinks(asked: AskedQuery, key: readonly string[]): readonly Link[] {
  const terms = sameAs(Object.fromEntries(key.map((field) => [field, field])))
  const place = terms.filter((term) => term.key === 'cluster' || term.key === 'namespace')
  const workload = key.includes('owner.name') ? { workload: ofRow('owner.name') } : {}
  const isOfProblems = key.every((field) => OF_PROBLEMS.includes(field))
  const name = key.map(ofRow).join(' ')
  return [
    ...queryLink(asked, 'Show its events', terms),
    ...aroundLink(asked, place, 'firstObserved', 'lastObserved'),
    ...(key.includes('namespace') ? workloadLink(asked, { namespace: ofRow('namespace'), ...workload }) : []),
    ...(isOfProblems ? ruleLink(asked, name, terms, ofRow('canAlert')) : []),
  ]
}

/** Whoever asks for rhythms gets one line for each, and for silent ones alone those. */
function rowsOf(row: Row, { traits }: AskedPatterns): readonly Row[] {
  const isOfRhythms = traits.length > 0 && traits.every((trait) => trait === 'periodic' || trait === 'silent')
  if (!isOfRhythms) return [row]
  const rhythms = traits.includes('periodic')
    ? row.traits.rhythms
    : row.traits.rhythms.filter(({ isSilent }) => isSilent)
  return rhythms.map((rhythm) => ({ ...row, rhythm }))
}

function described(rows: readonly Row[], { key }: AskedPatterns): readonly Column[] {
  return [
    strings('severity', rows, ({ summary }) => summary.maxSeverity),
    strings('traits', rows, ({ traits }) => traits.traits.join(', ')),
    ...rhythmColumns(rows),
    occurrences(rows),
    numbers('objects', rows, ({ summary }) => summary.objects),
    numbers('ratePerMinute', rows, ({ summary }) => summary.ratePerMinute),
    times('firstObserved', rows, ({ summary }) => summary.firstObserved),
    times('lastObserved', rows, ({ summary }) => summary.lastObserved),
    strings('template', rows, ({ traits, templates }) => [...traits.templates, ...templates][0]?.text ?? ''),
    strings('example', rows, ({ summary: { samples } }) => (samples[0] === undefined ? '' : bodyOf(samples[0]))),
    hidden(strings('pattern', rows, ({ summary }) => patternId(key, summary.key))),
    // What is routine is never an open problem, so no rule could fire.
    hidden(strings('canAlert', rows, ({ summary }) => String(summary.maxSeverity !== 'info'))),
    // So that a table can be sorted by how bad it is, which the words cannot.
    hidden(numbers('severityRank', rows, ({ summary }) => severityRank(summary.maxSeverity))),
  ]
}

function rhythmColumns(rows: readonly Row[]): readonly Column[] {
  const rhythms = rows.flatMap(({ rhythm }) => rhythm ?? [])
  if (rhythms.length < rows.length) return []
  return [
    { kind: 'string', name: 'workload', values: rhythms.map(({ workload: { kind, name } }) => `${kind}/${name}`) },
    { kind: 'number', name: 'period', values: rhythms.map(({ periodSeconds }) => periodSeconds) },
    { kind: 'time', name: 'nextExpected', config: TABLE_TIME, values: rhythms.map(({ nextExpected }) => parseTime(nextExpected, 0) ?? 0) }, // prettier-ignore
  ]
}

function occurrences(rows: readonly Row[]): Column {
  return numbers('occurrences', rows, ({ summary }) => summary.occurrences)
}
