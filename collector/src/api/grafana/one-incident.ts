import { findIncident, type Incident } from '../../incident/incident.ts'
import type { EventReader } from '../../store/store.ts'
import { incidentsWanted } from '../incidents/incident-answers.ts'
import { HISTORY_OF_ONE, readIncidents } from '../incidents/read-incidents.ts'
import type { Notice } from '../notices.ts'
import type { AskedQuery } from './asked-query.ts'

/** The incident that a query is about, and all that may be like it. */
export interface OneIncident {
  readonly incident: Incident | undefined
  readonly incidents: readonly Incident[]
  readonly notices: readonly Notice[]
}

/**
 * As it was known at the end of the range, however long ago it was. Without an id the most important one of those that the filter leaves. An id
 * without text is that of a variable with nothing to choose: no incident.
 */
export async function oneIncident(
  { query: { incidentId: id }, filter, from, to }: AskedQuery,
  reader: EventReader,
  signal: AbortSignal,
): Promise<OneIncident> {
  if (id === '') return { incident: undefined, incidents: [], notices: [] }
  const since = Math.max(0, to - HISTORY_OF_ONE)
  const { incidents, planned, minor, notices } = await readIncidents(reader, { at: to, from: since }, to, signal)
  if (id === undefined) {
    const [first] = incidentsWanted({ incidents, planned }, { filter, from, all: true, planned: false })
    return { incident: first, incidents, notices }
  }
  const incident = findIncident([...incidents, ...planned, ...minor], id)
  const unknown = { severity: 'warning', text: `There is no incident ${id} at the end of this range.` } as const
  return { incident, incidents, notices: incident === undefined ? [...notices, unknown] : notices }
}
