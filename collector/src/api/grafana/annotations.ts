import { fieldReader, textOf } from '../../query/field-value.ts'
import { gapNotices, limitNotices } from '../notices.ts'
import { groupFields, type AnswerQuery } from './asked-query.ts'
import { bodyOf } from './log-rows.ts'

/** More marks than a panel can show apart. */
const USUAL_MARKS = 200

/** Query type `annotations`: a mark for each event; a region from its first to its last time when it repeats. */
export const answerAnnotations: AnswerQuery = async ({ query, from, to, filter }, reader, signal) => {
  const readers = groupFields('tagFields', query.tagFields).map(fieldReader)
  const page = { from, to, filter, view: query.view, order: 'newest' as const, limit: query.limit ?? USUAL_MARKS } // prettier-ignore
  const [{ rows, total }, gaps] = await Promise.all([reader.events(page, signal), gapNotices(reader, page, signal)])
  return [
    {
      name: 'annotations',
      meta: { executedQueryString: query.filter.text, notices: [...gaps, ...limitNotices(rows.length, total, query.view)] }, // prettier-ignore
      columns: [
        { kind: 'time', name: 'time', values: rows.map(({ firstObserved }) => firstObserved) },
        { kind: 'time', name: 'timeEnd', values: rows.map(({ lastObserved }) => lastObserved) },
        { kind: 'string', name: 'title', values: rows.map(({ reason }) => reason) },
        { kind: 'string', name: 'text', values: rows.map(bodyOf) },
        // Grafana splits tags at commas.
        { kind: 'string', name: 'tags', values: rows.map((row) => readers.map((read) => textOf(read(row)).replaceAll(',', ' ')).filter((tag) => tag !== '').join(',')) }, // prettier-ignore
        { kind: 'string', name: 'id', values: rows.map(({ id }) => id) },
      ],
    },
  ]
}
