import type { AggregateGroup, AggregateQuery, AggregateResult, Metric } from '../../query/model.ts'
import { withinBudget } from '../../query/budget.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { EventReader } from '../../store/store.ts'
import type { Notice } from '../notices.ts'
import { answerActive } from './active.ts'
import { said } from './aggregate-notices.ts'
import { seriesColor } from './colors.ts'
import { compared } from './compared.ts'
import { answerWatched } from './watched.ts'
import { groupFields, type AnswerQuery, type AskedQuery } from './asked-query.ts'
import { ALERTABLE, TABLE_TIME, withLinks, type Column, type Frame, type FrameMeta } from './frame.ts'
import { withHead } from './heads.ts'
import { LEVEL, levels } from './levels.ts'
import { equal, queryLink, sameAs } from './links.ts'
import { shown } from './no-value.ts'
import { partialNotices, windowsOf } from './time-windows.ts'

/** Groups that keep their names: a chart is read with few, a table and an alert with many. */
const USUAL_SERIES = 10
const USUAL_ROWS = 100

/** What the series of all others is called. It has no label: any text in one may be a value, and name a second series. */
const REST = '(all others)'

/** A click on a number opens what was counted. */
const SHOW = 'Show these events'

/** Query type `aggregate`: one metric by groups, as series, numbers, a table or a heat map. */
export const answerAggregate: AnswerQuery = async (asked, reader, signal) => {
  const { query, isAlert } = asked
  const { metric } = query
  if (metric === 'watched' || metric === 'complete') return answerWatched(asked, reader, signal)
  if (metric === 'active') return answerActive(asked, groupFields('groupBy', query.groupBy), reader, signal)
  const format = query.format === 'auto' ? (isAlert ? 'numeric' : 'timeseries') : query.format
  if (query.groupBy.length === 1 && query.groupBy[0] === LEVEL) return levels(asked, metric, reader, signal)
  const groupBy = groupFields('groupBy', query.groupBy)
  if (format === 'table' && query.compare !== 'none') return compared(asked, metric, groupBy, reader, signal)
  if (format === 'numeric' || format === 'table') return numbers(asked, metric, groupBy, format, reader, signal)
  if (isAlert && format === 'heatmap') throw new InvalidQueryError([{ parameter: 'format', message: 'a heat map has no value to alert on. Use numeric or timeseries' }]) // prettier-ignore
  return series(asked, metric, groupBy, format, reader, signal)
}

async function series(
  asked: AskedQuery,
  metric: Metric,
  groupBy: readonly string[],
  format: 'timeseries' | 'heatmap',
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const { top = USUAL_SERIES } = asked.query
  const { window, notices: widened } = windowsOf(asked, groupBy.length === 0 ? 1 : top + 1)
  const result = await measure(asked, { groupBy, window, metrics: [metric], zeroFill: true, top: topOf(groupBy, top, metric) }, reader, signal) // prettier-ignore
  const isHeatmap = format === 'heatmap'
  const { groups, notices } = asked.isAlert ? namedOnly(result, metric) : { groups: result.groups, notices: [] }
  const meta: FrameMeta = {
    type: isHeatmap ? 'heatmap-rows' : 'timeseries-wide',
    typeVersion: isHeatmap ? [0, 0] : ALERTABLE,
    ...(await said(asked, result, [...widened, ...partialNotices(window, asked), ...notices], reader, signal)),
  }
  // No group, no series: the dataplane's way to say "no data".
  const starts = groups[0]?.points.map(({ start }) => Math.max(start, asked.from))
  if (starts === undefined) return isHeatmap ? noHeatmap(meta, metric) : [{ meta, columns: [] }]
  const columns = groups.map(({ key, points }): Column => {
    const name = key === null ? REST : key.map(shown).join(' ')
    const values = points.map((point) => point.values[0] ?? null)
    const labels = key === null ? null : labelsOf(groupBy, key)
    // The rest is no group that conditions could say.
    const links = labels === null ? [] : queryLink(asked, SHOW, equal(mapValues(labels, shown)))
    const config = { ...(links.length === 0 ? {} : { links }), ...seriesColor(groupBy, key ?? []) }
    if (isHeatmap) return { kind: 'number', name: name || metric, config, values }
    return {
      kind: 'number',
      name: metric,
      ...(labels === null ? {} : { labels }),
      config: groupBy.length === 0 ? config : { displayNameFromDS: name, ...config },
      values,
    }
  })
  return [{ meta, columns: [{ kind: 'time', name: 'time', values: starts }, ...columns] }]
}

/**
 * A heat map of nothing. Its panel fails on a frame without columns, where others take one as "no data", and says its sentence only
 * when there is no frame at all; one that has to carry notices has its columns without rows.
 */
function noHeatmap(meta: FrameMeta, metric: Metric): readonly Frame[] {
  if (meta.notices === undefined) return []
  const columns: readonly Column[] = [{ kind: 'time', name: 'time', values: [] }, { kind: 'number', name: metric, values: [] }] // prettier-ignore
  return [{ meta, columns }]
}

async function numbers(
  asked: AskedQuery,
  metric: Metric,
  groupBy: readonly string[],
  format: 'numeric' | 'table',
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const { top = USUAL_ROWS } = asked.query
  const metrics: readonly Metric[] = format === 'table' && groupBy.length > 0 ? [metric, 'first', 'last'] : [metric]
  const result = await measure(asked, { groupBy, window: null, metrics, zeroFill: false, top: topOf(groupBy, top, metric) }, reader, signal) // prettier-ignore
  const { groups: named, notices } = namedOnly(result, metric)
  const meta: FrameMeta = {
    ...(format === 'numeric' ? { type: 'numeric-long' as const, typeVersion: ALERTABLE } : { preferredVisualisationType: 'table' as const }), // prettier-ignore
    ...(await said(asked, { ...result, unplaced: 0 }, notices, reader, signal)),
  }
  if (named.length === 0) return [{ meta, columns: [] }]
  // What a rule makes labels of stays as it is stored; what is read by people says that there is nothing.
  const columns = keyColumns(groupBy, named, asked.isAlert ? (value) => value : shown)
  const links = queryLink(asked, SHOW, sameAs(Object.fromEntries(groupBy.map((name) => [name, name]))))
  const linked = [...columns, ...valueColumns(metrics, named)].map((column) => withLinks(column, links))
  // Bars and numbers of a rule are named by their labels, a table by its heads.
  return [{ meta, columns: format === 'table' ? linked.map(withHead) : linked }]
}

/** The groups without the rest: as an instance of an alert it would mean something else at each evaluation. */
function namedOnly({ groups }: AggregateResult, metric: Metric) {
  const named = groups.filter(({ key }) => key !== null)
  const text = `These are the ${named.length} groups with the highest ${metric}; the others are left out. Use a narrower filter, or a higher top.`
  const notices: readonly Notice[] = named.length === groups.length ? [] : [{ severity: 'warning', text }]
  return { groups: named, notices }
}

function measure(
  { from, to, filter }: AskedQuery,
  parts: Omit<AggregateQuery, 'from' | 'to' | 'filter'>,
  reader: EventReader,
  signal: AbortSignal,
): Promise<AggregateResult> {
  return reader.aggregate(withinBudget({ from, to, filter, ...parts }), signal)
}

function topOf(groupBy: readonly string[], groups: number, orderBy: Metric): AggregateQuery['top'] {
  return groupBy.length === 0 ? null : { groups, orderBy }
}

function labelsOf(groupBy: readonly string[], key: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(groupBy.map((field, place) => [field, key[place] ?? '']))
}

function mapValues(record: Readonly<Record<string, string>>, write: (value: string) => string) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, write(value)]))
}

function keyColumns(
  groupBy: readonly string[],
  groups: readonly AggregateGroup[],
  write: (value: string) => string,
): readonly Column[] {
  return groupBy.map((name, place) => ({
    kind: 'string',
    name,
    values: groups.map(({ key }) => write(key?.[place] ?? '')),
  }))
}

function valueColumns(metrics: readonly Metric[], groups: readonly AggregateGroup[]): readonly Column[] {
  return metrics.map((name, place): Column => {
    const values = groups.map(({ points }) => points[0]?.values[place] ?? null)
    if (name !== 'first' && name !== 'last') return { kind: 'number', name, values }
    // A group is there because it has rows, so it has a first and a last one.
    return { kind: 'time', name, config: TABLE_TIME, values: values.map((time) => time ?? 0) }
  })
}
