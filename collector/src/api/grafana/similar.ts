import { PastIncidents } from '../../incident/incident.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { AnswerQuery } from './asked-query.ts'
import { numbers, strings, times } from './columns.ts'
import { hidden, withLinks } from './frame.ts'
import { withHead } from './heads.ts'
import { causeOf } from './incidents.ts'
import { incidentLink } from './links.ts'
import { oneIncident } from './one-incident.ts'
import { ofRow } from './row-value.ts'

const USUAL_ROWS = 20

/** Query type `similar`: incidents before one that were like it, newest first. */
export const answerSimilar: AnswerQuery = async (asked, reader, signal) => {
  if (asked.isAlert) throw new InvalidQueryError([{ parameter: 'queryType', message: 'similar incidents are of the past, which nothing can alert on. Choose Incidents' }]) // prettier-ignore
  const { incident, incidents, notices } = await oneIncident(asked, reader, signal)
  const limit = asked.query.limit ?? USUAL_ROWS
  const found = incident === undefined ? [] : new PastIncidents(incidents).similarTo(incident, limit)
  const columns = [
    times('opened', found, (each) => each.incident.opened),
    withLinks(
      strings('incident', found, (each) => each.incident.title),
      incidentLink(asked, { cluster: ofRow('cluster'), incident: ofRow('id') }, { first: 'opened', last: 'ended' }),
    ),
    numbers('score', found, ({ score }) => Math.round(score * 100) / 100),
    strings('cause', found, (each) => causeOf(each.incident)),
    { kind: 'number', name: 'lasted', values: found.map(({ incident: { opened, ended } }) => (ended === null ? null : (ended - opened) / 1_000_000)) }, // prettier-ignore
    strings('cluster', found, (each) => each.incident.cluster),
    hidden(times('ended', found, ({ incident: { ended, lastObserved } }) => ended ?? lastObserved)),
    hidden(strings('id', found, (each) => each.incident.id)),
  ] as const
  const meta = { preferredVisualisationType: 'table', executedQueryString: asked.query.incidentId ?? '', notices } as const // prettier-ignore
  return [{ meta, columns: found.length === 0 ? [] : columns.map(withHead) }]
}
