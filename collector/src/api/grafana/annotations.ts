import type { EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { stateOfBody } from '../../problem/problem.ts'
import { fieldReader, textOf } from '../../query/field-value.ts'
import type { EventReader } from '../../store/store.ts'
import { incidentsWanted } from '../incidents/incident-answers.ts'
import { historyFrom, readIncidents } from '../incidents/read-incidents.ts'
import { gapNotices, limitNotices } from '../notices.ts'
import { asObservation } from '../problems/as-observation.ts'
import { readProblems } from '../problems/read-problems.ts'
import { groupFields, type AnswerQuery, type AskedQuery } from './asked-query.ts'
import { strings, times } from './columns.ts'
import { withLinks, type Column } from './frame.ts'
import type { Link } from './link.ts'
import { aroundLink, incidentLink, queryLink, sameAs, workloadLink } from './links.ts'
import { bodyOf } from './log-rows.ts'
import { shown } from './no-value.ts'
import { ofRow } from './row-value.ts'

/** More marks than a panel can show apart. */
const USUAL_MARKS = 200

interface Mark {
  readonly time: EpochMicros
  readonly timeEnd: EpochMicros
  readonly title: string
  readonly text: string
  readonly tags: string
  readonly id: string
  /** What it tells of; null for what is no event. */
  readonly row: Observation | null
}

/**
 * Query type `annotations`: a mark for each incident, or for each event; a region from its first to its last time when it repeats, and to the end of the
 * range while its problem is open. Nobody sees notices of annotations, so what is left out has a mark of its own.
 */
export const answerAnnotations: AnswerQuery = (asked, reader, signal) =>
  asked.query.marks === 'incidents' ? incidentMarks(asked, reader, signal) : eventMarks(asked, reader, signal)

/** A region for each incident of the range, from its beginning to its end, with what it comes from. */
const incidentMarks: AnswerQuery = async (asked, reader, signal) => {
  const { query, from, to, filter } = asked
  const { incidents, notices } = await readIncidents(reader, { at: to, from: historyFrom(to, from) }, to, signal) // prettier-ignore
  const wanted = incidentsWanted({ incidents, planned: [] }, { filter, from, all: true, planned: false })
  const marked = wanted.slice(0, query.limit ?? USUAL_MARKS)
  const columns = [
    times('time', marked, ({ opened }) => opened),
    times('timeEnd', marked, ({ ended }) => ended ?? to),
    strings('title', marked, ({ title }) => title),
    withLinks(
      strings('text', marked, ({ causes: [first] }) => (first === undefined ? 'No event tells what it comes from.' : `${first.confidence}: ${first.words}`)), // prettier-ignore
      incidentLink(asked, { cluster: ofRow('cluster'), incident: ofRow('id') }),
    ),
    strings('tags', marked, ({ severity, state }) => `${severity},${state}`),
    strings('id', marked, ({ id }) => id),
    strings('cluster', marked, ({ cluster }) => cluster),
    // Where this is, a mark has links.
    strings('regarding.kind', marked, () => 'Incident'),
  ]
  return [{ name: 'annotations', meta: { executedQueryString: query.filter.text, notices }, columns }]
}

const eventMarks: AnswerQuery = async (asked, reader, signal) => {
  const { query, from, to, filter } = asked
  const readers = groupFields('tagFields', query.tagFields).map(fieldReader)
  const page = { from, to, filter, view: query.view, order: 'newest' as const, limit: query.limit ?? USUAL_MARKS } // prettier-ignore
  const [{ rows, total }, isOpen, gaps] = await Promise.all([
    reader.events(page, signal),
    openProblems(reader, to, signal),
    gapNotices(reader, page, signal),
  ])
  // Grafana splits tags at commas.
  const tagsOf = (row: Observation) => readers.map((read) => textOf(read(row)).replaceAll(',', ' ')).filter((tag) => tag !== '').join(',') // prettier-ignore
  const marks = rows.map((row): Mark => ({
    time: row.firstObserved,
    timeEnd: isOpen(row) ? to : row.lastObserved,
    title: row.reason,
    text: bodyOf(row),
    tags: tagsOf(row),
    id: row.id,
    row,
  }))
  const all = rows.length < total ? [...marks, leftOut(rows, total, from)] : marks
  return [
    {
      name: 'annotations',
      meta: { executedQueryString: query.filter.text, notices: [...gaps, ...limitNotices(rows.length, total, query.view)] }, // prettier-ignore
      columns: markColumns(all, asked),
    },
  ]
}

/** The columns that Grafana looks for, and what the links of the text name. */
function markColumns(marks: readonly Mark[], asked: AskedQuery): readonly Column[] {
  const ofEvent = (name: string, read: (row: Observation) => string) => strings(name, marks, ({ row }) => (row === null ? '' : shown(read(row)))) // prettier-ignore
  return [
    times('time', marks, ({ time }) => time),
    times('timeEnd', marks, ({ timeEnd }) => timeEnd),
    strings('title', marks, ({ title }) => title),
    withLinks(
      strings('text', marks, ({ text }) => text),
      markLinks(asked),
    ),
    strings('tags', marks, ({ tags }) => tags),
    strings('id', marks, ({ id }) => id),
    ofEvent('cluster', ({ cluster }) => cluster),
    ofEvent('namespace', ({ namespace }) => namespace),
    ofEvent('regarding.kind', ({ regarding }) => regarding.kind),
    ofEvent('regarding.name', ({ regarding }) => regarding.name),
    ofEvent('owner.name', ({ owner }) => owner.name),
  ]
}

/** A link shows all that happened there, not only what is marked. */
function markLinks(asked: AskedQuery): readonly Link[] {
  const whole = { query: { ...asked.query, filter: { text: '', terms: [] }, adHoc: [] } }
  const place = { cluster: 'cluster', namespace: 'namespace' }
  return [
    ...queryLink(whole, 'Events of this object', sameAs({ ...place, 'regarding.kind': 'regarding.kind', 'regarding.name': 'regarding.name' })), // prettier-ignore
    ...aroundLink(asked, sameAs(place), 'time', 'timeEnd'),
    ...workloadLink(asked, { cluster: ofRow('cluster'), namespace: ofRow('namespace'), workload: ofRow('owner.name') }),
  ]
}

/** Over the time of which nothing is shown. */
function leftOut(rows: readonly Observation[], total: number, from: EpochMicros): Mark {
  const oldest = rows.reduce((time, { lastObserved }) => Math.min(time, lastObserved), Number.MAX_SAFE_INTEGER)
  const text = `Only the newest ${rows.length} of ${total} are marked: earlier ones are left out here. Narrow the filter of this annotation, or raise its limit.` // prettier-ignore
  return { time: from, timeEnd: Math.max(from, oldest), title: `${total - rows.length} more marks`, text, tags: '', id: 'left-out', row: null } // prettier-ignore
}

/** Whether what a row tells of is not over at the end of the range. */
async function openProblems(reader: EventReader, to: EpochMicros, signal: AbortSignal) {
  const { problems } = await readProblems(reader, { at: to, from: null }, to, signal)
  const open = problems.filter(({ body }) => stateOfBody(body) !== 'over')
  const keys = new Set(open.map(({ id, body }) => keyOf(asObservation(id, body))))
  return (row: Observation) => keys.has(keyOf(row))
}

function keyOf({ cluster, reason, regarding: { kind, namespace, name } }: Observation): string {
  return JSON.stringify([cluster, reason, kind, namespace, name])
}
