import type { EpochMicros } from '../../clock.ts'
import { SEVERITIES } from '../../event/words.ts'
import type { PatternQuery, PatternSummary } from '../../query/model.ts'
import { estimateNotices, gapNotices, lowerBoundNotices, type Notice } from '../notices.ts'
import { errorOf, patternId } from '../pattern-answers.ts'
import { groupFields, type AnswerQuery } from './asked-query.ts'
import { ALERTABLE, TABLE_TIME, type Column, type Frame } from './frame.ts'
import { bodyOf } from './log-rows.ts'

const USUAL_KEY = ['reason', 'regarding.kind', 'namespace']
const USUAL_ROWS = 100

/** Query type `patterns`: what recurs in the range, as a table, or for alerts as one number for each pattern. */
export const answerPatterns: AnswerQuery = async ({ query, from, to, filter, isAlert }, reader, signal) => {
  const asked: PatternQuery = {
    from,
    to,
    filter,
    key: groupFields('patternBy', query.patternBy.length === 0 ? USUAL_KEY : query.patternBy),
    minOccurrences: query.minOccurrences,
    minRatePerMinute: query.minRatePerMinute,
    limit: query.limit ?? USUAL_ROWS,
    samples: 1,
  }
  const [patterns, gaps] = await Promise.all([reader.patterns(asked, signal), gapNotices(reader, asked, signal)])
  const text = `These are the ${asked.limit} patterns with the most occurrences; there may be more.`
  const full: readonly Notice[] = patterns.length < asked.limit ? [] : [{ severity: 'warning', text }]
  const notices = [
    ...gaps,
    ...full,
    ...lowerBoundNotices(patterns.some(({ isLowerBound }) => isLowerBound)),
    ...estimateNotices(errorOf(patterns)),
  ]
  const keys = asked.key.map((name, place): Column => strings(name, patterns, ({ key }) => key[place] ?? ''))
  const isNumeric = query.format === 'numeric' || (query.format === 'auto' && isAlert)
  const frame: Frame = {
    meta: {
      ...(isNumeric ? { type: 'numeric-long', typeVersion: ALERTABLE } : { preferredVisualisationType: 'table' }),
      executedQueryString: query.filter.text,
      notices,
    },
    columns: patterns.length === 0 ? [] : [...keys, ...(isNumeric ? [occurrences(patterns)] : described(patterns))],
  }
  return [frame]
}

function described(patterns: readonly PatternSummary[]): readonly Column[] {
  return [
    strings('severity', patterns, ({ maxSeverity }) => maxSeverity),
    occurrences(patterns),
    numbers('objects', patterns, ({ objects }) => objects),
    numbers('ratePerMinute', patterns, ({ ratePerMinute }) => ratePerMinute),
    times('firstObserved', patterns, ({ firstObserved }) => firstObserved),
    times('lastObserved', patterns, ({ lastObserved }) => lastObserved),
    strings('example', patterns, ({ samples }) => (samples[0] === undefined ? '' : bodyOf(samples[0]))),
    strings('pattern', patterns, ({ key }) => patternId(key)),
    // So that a table can be sorted by how bad it is, which the words cannot.
    numbers('severityRank', patterns, ({ maxSeverity }) => SEVERITIES.findIndex((word) => word === maxSeverity)),
  ]
}

function occurrences(patterns: readonly PatternSummary[]): Column {
  return numbers('occurrences', patterns, (pattern) => pattern.occurrences)
}

function strings(name: string, patterns: readonly PatternSummary[], read: (pattern: PatternSummary) => string): Column {
  return { kind: 'string', name, values: patterns.map(read) }
}

function numbers(name: string, patterns: readonly PatternSummary[], read: (pattern: PatternSummary) => number): Column {
  return { kind: 'number', name, values: patterns.map(read) }
}

function times(
  name: string,
  patterns: readonly PatternSummary[],
  read: (pattern: PatternSummary) => EpochMicros,
): Column {
  return { kind: 'time', name, config: TABLE_TIME, values: patterns.map(read) }
}
