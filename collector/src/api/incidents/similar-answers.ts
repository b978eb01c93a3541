import { SECOND, type EpochMicros } from '../../clock.ts'
import type { ProblemBody } from '../../event/problem.ts'
import { findIncident, PastIncidents, type Incident, type Similar } from '../../incident/incident.ts'
import type { Filter } from '../../query/model.ts'
import { formatTime, hourAndWeekday } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { limitNotices } from '../notices.ts'
import { NotFoundError } from '../problem-details.ts'
import { keptSince, ordinaryBefore, scalingBeside, SPAN, type Ordinary } from './ordinary-peaks.ts'
import { HISTORY_OF_ONE, readIncidents } from './read-incidents.ts'
import { changesUntilEnd, type Trigger } from './triggers.ts'

/** Earlier incidents that are compared and counted. */
const MOST_SIMILAR = 400

/** Problems of one incident whose endings are told with the event that tells them, and changes before its end. */
const MOST_ENDINGS = 50
const MOST_CHANGES = 3

/** More namespaces than these are not named one by one. */
const MOST_NAMES = 3

export interface SimilarQuery {
  readonly at: EpochMicros | null
  /** Of which hours and weekdays are told. */
  readonly zone: string
  /** Ordinary events that are counted beside the beginnings; null for what is scaled where it happened. */
  readonly ordinary: { readonly text: string; readonly filter: Filter } | null
  readonly limit: number
}

/** What is known of the end of one incident of before. */
interface PastEnd {
  readonly changes: readonly Trigger[]
  /** Reasons of the events that ended problems, by their id, as far as they are kept. */
  readonly reasons: ReadonlyMap<string, string>
}

/**
 * GET /incidents/ID/similar: how often it was like this before, when, how it ended, and whether ordinary events had a peak then.
 *
 * @throws NotFoundError there is no such incident at that time.
 */
export async function similarAnswer(
  reader: EventReader,
  id: string,
  { at: asked, zone, ordinary, limit }: SimilarQuery,
  now: EpochMicros,
  signal: AbortSignal,
) {
  const since = Math.max(0, (asked ?? now) - HISTORY_OF_ONE)
  const { at, incidents, planned, minor, notices } = await readIncidents(reader, { at: asked, from: since }, now, signal) // prettier-ignore
  const incident = findIncident([...incidents, ...planned, ...minor], id)
  if (incident === undefined)
    throw new NotFoundError(`There is no incident "${id}" at ${formatTime(at)}. List them: /api/v1/incidents?all=true`)
  const all = new PastIncidents(incidents).similarTo(incident, MOST_SIMILAR)
  const told = all.slice(0, limit)
  const past = told.map((each) => each.incident)
  const changes = await changesUntilEnd(reader, past, signal)
  const reasons = await endingReasons(reader, past, signal)
  const filter = ordinary?.filter ?? scalingBeside(incident)
  const kept = await keptSince(reader, incident.cluster, signal)
  const peaks: (Ordinary | null)[] = []
  for (const each of [incident, ...past]) peaks.push(await ordinaryBefore(reader, each, filter, kept, signal))
  const [own = null, ...earlier] = peaks
  return {
    at: formatTime(at),
    id,
    opened: formatTime(incident.opened),
    title: incident.title,
    total: all.length,
    returned: told.length,
    cursor: null,
    ...calendar([incident, ...all.map((each) => each.incident)], zone),
    ordinary: {
      query: ordinary?.text ?? null,
      words: ordinary === null ? `scaling${namespacesOf(incident)}` : `events ${ordinary.text}`,
      spanSeconds: SPAN / SECOND,
      now: peakJson(own),
      known: earlier.filter((each) => each !== null).length,
      peaks: earlier.filter((each) => each?.isPeak === true).length,
    },
    similar: told.map((each, place) => ({
      ...pastJson(each, { changes: changes.get(each.incident.id) ?? [], reasons }),
      ordinary: peakJson(earlier[place] ?? null),
    })),
    notices: [...notices, ...limitNotices(told.length, all.length, 'incidents')],
  }
}

function namespacesOf({ problems }: Incident): string {
  const names = [...new Set(problems.map(({ body }) => body.object.namespace))].filter((name) => name !== '')
  return names.length === 0 || names.length > MOST_NAMES ? '' : ` in ${names.join(', ')}`
}

/** How many began in each hour of the day and on each day of the week, this one included. */
function calendar(incidents: readonly Incident[], zone: string) {
  const hours = new Array<number>(24).fill(0)
  const weekdays = new Array<number>(7).fill(0)
  for (const { opened } of incidents) {
    const { hour, weekday } = hourAndWeekday(opened, zone)
    hours[hour] = (hours[hour] ?? 0) + 1
    weekdays[weekday - 1] = (weekdays[weekday - 1] ?? 0) + 1
  }
  return { timezone: zone, hours, weekdays }
}

function pastJson({ incident, score, shared }: Similar, { changes, reasons }: PastEnd) {
  const { id, title, severity, opened, ended } = incident
  return {
    id,
    at: formatTime(opened),
    score: Math.round(score * 100) / 100,
    title,
    severity,
    ended: ended === null ? null : formatTime(ended),
    lastedSeconds: ended === null ? null : Math.round((ended - opened) / SECOND),
    shared,
    endings: endingsOf(incident, reasons),
    changes: changes
      .slice(0, MOST_CHANGES)
      .map(({ reason, object, at, words, observation }) => ({ reason, object, at, words, observation })),
  }
}

/** How its problems ended, the most frequent first. */
function endingsOf({ problems }: Incident, reasons: ReadonlyMap<string, string>) {
  const endings = problems.flatMap(({ body }) => {
    const ending = endingOf(body)
    return ending === null ? [] : [{ how: ending.how, reason: reasons.get(ending.observation ?? '') ?? null }]
  })
  return [...Map.groupBy(endings, ({ how, reason }) => `${how} ${reason ?? ''}`).values()]
    .flatMap((same) => same.slice(0, 1).map((ending) => ({ ...ending, problems: same.length })))
    .sort((a, b) => b.problems - a.problems || (a.how < b.how ? -1 : 1))
}

function endingOf({ transitions }: ProblemBody) {
  return transitions.at(-1)?.endedBy ?? null
}

async function endingReasons(reader: EventReader, incidents: readonly Incident[], signal: AbortSignal) {
  const ids = incidents.flatMap(({ problems }) =>
    problems.slice(0, MOST_ENDINGS).flatMap(({ body }) => endingOf(body)?.observation ?? []),
  )
  if (ids.length === 0) return new Map<string, string>()
  const times = incidents.flatMap(({ opened, ended, lastObserved }) => [opened, ended ?? lastObserved])
  const { rows } = await reader.events(
    {
      from: Math.min(...times),
      to: Math.max(...times) + SECOND,
      filter: { op: 'in', field: 'id', values: ids },
      view: 'observations',
      order: 'newest',
      limit: ids.length,
    },
    signal,
  )
  return new Map(rows.map(({ id, reason }) => [id, reason]))
}

function peakJson(ordinary: Ordinary | null) {
  if (ordinary === null) return null
  const { occurrences, usual, above, isPeak } = ordinary
  return { occurrences, usual: round(usual), above: round(above), isPeak }
}

function round(number: number): number {
  return Math.round(number * 100) / 100
}
