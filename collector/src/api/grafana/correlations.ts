import type { EpochMicros } from '../../clock.ts'
import type { CorrelationBody } from '../../event/correlation.ts'
import { describeObject } from '../../event/object-reference.ts'
import type { Observation } from '../../event/observation.ts'
import type { RecordOf } from '../../event/record.ts'
import { SEVERITIES } from '../../event/words.ts'
import { EARLIEST, LATEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { groupsWith, survivingRecord } from '../correlation-answers.ts'
import { gapNotices } from '../notices.ts'
import { NotFoundError } from '../problem-details.ts'
import type { AnswerQuery, AskedQuery } from './asked-query.ts'
import { numbers, strings, times } from './columns.ts'
import { ALERTABLE, hidden, withLinks, type Column, type Frame } from './frame.ts'
import { withHead } from './heads.ts'
import { levelOf } from './level.ts'
import type { Link } from './link.ts'
import { aroundLink, queryLink, sameAs, workloadLink } from './links.ts'
import { shown } from './no-value.ts'
import { ofRow } from './row-value.ts'

const USUAL_GROUPS = 100
/** Members of one group that become nodes; Grafana's graph shows some 1,500. */
const MOST_MEMBERS = 1_000

interface Group extends CorrelationBody {
  readonly id: string
  readonly from: EpochMicros
}

/**
 * Query type `correlations`: the groups of a range as a table, or one group as a graph of what caused what. An id without text is that
 * of a variable with nothing to choose: a graph of nothing.
 */
export const answerCorrelations: AnswerQuery = (asked, reader, signal) => {
  const { correlationId } = asked.query
  return correlationId === undefined
    ? groupTable(asked, reader, signal)
    : groupGraph(asked, correlationId, reader, signal)
}

async function groupTable(asked: AskedQuery, reader: EventReader, signal: AbortSignal): Promise<readonly Frame[]> {
  const { query, isAlert } = asked
  const [looked, gaps] = await Promise.all([groupsWith(reader, asked, signal), gapNotices(reader, asked, signal)])
  const found = looked.groups.map(groupOf).sort((a, b) => rank(b) - rank(a) || b.lastObserved - a.lastObserved)
  const groups = found.slice(0, query.limit ?? USUAL_GROUPS)
  const text = `${groups.length} of ${found.length} groups, the worst first. Use a higher limit for the others.`
  const notices = [
    ...gaps,
    ...looked.notices,
    ...(groups.length < found.length ? [{ severity: 'info' as const, text }] : []),
  ]
  const said = { executedQueryString: query.filter.text, notices }
  if (isAlert || query.format === 'numeric') {
    // By cluster and severity: ids and titles would make an instance for each group, for ever.
    const counted = [...Map.groupBy(found, ({ cluster, severity }) => JSON.stringify([cluster, severity])).values()]
    const columns: readonly Column[] = [
      strings('cluster', counted, ([first]) => first?.cluster ?? ''),
      strings('severity', counted, ([first]) => first?.severity ?? ''),
      numbers('groups', counted, (each) => each.length),
    ]
    return [{ meta: { type: 'numeric-long', typeVersion: ALERTABLE, ...said }, columns: counted.length === 0 ? [] : columns }] // prettier-ignore
  }
  return [{ meta: { preferredVisualisationType: 'table', ...said }, columns: groups.length === 0 ? [] : tableColumns(groups, asked) }] // prettier-ignore
}

function tableColumns(groups: readonly Group[], asked: AskedQuery): readonly Column[] {
  const columns: readonly Column[] = [
    strings('severity', groups, ({ severity }) => severity),
    withLinks(strings('title', groups, ({ title }) => title), groupLinks(asked)), // prettier-ignore
    strings('state', groups, ({ isOpen }) => (isOpen ? 'open' : 'over')),
    times('firstObserved', groups, ({ from }) => from),
    times('lastObserved', groups, ({ lastObserved }) => lastObserved),
    strings('worstSeverity', groups, ({ worstSeverity }) => worstSeverity),
    strings('cluster', groups, ({ cluster }) => cluster),
    numbers('observations', groups, ({ members }) => members),
    numbers('occurrences', groups, ({ occurrences }) => occurrences),
    numbers('causes', groups, ({ causes }) => causes.length),
    hidden(strings('correlationId', groups, ({ id }) => id)),
  ]
  return columns.map(withHead)
}

/** A click on what happened opens what led to it, its events, and what else there was. */
function groupLinks(asked: AskedQuery): readonly Link[] {
  const group = { correlationId: ofRow('correlationId') }
  const unfiltered = { query: { ...asked.query, filter: { text: '', terms: [] }, adHoc: [] } }
  return [
    ...workloadLink(asked, { cluster: ofRow('cluster'), group: group.correlationId }, 'What caused what'),
    ...queryLink(unfiltered, 'Show its events', sameAs({ correlationId: 'correlationId' })),
    ...queryLink(unfiltered, 'Show causes and effects', [], { queryType: 'correlations', ...group }),
    ...aroundLink(asked, sameAs({ cluster: 'cluster' }), 'firstObserved', 'lastObserved'),
  ]
}

/** A thing that happened: one reason of one object. */
interface Node {
  readonly id: string
  readonly reason: string
  readonly object: string
  occurrences: number
  rank: number
}

async function groupGraph(
  asked: AskedQuery,
  id: string,
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const group = await knownGroup(id, reader, signal)
  const members = { from: EARLIEST, to: LATEST, filter: { op: 'in' as const, field: 'correlationId', values: [group.id, ...group.absorbed] } } // prettier-ignore
  const { rows, total } = id === '' ? { rows: [], total: 0 } : await reader.events({ ...members, view: 'events', order: 'newest', limit: MOST_MEMBERS }, signal) // prettier-ignore
  const nodes = new Map<string, Node>()
  for (const row of rows) countRow(nodes, row)
  // A cause may be older than the rows that were read: no edge may stand without both its nodes.
  for (const { cause, effect } of group.causes) for (const end of [cause, effect]) nodeOf(nodes, end.reason, end.object)
  const arrows = arrowsOf(group)
  // What has neither cause nor effect only hides those that have.
  const linked = new Set(arrows.flatMap(({ source, target }) => [source, target]))
  const all = [...nodes.values()].filter((node) => linked.size === 0 || linked.has(node.id))
  const text = `The ${rows.length} newest of ${total} events are shown.`
  const notices = rows.length < total ? [{ severity: 'warning' as const, text }] : []
  return [
    {
      name: 'nodes',
      meta: { preferredVisualisationType: 'nodeGraph', notices },
      columns: [
        withLinks(strings('id', all, (node) => node.id), nodeLinks(asked)), // prettier-ignore
        ...objectParts(all),
        strings('title', all, ({ reason }) => reason),
        strings('subtitle', all, ({ object }) => object),
        // As text: a node graph writes two decimals to every number.
        { ...strings('mainstat', all, ({ occurrences }) => `×${occurrences}`), config: { displayName: 'Occurrences' } }, // prettier-ignore
        ...arcs(all),
      ],
    },
    {
      name: 'edges',
      meta: { preferredVisualisationType: 'nodeGraph' },
      columns: [
        strings('id', arrows, (arrow) => arrow.id),
        strings('source', arrows, ({ source }) => source),
        strings('target', arrows, ({ target }) => target),
        strings('mainstat', arrows, ({ words }) => words),
        strings('secondarystat', arrows, ({ lagSeconds, trust, times }) => `${lagSeconds} s, ${trust}${times > 1 ? `, ×${times}` : ''}`), // prettier-ignore
      ],
    },
  ]
}

/** A click on a node opens its events. */
function nodeLinks(asked: AskedQuery): readonly Link[] {
  const object = { namespace: 'namespace', 'regarding.kind': 'regarding.kind', 'regarding.name': 'regarding.name' }
  return [
    ...queryLink(asked, 'Show its events', sameAs({ reason: 'title', ...object })),
    ...queryLink(asked, 'Events of this object', sameAs(object)),
  ]
}

/** `Pod shop/web-0` in the parts that conditions name. */
function objectParts(nodes: readonly Node[]): readonly Column[] {
  const parts = nodes.map(({ object }) => /^(\S*) (?:([^/]*)\/)?(.*)$/s.exec(object) ?? [])
  const column = (name: string, place: number): Column => ({ kind: 'string', name, values: parts.map((part) => shown(part[place] ?? '')) }) // prettier-ignore
  return [column('regarding.kind', 1), column('namespace', 2), column('regarding.name', 3)]
}

type GraphedGroup = Pick<Group, 'id' | 'absorbed' | 'causes'>

/** A group; one whose record was never kept, or not any more, still has its events. */
async function knownGroup(id: string, reader: EventReader, signal: AbortSignal): Promise<GraphedGroup> {
  try {
    return groupOf(await survivingRecord(reader, id, signal))
  } catch (error) {
    if (error instanceof NotFoundError) return { id, absorbed: [], causes: [] }
    throw error
  }
}

/** One arrow from a cause to its effect, however many events show it. */
function arrowsOf({ causes }: GraphedGroup) {
  const ends = causes.map((edge) => ({ ...edge, source: nodeId(edge.cause.reason, edge.cause.object), target: nodeId(edge.effect.reason, edge.effect.object) })) // prettier-ignore
  const pairs = Map.groupBy(ends, ({ source, target }) => JSON.stringify([source, target]))
  return [...pairs.values()].flatMap(([first, ...more]) => (first === undefined ? [] : [{ ...first, times: 1 + more.length }])) // prettier-ignore
}

function countRow(nodes: Map<string, Node>, row: Observation): void {
  const node = nodeOf(nodes, row.reason, describeObject(row.regarding))
  node.occurrences += row.count
  node.rank = Math.max(node.rank, SEVERITIES.indexOf(row.severity))
}

function nodeOf(nodes: Map<string, Node>, reason: string, object: string): Node {
  const id = nodeId(reason, object)
  const node = nodes.get(id) ?? { id, reason, object, occurrences: 0, rank: 0 }
  nodes.set(id, node)
  return node
}

function nodeId(reason: string, object: string): string {
  return `${reason} ${object}`
}

const ARC_COLORS = { info: 'blue', warning: 'yellow', error: 'orange', critical: 'red' } as const

/** The ring around a node is of one colour, its level: of the columns exactly one is 1. */
function arcs(nodes: readonly Node[]): readonly Column[] {
  return Object.entries(ARC_COLORS).map(([level, fixedColor]) => ({
    ...numbers(`arc__${level}`, nodes, ({ rank: place }) => Number(levelOf(SEVERITIES[place] ?? 'info') === level)),
    config: { displayName: level, color: { mode: 'fixed', fixedColor } },
  }))
}

function groupOf({ id, from, body }: RecordOf<'correlation'>): Group {
  return { id, from, ...body }
}

function rank({ severity }: Group): number {
  return SEVERITIES.indexOf(severity)
}
