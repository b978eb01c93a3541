import type { AggregateQuery } from '../../query/model.ts'
import { gapNotices, type Notice } from '../notices.ts'
import type { AnswerQuery } from './asked-query.ts'
import { ALERTABLE, type Column, type EnumItem } from './frame.ts'
import { windowsOf } from './time-windows.ts'

const USUAL_BANDS = 20

/**
 * States of a band, by the rank of the worst severity in a window; windows without events are calm. A state timeline paints the
 * colours as CSS: of Grafana's own names it would make black.
 */
const STATES: readonly EnumItem[] = [
  { text: 'calm', color: 'transparent' },
  { text: 'info', color: '#c0d8ff' },
  { text: 'low', color: '#8ab8ff' },
  { text: 'medium', color: '#fade2a' },
  { text: 'high', color: '#ff9830' },
  { text: 'critical', color: '#f2495c' },
]

/** What a band is about. The cluster is always part of it: names repeat from cluster to cluster. */
const BANDS = {
  object: ['cluster', 'regarding.kind', 'namespace', 'regarding.name'],
  workload: ['cluster', 'namespace', 'owner.kind', 'owner.name'],
  node: ['cluster', 'node'],
  namespace: ['cluster', 'namespace'],
} as const

/**
 * Query type `timeline`: a band for each object, workload, node or namespace, with the worst severity of each window. For
 * alerts: the rank of the worst severity in the range, 0 (info) to 4 (critical).
 */
export const answerTimeline: AnswerQuery = async (asked, reader, signal) => {
  const { query, from, to, filter, isAlert } = asked
  const groups = query.top ?? USUAL_BANDS
  const groupBy: readonly string[] = BANDS[query.timelineBy]
  const isNumeric = query.format === 'numeric' || (query.format === 'auto' && isAlert)
  const { window, notices } = windowsOf(asked, groups)
  const question: AggregateQuery = {
    from,
    to,
    filter,
    groupBy,
    window: isNumeric ? null : window,
    metrics: ['maxSeverity'],
    top: { groups, orderBy: 'occurrences' },
    zeroFill: !isNumeric,
  }
  const [result, gaps] = await Promise.all([reader.aggregate(question, signal), gapNotices(reader, asked, signal)])
  const bands = result.groups.filter(({ key }) => key !== null)
  const text = `These are the ${bands.length} with the most occurrences; the others are left out. Use a narrower filter, or a higher top.`
  const left: readonly Notice[] = bands.length < result.groups.length ? [{ severity: 'warning', text }] : []
  const said = { executedQueryString: query.filter.text, notices: [...notices, ...left, ...gaps] }
  if (isNumeric) {
    const ranks = bands.map(({ points }) => points[0]?.values[0] ?? null)
    const keys = groupBy.map((name, place): Column => ({ kind: 'string', name, values: bands.map(({ key }) => key?.[place] ?? '') })) // prettier-ignore
    const columns: readonly Column[] = [...keys, { kind: 'number', name: 'maxSeverity', values: ranks }]
    return [{ meta: { type: 'numeric-long', typeVersion: ALERTABLE, ...said }, columns: bands.length === 0 ? [] : columns }] // prettier-ignore
  }
  const starts = bands[0]?.points.map(({ start }) => start)
  if (starts === undefined) return [{ meta: said, columns: [] }]
  const columns = bands.map(({ key, points }): Column => {
    // A name alone: Grafana writes a name and its labels one behind the other.
    const name = bandName(key ?? [])
    return { kind: 'enum', name, items: STATES, values: points.map(({ values }) => (values[0] ?? -1) + 1) }
  })
  return [{ meta: said, columns: [{ kind: 'time', name: 'time', values: starts }, ...columns] }]
}

/** `lab Deployment shop/payments`: all parts, so that no two bands have one name. */
function bandName(key: readonly string[]): string {
  return key.filter((part) => part !== '').join(' ')
}
