import type { Incident } from '../../incident/incident.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { formatTime } from '../../query/time.ts'
import { triggersOf, type Trigger } from '../incidents/triggers.ts'
import { checksOf } from '../incidents/what-to-check.ts'
import type { AnswerQuery, AskedQuery } from './asked-query.ts'
import { numbers, strings } from './columns.ts'
import type { Column, Frame, FrameMeta } from './frame.ts'
import { withHead } from './heads.ts'
import { withLinks } from './frame.ts'
import { queryLink, sameAs } from './links.ts'
import { oneIncident } from './one-incident.ts'
import { shown } from './no-value.ts'

/** Query type `causes`: why one incident came about, as a graph, or as a table in words with what changed before and what to check. */
export const answerCauses: AnswerQuery = async (asked, reader, signal) => {
  if (asked.isAlert) throw new InvalidQueryError([{ parameter: 'queryType', message: 'causes are a graph, which has no value to alert on. Choose Incidents' }]) // prettier-ignore
  const { incident, notices } = await oneIncident(asked, reader, signal)
  const said = { executedQueryString: asked.query.incidentId ?? '', notices }
  if (asked.query.format !== 'table') return graphOf(incident, asked, said)
  const triggers = incident === undefined ? [] : ((await triggersOf(reader, [incident], signal)).get(incident.id) ?? [])
  const lines = incident === undefined ? [] : linesOf(incident, triggers)
  const columns = [
    strings('part', lines, ({ part }) => part),
    strings('words', lines, ({ words }) => words),
    strings('confidence', lines, ({ confidence }) => confidence),
    strings('object', lines, ({ object }) => object),
    strings('when', lines, ({ when }) => when),
  ]
  const meta = { preferredVisualisationType: 'table', ...said } as const
  return [{ meta, columns: lines.length === 0 ? [] : columns.map(withHead) }]
}

interface Line {
  readonly part: string
  readonly words: string
  readonly confidence: string
  readonly object: string
  readonly when: string
}

/** As a colleague would tell it: what it is, why, what changed before, what to check. */
function linesOf(incident: Incident, triggers: readonly Trigger[]): readonly Line[] {
  const { title, causes, opened } = incident
  const none = { confidence: NOTHING, object: NOTHING, when: NOTHING }
  const unknown = { ...none, part: 'cause', words: 'No event tells what it comes from.', confidence: 'unknown' }
  return [
    { ...none, part: 'what broke', words: title, when: atSecond(formatTime(opened)) },
    ...(causes.length === 0 ? [unknown] : []),
    ...causes.map(({ words, confidence, object }) => ({ ...none, part: 'cause', words, confidence, object: textOf(object) })),
    ...triggers.map(({ reason, words, object, at }) => ({ ...none, part: 'changed before', words: `${reason}: ${words}`, object: textOf(object), when: atSecond(at) })),
    ...checksOf(incident).map(({ reason, words }) => ({ ...none, part: 'to check', words: `${reason}: ${words}` })),
  ] // prettier-ignore
}

/** In a cell of which there is nothing to say. */
const NOTHING = '–'

function atSecond(time: string): string {
  return time.replace(/\.\d+/, '')
}

function textOf({ kind, namespace, name }: Trigger['object']): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

/** A thing that is a cause, or one trouble of the objects of one workload. */
interface Node {
  readonly id: string
  readonly title: string
  readonly object: string
  /** How many objects of it are in the evidence. */
  readonly objects: number
  /** Of the cause that it is; 0 for what is none. */
  readonly rank: number
}

function graphOf(incident: Incident | undefined, asked: AskedQuery, said: Pick<FrameMeta, 'notices'>): readonly Frame[] {
  const evidence = (incident?.causes ?? []).flatMap(({ rank, evidence: all }) => all.map((each) => ({ ...each, rank })))
  const ids = workloadEnds(incident)
  const idOf = (text: string) => ids.get(text) ?? text
  const ends = evidence.map((each) => ({ ...each, source: idOf(each.from), target: idOf(each.to) }))
  // One arrow for two ends, however many pods show it; none from a thing to itself, which would not be drawn.
  const pairs = Map.groupBy(ends.filter(({ source, target }) => source !== target), ({ source, target }) => JSON.stringify([source, target]))
  const arrows = [...pairs.values()].flatMap(([first]) => (first === undefined ? [] : [first]))
  const roots = new Map(ends.filter(({ rule }) => rule === 'says').toReversed().map(({ source, rank }) => [source, rank]))
  const texts = Map.groupBy(new Set(evidence.flatMap(({ from, to }) => [from, to])), idOf)
  const drawn = new Set(arrows.flatMap(({ source, target }) => [source, target]))
  const nodes = [...drawn].map((id) => nodeOf(id, texts.get(id)?.length ?? 1, roots.get(id) ?? 0))
  return [
    { name: 'nodes', meta: { preferredVisualisationType: 'nodeGraph', ...said }, columns: nodeColumns(nodes, asked) },
    {
      name: 'edges',
      meta: { preferredVisualisationType: 'nodeGraph' },
      columns: [
        strings('id', arrows, ({ source, target }) => `${source} > ${target}`),
        strings('source', arrows, ({ source }) => source),
        strings('target', arrows, ({ target }) => target),
        strings('mainstat', arrows, ({ words }) => words),
        strings('secondarystat', arrows, ({ trust, lagSeconds }) => `${trust}, ${String(lagSeconds)} s`),
        // What is sure is a line, what is only likely has gaps.
        strings('strokedasharray', arrows, ({ trust }) => DASHES[trust]),
      ],
    },
  ]
} // prettier-ignore

const DASHES = { certain: '0', likely: '6 4', possible: '2 5' }

/** What evidence calls `Pod shop/web-1: FailedMount` is the same of all pods of a workload. */
function workloadEnds(incident: Incident | undefined): ReadonlyMap<string, string> {
  const ends = (incident?.problems ?? []).map(({ body: { object, workload, class: name } }) => {
    const owner = workload.name === '' ? object : { ...workload, namespace: object.namespace }
    return [`${textOf(object)}: ${name}`, `${textOf(owner)}: ${name}`] as const
  })
  return new Map(ends)
}

const ARCS = { 'first cause': 'red', 'other cause': 'orange', effect: 'blue' } as const

function nodeColumns(nodes: readonly Node[], asked: AskedQuery): readonly Column[] {
  const whole = { query: { ...asked.query, filter: { text: '', terms: [] }, adHoc: [] } }
  const part = (name: string, place: number) => strings(name, nodes, ({ object }) => shown(/^(\S*) (?:([^/]*)\/)?(.*)$/s.exec(object)?.[place] ?? '')) // prettier-ignore
  const kindOf = ({ rank }: Node) => (rank === 1 ? 'first cause' : rank === 0 ? 'effect' : 'other cause')
  return [
    withLinks(
      strings('id', nodes, ({ id }) => id),
      queryLink(whole, 'What happened around it', sameAs({ namespace: 'namespace', 'owner.name': 'name' })),
    ),
    part('namespace', 2),
    part('name', 3),
    strings('title', nodes, ({ title }) => title),
    strings('subtitle', nodes, ({ title, object }) => (title === object ? '' : object)),
    { ...strings('mainstat', nodes, ({ objects, rank }) => (rank === 0 ? `×${String(objects)}` : 'cause')), config: { displayName: 'Objects' } }, // prettier-ignore
    ...Object.entries(ARCS).map(([kind, fixedColor]) => ({
      ...numbers(`arc__${kind}`, nodes, (node) => Number(kindOf(node) === kind)),
      config: { displayName: kind, color: { mode: 'fixed', fixedColor } },
    })),
  ]
}

function nodeOf(id: string, objects: number, rank: number): Node {
  const [, object = id, problem] = /^(.*): (\w+)$/s.exec(id) ?? []
  return { id, title: problem ?? object, object, objects, rank }
}
