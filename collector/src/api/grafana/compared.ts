import { DAY } from '../../clock.ts'
import type { AggregateGroup, Metric } from '../../query/model.ts'
import type { EventReader } from '../../store/store.ts'
import { estimateNotices, gapNotices, type Notice } from '../notices.ts'
import type { AskedQuery } from './asked-query.ts'
import { withLinks, type Column, type Frame } from './frame.ts'
import { withHead } from './heads.ts'
import { queryLink, sameAs } from './links.ts'
import { shown } from './no-value.ts'

/** Groups of one range that are compared: those with the highest numbers. */
const MOST_GROUPS = 1_000
const USUAL_ROWS = 100

const SHIFTS = { day: DAY, week: 7 * DAY } as const

interface Row {
  readonly key: readonly string[]
  readonly value: number
  readonly before: number
}

/** A table of a metric by groups beside that of the same range a day or a week earlier, what changed most first. */
export async function compared(
  asked: AskedQuery,
  metric: Metric,
  groupBy: readonly string[],
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const { query, from, to, filter } = asked
  const shift = query.compare === 'none' ? 0 : SHIFTS[query.compare]
  const earlier = { from: Math.max(0, from - shift), to: Math.max(1, to - shift) }
  const top = groupBy.length === 0 ? null : { groups: MOST_GROUPS, orderBy: metric }
  const measure = (range: { readonly from: number; readonly to: number }) => reader.aggregate({ ...range, filter, groupBy, window: null, metrics: [metric], zeroFill: false, top }, signal) // prettier-ignore
  const [now, before, gaps] = await Promise.all([
    measure({ from, to }),
    measure(earlier),
    gapNotices(reader, { from: earlier.from, to, filter }, signal),
  ])
  const rows = rowsOf(now.groups, before.groups)
  const listed = rows.slice(0, query.top ?? USUAL_ROWS)
  const notices = [...gaps, ...estimateNotices(now.distinctError), ...cutNotices(listed.length, rows.length, [...now.groups, ...before.groups])] // prettier-ignore
  const columns: readonly Column[] = [
    ...groupBy.map((name, place): Column => ({ kind: 'string', name, values: listed.map(({ key }) => shown(key[place] ?? '')) })), // prettier-ignore
    { kind: 'number', name: metric, values: listed.map(({ value }) => value) },
    { kind: 'number', name: 'before', values: listed.map(({ before: earlierValue }) => earlierValue) },
    { kind: 'number', name: 'change', values: listed.map(changeOf) },
  ]
  const links = queryLink(asked, 'Show these events', sameAs(Object.fromEntries(groupBy.map((name) => [name, name]))))
  const meta = { preferredVisualisationType: 'table', executedQueryString: query.filter.text, notices } as const
  return [{ meta, columns: listed.length === 0 ? [] : columns.map((column) => withHead(withLinks(column, links))) }]
}

function rowsOf(now: readonly AggregateGroup[], before: readonly AggregateGroup[]): readonly Row[] {
  const values = (groups: readonly AggregateGroup[]) => new Map(groups.flatMap(({ key, points }) => (key === null ? [] : [[JSON.stringify(key), points[0]?.values[0] ?? 0]]))) // prettier-ignore
  const [newer, older] = [values(now), values(before)]
  const rows = [...new Set([...newer.keys(), ...older.keys()])].map((key): Row => ({ key: JSON.parse(key) as string[], value: newer.get(key) ?? 0, before: older.get(key) ?? 0 })) // prettier-ignore
  return rows.sort((a, b) => Math.abs(changeOf(b)) - Math.abs(changeOf(a)))
}

function changeOf({ value, before }: Row): number {
  return value - before
}

function cutNotices(listed: number, rows: number, groups: readonly AggregateGroup[]): readonly Notice[] {
  const text = `These are the ${listed} of ${rows} groups that changed most. Use a narrower filter, or a higher top.`
  const cut = `There are more than ${MOST_GROUPS} groups: those with lower numbers are not compared.`
  return [
    ...(listed < rows ? [{ severity: 'info' as const, text }] : []),
    ...(groups.some(({ key }) => key === null) ? [{ severity: 'warning' as const, text: cut }] : []),
  ]
}
