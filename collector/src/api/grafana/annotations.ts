import type { EpochMicros } from '../../clock.ts'
import type { Observation } from '../../event/observation.ts'
import { stateOfBody } from '../../problem/problem.ts'
import { fieldReader, textOf } from '../../query/field-value.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, limitNotices } from '../notices.ts'
import { asObservation } from '../problems/as-observation.ts'
import { readProblems } from '../problems/read-problems.ts'
import { groupFields, type AnswerQuery } from './asked-query.ts'
import { bodyOf } from './log-rows.ts'

/** More marks than a panel can show apart. */
const USUAL_MARKS = 200

interface Mark {
  readonly time: EpochMicros
  readonly timeEnd: EpochMicros
  readonly title: string
  readonly text: string
  readonly tags: string
  readonly id: string
}

/**
 * Query type `annotations`: a mark for each event; a region from its first to its last time when it repeats, and to the end of the
 * range while its problem is open. Nobody sees notices of annotations, so what is left out has a mark of its own.
 */
export const answerAnnotations: AnswerQuery = async ({ query, from, to, filter }, reader, signal) => {
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
  }))
  const all = rows.length < total ? [...marks, leftOut(rows, total, from)] : marks
  return [
    {
      name: 'annotations',
      meta: { executedQueryString: query.filter.text, notices: [...gaps, ...limitNotices(rows.length, total, query.view)] }, // prettier-ignore
      columns: [
        { kind: 'time', name: 'time', values: all.map(({ time }) => time) },
        { kind: 'time', name: 'timeEnd', values: all.map(({ timeEnd }) => timeEnd) },
        { kind: 'string', name: 'title', values: all.map(({ title }) => title) },
        { kind: 'string', name: 'text', values: all.map(({ text }) => text) },
        { kind: 'string', name: 'tags', values: all.map(({ tags }) => tags) },
        { kind: 'string', name: 'id', values: all.map(({ id }) => id) },
      ],
    },
  ]
}

/** Over the time of which nothing is shown. */
function leftOut(rows: readonly Observation[], total: number, from: EpochMicros): Mark {
  const oldest = rows.reduce((time, { lastObserved }) => Math.min(time, lastObserved), Number.MAX_SAFE_INTEGER)
  const text = `Only the newest ${rows.length} of ${total} are marked: earlier ones are left out here. Narrow the filter of this annotation, or raise its limit.` // prettier-ignore
  return { time: from, timeEnd: Math.max(from, oldest), title: `${total - rows.length} more marks`, text, tags: '', id: 'left-out' } // prettier-ignore
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
