import type { EpochMicros } from '../../clock.ts'
import { severityRank } from '../../event/words.ts'
import { stateOfBody } from '../../problem/problem.ts'
import { compileFilter } from '../../query/filter.ts'
import { fieldReader, textOf } from '../../query/field-value.ts'
import type { AggregateQuery } from '../../query/model.ts'
import { windowStarts } from '../../query/windows.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, type Notice } from '../notices.ts'
import { asObservation } from '../problems/as-observation.ts'
import { readProblems, type ProblemsAt } from '../problems/read-problems.ts'
import { spansOf, type Span } from '../problems/spans.ts'
import type { AnswerQuery, AskedQuery } from './asked-query.ts'
import { ALERTABLE, withLinks, type Column, type EnumItem } from './frame.ts'
import type { Link } from './link.ts'
import { equal, queryLink, workloadLink } from './links.ts'
import { shown } from './no-value.ts'
import { windowsOf } from './time-windows.ts'

const USUAL_BANDS = 20

/**
 * States of a band, by the rank of the worst problem that was there in a window. A state timeline paints the colours as CSS: of
 * Grafana's own names it would make black.
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
  problem: ['cluster', 'regarding.kind', 'namespace', 'regarding.name', 'reason'],
} as const

interface Band {
  readonly key: readonly string[]
  readonly spans: Span[]
  /** Of the worst problem that is not over at the end of the range; 0 without one. */
  rank: number
}

/**
 * Query type `timeline`: a band for each object, workload, node or namespace, with the state of its problems over time: silence
 * inside a problem is no calm. Those with the worst problems come first, then those with the most occurrences. For alerts: the
 * rank of the worst problem that is there at the end of the range, 0 (none) to 4 (critical).
 */
export const answerTimeline: AnswerQuery = async (asked, reader, signal) => {
  const { query, from, to, isAlert } = asked
  const most = query.top ?? USUAL_BANDS
  const groupBy: readonly string[] = BANDS[query.timelineBy]
  const isNumeric = query.format === 'numeric' || (query.format === 'auto' && isAlert)
  const { window, notices } = windowsOf(asked, most)
  const [problems, busy, gaps] = await Promise.all([
    readProblems(reader, { at: to, from }, to, signal),
    busyBands(asked, groupBy, most, reader, signal),
    gapNotices(reader, asked, signal),
  ])
  const all = bandsOf(problems, busy, groupBy, asked)
  const bands = all.slice(0, most)
  const text = `These are the ${bands.length} with the worst problems and the most occurrences; the others are left out. Use a narrower filter, or a higher top.`
  const left: readonly Notice[] = bands.length < all.length ? [{ severity: 'warning', text }] : []
  const said = { executedQueryString: query.filter.text, notices: [...notices, ...left, ...problems.notices, ...gaps] }
  if (isNumeric) {
    const keys = groupBy.map((name, place): Column => ({ kind: 'string', name, values: bands.map(({ key }) => key[place] ?? '') })) // prettier-ignore
    const columns: readonly Column[] = [...keys, { kind: 'number', name: 'maxSeverity', values: bands.map(({ rank }) => rank) }] // prettier-ignore
    return [{ meta: { type: 'numeric-long', typeVersion: ALERTABLE, ...said }, columns: bands.length === 0 ? [] : columns }] // prettier-ignore
  }
  if (bands.length === 0) return [{ meta: said, columns: nothing(from) }]
  const starts = windowStarts(window, { from, to })
  const columns = bands.map(({ key, spans }): Column => {
    // A name alone: Grafana writes a name and its labels one behind the other.
    const column: Column = { kind: 'enum', name: bandName(key), items: STATES, values: statesOf(spans, starts, to) }
    const values = Object.fromEntries(groupBy.map((name, place) => [name, shown(key[place] ?? '')]))
    return withLinks(column, bandLinks(asked, values))
  })
  return [{ meta: said, columns: [{ kind: 'time', name: 'time', values: starts }, ...columns] }]
}

/** A click on a band opens what it is made of. */
function bandLinks(asked: AskedQuery, values: Readonly<Record<string, string>>): readonly Link[] {
  const { cluster = '', namespace = '', 'owner.name': workload } = values
  return [
    ...queryLink(asked, 'Show its problems', equal(values), { queryType: 'problems', withOver: true }),
    ...queryLink(asked, 'Show its events', equal(values)),
    ...(workload === undefined ? [] : workloadLink(asked, { cluster, namespace, workload })),
  ]
}

/** Without a row the panel complains of data without times: one calm row says that there is nothing. */
function nothing(from: EpochMicros): readonly Column[] {
  return [
    { kind: 'time', name: 'time', values: [from] },
    { kind: 'enum', name: 'Nothing in this range', items: STATES, values: [0] },
  ]
}

/** What was told of most in the range, whether or not anything is wrong there. */
async function busyBands(
  { from, to, filter }: AskedQuery,
  groupBy: readonly string[],
  groups: number,
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly (readonly string[])[]> {
  const question: AggregateQuery = {
    from,
    to,
    filter,
    groupBy,
    window: null,
    metrics: ['occurrences'],
    top: { groups, orderBy: 'occurrences' },
    zeroFill: false,
  }
  return (await reader.aggregate(question, signal)).groups.flatMap(({ key }) => (key === null ? [] : [key]))
}

function bandsOf(
  { problems }: ProblemsAt,
  busy: readonly (readonly string[])[],
  groupBy: readonly string[],
  { from, to, filter }: AskedQuery,
): readonly Band[] {
  const matches = compileFilter(filter)
  const fields = groupBy.map(fieldReader)
  const bands = new Map<string, Band>()
  for (const { id, body } of problems) {
    const observation = asObservation(id, body)
    if (!matches(observation)) continue
    const spans = spansOf(body, to).filter((span) => span.to > from)
    if (spans.length === 0) continue
    const key = fields.map((read) => textOf(read(observation)))
    const text = JSON.stringify(key)
    const band = bands.get(text) ?? { key, spans: [], rank: 0 }
    bands.set(text, band)
    band.spans.push(...spans)
    if (stateOfBody(body) !== 'over') band.rank = Math.max(band.rank, severityRank(body.severity))
  }
  const worst = ({ spans }: Band) => spans.reduce((most, { rank }) => Math.max(most, rank), 0)
  const troubled = [...bands.values()]
    .map((band) => ({ band, worst: worst(band), name: bandName(band.key) }))
    .sort((a, b) => b.worst - a.worst || (a.name < b.name ? -1 : 1))
    .map(({ band }) => band)
  const calm = busy.filter((key) => !bands.has(JSON.stringify(key))).map((key): Band => ({ key, spans: [], rank: 0 }))
  return [...troubled, ...calm]
}

/** The state of each window: one more than the rank of the worst that was there, 0 for calm. */
function statesOf(spans: readonly Span[], starts: readonly EpochMicros[], end: EpochMicros): readonly number[] {
  return starts.map((start, place) => {
    const next = starts[place + 1] ?? end
    return spans.reduce(
      (worst, { from, to, rank }) => (from < next && to > start ? Math.max(worst, rank + 1) : worst),
      0,
    )
  })
}

/** `lab Deployment shop/payments`: all parts, so that no two bands have one name. */
function bandName(key: readonly string[]): string {
  return key.filter((part) => part !== '').join(' ')
}
