import { SEVERITIES } from '../../event/words.ts'
import { compareProblems, thingOf } from '../../problem/problem.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, type Notice } from '../notices.ts'
import { problemRows, rankOf, rollUp, type ProblemRow } from '../problems/problem-answers.ts'
import type { AnswerQuery, AskedQuery } from './asked-query.ts'
import { numbers, strings, times } from './columns.ts'
import { ALERTABLE, hidden, withLinks, type Column } from './frame.ts'
import { withHead } from './heads.ts'
import type { Link } from './link.ts'
import { aroundLink, queryLink, ruleLink, sameAs, workloadLink } from './links.ts'
import { shown } from './no-value.ts'
import { oneIncident } from './one-incident.ts'
import { ofRow } from './row-value.ts'

const USUAL_ROWS = 100

/**
 * Query type `problems`: what is wrong at the end of the range, most important first, as a table; for alerts the number of
 * objects for each row that are in trouble.
 */
export const answerProblems: AnswerQuery = async (asked, reader, signal) => {
  const { query, from, to, filter, isAlert } = asked
  const limit = query.limit ?? USUAL_ROWS
  const question = { at: to, from, filter, all: query.withOver, each: query.eachObject }
  const [{ rows, notices }, gaps] = await Promise.all([
    query.incidentId === undefined ? problemRows(reader, question, to, signal) : rowsOfIncident(asked, reader, signal),
    gapNotices(reader, { from: to - 1, to, filter }, signal),
  ])
  const listed = rows.slice(0, limit)
  const text = `These are ${listed.length} of ${rows.length} problems, the most important first. Use a narrower filter, or a higher limit.`
  const cut: readonly Notice[] = listed.length < rows.length ? [{ severity: 'warning', text }] : []
  const isNumeric = query.format === 'numeric' || (query.format === 'auto' && isAlert)
  const columns = isNumeric
    ? [...labels(listed), numbers('objects', listed, ({ objects }) => objects.open)]
    : described(listed, asked).map(withHead)
  const said = { executedQueryString: query.filter.text, notices: [...gaps, ...notices, ...cut] }
  const meta = isNumeric
    ? ({ type: 'numeric-long', typeVersion: ALERTABLE, ...said } as const)
    : ({ preferredVisualisationType: 'table', ...said } as const)
  return [{ meta, columns: listed.length === 0 ? [] : columns }]
}

/** Of one incident all, those that are over too. */
async function rowsOfIncident(asked: AskedQuery, reader: EventReader, signal: AbortSignal) {
  const { incident, notices } = await oneIncident(asked, reader, signal)
  return { rows: rollUp(incident?.problems ?? []).toSorted((a, b) => compareProblems(rankOf(a), rankOf(b))), notices }
}

/** Nothing of a single pod, of its note, or that is a number: an alert is of the same labels for as long as it lasts. */
function labels(rows: readonly ProblemRow[]): readonly Column[] {
  return [
    strings('cluster', rows, ({ problem: { body } }) => body.cluster),
    strings('namespace', rows, ({ problem: { body } }) => body.object.namespace),
    strings('workload', rows, workloadOf),
    strings('problem', rows, ({ problem: { body } }) => body.class),
  ]
}

function described(rows: readonly ProblemRow[], asked: AskedQuery): readonly Column[] {
  const problem = problemLinks(asked)
  return [
    strings('severity', rows, ({ severity }) => severity),
    withLinks(
      strings('problem', rows, ({ problem: { body } }) => body.class),
      problem,
    ),
    strings('cluster', rows, ({ problem: { body } }) => body.cluster),
    strings('namespace', rows, ({ problem: { body } }) => shown(body.object.namespace)),
    withLinks(strings('workload', rows, workloadOf), workloadLinks(asked)),
    withLinks(
      strings('object', rows, ({ problem: { body } }) => `${body.object.kind} ${body.object.name}`),
      problem,
    ),
    withLinks(
      strings('node', rows, ({ problem: { body } }) => shown(body.node)),
      nodeLinks(asked),
    ),
    strings('thing', rows, (row) => shown(thingText(row))),
    strings('state', rows, ({ state, problem: { unseen } }) =>
      unseen && state !== 'over' ? `${state}, unseen` : state,
    ),
    strings('ended by', rows, ({ state, problem: { body } }) => shown(state === 'over' ? (body.transitions.at(-1)?.endedBy?.how ?? '') : '')), // prettier-ignore
    numbers('objects', rows, ({ objects, state }) => (state === 'over' ? objects.all : objects.open)),
    numbers('occurrences', rows, ({ occurrences }) => occurrences),
    times('firstObserved', rows, ({ firstObserved }) => firstObserved),
    times('lastObserved', rows, ({ lastObserved }) => lastObserved),
    strings('note', rows, ({ problem: { body } }) => body.note),
    hidden(strings('id', rows, ({ problem: { id } }) => id)),
    ...objectParts(rows),
    // So that a table can be sorted by how bad it is, which the words cannot.
    hidden(numbers('severityRank', rows, ({ severity }) => SEVERITIES.findIndex((word) => word === severity))),
  ]
}

/** What conditions of links say and nobody reads: the object's name without its kind, and the owner, which may be nobody. */
function objectParts(rows: readonly ProblemRow[]): readonly Column[] {
  return [
    hidden(strings('regarding.kind', rows, ({ problem: { body } }) => body.object.kind)),
    hidden(strings('regarding.name', rows, ({ problem: { body } }) => body.object.name)),
    hidden(strings('owner.name', rows, ({ problem: { body } }) => shown(body.workload.name))),
    hidden(strings('reason', rows, ({ problem: { body } }) => body.reason)),
    hidden(strings('canAlert', rows, ({ severity }) => String(severity !== 'info'))),
  ]
}

/** A link shows all events there, not only those that the query found. */
function unfiltered({ query }: AskedQuery): Pick<AskedQuery, 'query'> {
  return { query: { ...query, filter: { text: '', terms: [] }, adHoc: [] } }
}

function problemLinks(asked: AskedQuery): readonly Link[] {
  const object = sameAs({ cluster: 'cluster', namespace: 'namespace', 'regarding.kind': 'regarding.kind', 'regarding.name': 'regarding.name' }) // prettier-ignore
  const kind = sameAs({ cluster: 'cluster', namespace: 'namespace', reason: 'reason' })
  return [
    ...queryLink(unfiltered(asked), 'Events of this object', object),
    ...aroundLink(asked, sameAs({ cluster: 'cluster', namespace: 'namespace' }), 'firstObserved', 'lastObserved'),
    ...ruleLink(asked, `${ofRow('problem')} in ${ofRow('namespace')}`, kind, ofRow('canAlert')),
  ]
}

function workloadLinks(asked: AskedQuery): readonly Link[] {
  const terms = sameAs({ cluster: 'cluster', namespace: 'namespace', 'owner.name': 'owner.name' })
  return [
    ...workloadLink(asked, { cluster: ofRow('cluster'), namespace: ofRow('namespace'), workload: ofRow('owner.name') }),
    ...queryLink(unfiltered(asked), 'Events of this workload', terms),
  ]
}

function nodeLinks(asked: AskedQuery): readonly Link[] {
  return queryLink(unfiltered(asked), 'Events on this node', sameAs({ cluster: 'cluster', node: 'node' }))
}

function workloadOf({ problem: { body } }: ProblemRow): string {
  return body.workload.name === '' ? body.object.name : body.workload.name
}

function thingText({ problem: { body } }: ProblemRow): string {
  const thing = thingOf(body)
  if (thing === null) return ''
  return `${thing.kind} ${thing.name}${thing.detail === '' ? '' : ` (${thing.detail})`}`
}
