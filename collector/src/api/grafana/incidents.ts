import { SEVERITIES } from '../../event/words.ts'
import { mapInSlices } from '../../event/slices.ts'
import { PastIncidents, type Incident } from '../../incident/incident.ts'
import { incidentsWanted } from '../incidents/incident-answers.ts'
import { historyFrom, readIncidents } from '../incidents/read-incidents.ts'
import { gapNotices, type Notice } from '../notices.ts'
import type { AnswerQuery, AskedQuery } from './asked-query.ts'
import { numbers, strings, times } from './columns.ts'
import { ALERTABLE, hidden, withLinks, type Column } from './frame.ts'
import { withHead } from './heads.ts'
import type { Link } from './link.ts'
import { aroundLink, incidentLink, queryLink, sameAs, workloadLink } from './links.ts'
import { shown } from './no-value.ts'
import { ofRow } from './row-value.ts'

const USUAL_ROWS = 100

/** An incident, and how many before it were like it. */
interface Row extends Incident {
  readonly before: number
}

/**
 * Query type `incidents`: what broke as of the end of the range, most important first, as a table; for alerts 1 for each cause
 * of what is open.
 */
export const answerIncidents: AnswerQuery = async (asked, reader, signal) => {
  const { query, from, to, filter, isAlert } = asked
  const limit = query.limit ?? USUAL_ROWS
  const [{ incidents, planned, notices }, gaps] = await Promise.all([
    readIncidents(reader, { at: to, from: historyFrom(to, query.withOver ? from : null) }, to, signal),
    gapNotices(reader, { from: to - 1, to, filter }, signal),
  ])
  const wanted = incidentsWanted({ incidents, planned }, { filter, from, all: query.withOver, planned: false })
  const past = new PastIncidents(incidents)
  const listed = await mapInSlices(wanted.slice(0, limit), (each) => ({ ...each, before: past.similarTo(each).length }))
  const text = `These are ${listed.length} of ${wanted.length} incidents, the most important first. Use a narrower filter, or a higher limit.`
  const cut: readonly Notice[] = listed.length < wanted.length ? [{ severity: 'warning', text }] : []
  const said = { executedQueryString: query.filter.text, notices: [...gaps, ...notices, ...cut] }
  if (query.format === 'numeric' || (query.format === 'auto' && isAlert)) {
    const columns = listed.length === 0 ? [] : byCause(listed)
    return [{ meta: { type: 'numeric-long', typeVersion: ALERTABLE, ...said } as const, columns }]
  }
  const meta = { preferredVisualisationType: 'table', ...said } as const
  return [{ meta, columns: listed.length === 0 ? [] : described(listed, asked).map(withHead) }]
}

/** Nothing of a single pod or that is a number: an alert is of the same labels for as long as it lasts, and none is there twice. */
function byCause(rows: readonly Row[]): readonly Column[] {
  const open = rows.filter(({ state, planned }) => state !== 'over' && !planned)
  const labels = new Map(open.map((row) => [JSON.stringify([row.cluster, causeOf(row), placeOf(row)]), row]))
  const distinct = [...labels.values()]
  return [
    strings('cluster', distinct, ({ cluster }) => cluster),
    strings('cause', distinct, causeOf),
    strings('object', distinct, placeOf),
    numbers('incidents', distinct, () => 1),
  ]
}

function described(rows: readonly Row[], asked: AskedQuery): readonly Column[] {
  return [
    strings('severity', rows, ({ severity }) => severity),
    withLinks(
      strings('incident', rows, ({ title }) => title),
      incidentLinks(asked),
    ),
    strings('confidence', rows, ({ causes: [first] }) => first?.confidence ?? 'unknown'),
    strings('cause', rows, causeOf),
    strings('causeObject', rows, placeOf),
    strings('state', rows, ({ state }) => state),
    strings('planned', rows, ({ planned }) => (planned ? 'yes' : 'no')),
    strings('cluster', rows, ({ cluster }) => cluster),
    strings('workloads', rows, (row) => shown([...new Set(row.problems.map(workloadOf))].join(', '))),
    numbers('problems', rows, ({ problems }) => problems.length),
    numbers('similar', rows, ({ before }) => before),
    times('opened', rows, ({ opened }) => opened),
    times('lastObserved', rows, ({ lastObserved }) => lastObserved),
    hidden(strings('id', rows, ({ id }) => id)),
    hidden(strings('namespace', rows, (row) => shown(worstOf(row)?.body.object.namespace ?? ''))),
    hidden(strings('owner.name', rows, (row) => shown(worstOf(row)?.body.workload.name ?? ''))),
    // So that a table can be sorted by how bad it is, which the words cannot.
    hidden(numbers('severityRank', rows, ({ severity }) => SEVERITIES.indexOf(severity))),
  ]
}

/** A link shows all events there, not only those that the query found. */
function incidentLinks(asked: AskedQuery): readonly Link[] {
  const whole = { query: { ...asked.query, filter: { text: '', terms: [] }, adHoc: [] } }
  const place = sameAs({ cluster: 'cluster', namespace: 'namespace' })
  return [
    ...incidentLink(asked, { cluster: ofRow('cluster'), incident: ofRow('id') }),
    ...aroundLink(asked, place, 'opened', 'lastObserved'),
    ...queryLink(whole, 'Its problems', [], { queryType: 'problems', incidentId: ofRow('id') }),
    ...workloadLink(asked, { cluster: ofRow('cluster'), namespace: ofRow('namespace'), workload: ofRow('owner.name') }),
  ]
}

export function causeOf({ causes: [first] }: Incident): string {
  return first?.class ?? 'unknown'
}

export function placeOf({ causes: [first] }: Incident): string {
  if (first === undefined) return shown('')
  const { kind, namespace, name } = first.object
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

function worstOf({ problems, worst }: Incident): Incident['problems'][number] | undefined {
  return problems.find(({ body }) => body.severity === worst) ?? problems[0]
}

function workloadOf({ body: { workload, object } }: Incident['problems'][number]): string {
  return workload.name === '' ? object.name : workload.name
}
