import type { EpochMicros } from '../../clock.ts'
import { findIncident, PastIncidents, type Incident, type Similar } from '../../incident/incident.ts'
import { mapInSlices } from '../../event/slices.ts'
import { compareProblems } from '../../problem/problem.ts'
import { compileFilter } from '../../query/filter.ts'
import { offsetCursor, type ProblemQuery } from '../../query/problem-request.ts'
import type { IncidentQuery } from '../record-request.ts'
import { formatTime } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { changeJson } from '../changes/change-answers.ts'
import { gapNotices, limitNotices } from '../notices.ts'
import { NotFoundError } from '../problem-details.ts'
import { asObservation } from '../problems/as-observation.ts'
import { problemJson, rankOf, rollUp } from '../problems/problem-answers.ts'
import { HISTORY_OF_ONE, historyFrom, readIncidents } from './read-incidents.ts'
import { triggersOf, type Trigger } from './triggers.ts'
import { checksOf } from './what-to-check.ts'

/** Problems told of one incident, and observations of each of them. */
const MOST_PROBLEMS = 50
const MOST_OBSERVATIONS = 10

/** GET /incidents: what broke, why, and whether it was like this before; the most important first. */
export async function incidentsAnswer(
  reader: EventReader,
  query: IncidentQuery,
  now: EpochMicros,
  signal: AbortSignal,
) {
  const since = historyFrom(query.at ?? now, query.all ? query.from : null)
  const { at, incidents, planned, notices } = await readIncidents(reader, { at: query.at, from: since }, now, signal)
  const wanted = incidentsWanted({ incidents, planned }, query)
  const shown = wanted.slice(query.offset, query.offset + query.limit)
  const end = query.offset + shown.length
  const gaps = await gapNotices(reader, { from: at, to: at + 1, filter: query.filter }, signal)
  const past = new PastIncidents(incidents)
  const triggers = await triggersOf(reader, shown, signal)
  return {
    at: formatTime(at),
    total: wanted.length,
    returned: shown.length,
    cursor: end < wanted.length ? offsetCursor(query.at, end) : null,
    incidents: await mapInSlices(shown, (each) => incidentJson(each, past, triggers.get(each.id) ?? [])),
    notices: [...gaps, ...notices, ...limitNotices(shown.length, wanted.length, 'incidents')],
  }
}

/** GET /incidents/ID, by any id that it ever had. @throws NotFoundError there is no such incident at that time. */
export async function incidentAnswer(
  reader: EventReader,
  id: string,
  { at: asked }: Pick<ProblemQuery, 'at'>,
  now: EpochMicros,
  signal: AbortSignal,
) {
  const since = Math.max(0, (asked ?? now) - HISTORY_OF_ONE)
  const { at, incidents, planned, minor, notices } = await readIncidents(
    reader,
    { at: asked, from: since },
    now,
    signal,
  )
  const incident = findIncident([...incidents, ...planned, ...minor], id)
  if (incident === undefined)
    throw new NotFoundError(`There is no incident "${id}" at ${formatTime(at)}. List them: /api/v1/incidents?all=true`)
  const gaps = await gapNotices(reader, { from: incident.opened, to: incident.lastObserved + 1 }, signal)
  const triggers = await triggersOf(reader, [incident], signal)
  const told = incidentJson(incident, new PastIncidents(incidents), triggers.get(incident.id) ?? [])
  return {
    at: formatTime(at),
    ...told,
    mergedInto: incident.id === id ? null : incident.id,
    notices: [...gaps, ...notices],
  }
}

/**
 * Those that are asked for: one matches when one of its problems does. Planned work has none in most cases, and is there when all
 * is asked for without a filter, or nothing but it.
 */
export function incidentsWanted(
  { incidents, planned }: { readonly incidents: readonly Incident[]; readonly planned: readonly Incident[] },
  { filter, all, from, planned: isPlannedAsked }: Omit<IncidentQuery, 'at' | 'limit' | 'offset'>,
): readonly Incident[] {
  const matches = compileFilter(filter)
  const asked = isPlannedAsked ? planned : all ? [...incidents, ...planned] : incidents
  return asked.filter(
    ({ state, ended, problems, planned: isPlanned }) =>
      (state !== 'over' || ((all || isPlannedAsked) && (ended ?? from) >= from)) &&
      (problems.some(({ id, body }) => matches(asObservation(id, body))) ||
        (isPlanned && problems.length === 0 && filter.op === 'all')),
  )
}

function incidentJson(incident: Incident, past: PastIncidents, triggers: readonly Trigger[]) {
  const { id, cluster, title, state, severity, worst, opened, lastObserved, ended, isChronic, causes } = incident
  const rows = rollUp(incident.problems).toSorted((a, b) => compareProblems(rankOf(a), rankOf(b)))
  return {
    id,
    cluster,
    title,
    state,
    planned: incident.planned,
    severity,
    worstSeverity: worst,
    chronic: isChronic,
    opened: formatTime(opened),
    lastObserved: formatTime(lastObserved),
    ended: ended === null ? null : formatTime(ended),
    reopened: incident.reopened === null ? null : formatTime(incident.reopened),
    problems: rows.slice(0, MOST_PROBLEMS).map((row) => ({
      ...problemJson(row),
      observations: row.problem.body.evidence.slice(-MOST_OBSERVATIONS),
    })),
    moreProblems: Math.max(0, rows.length - MOST_PROBLEMS),
    causes,
    unknownBecause: incident.unknownBecause,
    triggers: triggers.map(({ reason, object, at, words, observation }) => ({
      reason,
      object,
      at,
      words,
      observation,
    })),
    changes: incident.changes.map(changeBeforeJson),
    checks: checksOf(incident),
    similar: past.similarTo(incident).map(similarJson),
  }
}

function changeBeforeJson({ change, link, secondsBefore }: Incident['changes'][number]) {
  return { ...changeJson(change), link, secondsBefore }
}

function similarJson({ incident, score }: Similar) {
  const { id, opened, ended, title } = incident
  const lasted = ended === null ? '' : `, for ${minutes(ended - opened)}`
  return { id, at: formatTime(opened), score: Math.round(score * 100) / 100, words: `${title}${lasted}` }
}

function minutes(time: EpochMicros): string {
  const whole = Math.max(1, Math.round(time / 60_000_000))
  return whole < 120 ? `${String(whole)} min` : `${String(Math.round(whole / 60))} h`
}
