import { DAY } from '../../clock.ts'
import { compileFilter } from '../../query/filter.ts'
import { fieldReader, textOf } from '../../query/field-value.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { stateOfBody } from '../../problem/problem.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices, type Notice } from '../notices.ts'
import { asObservation } from '../problems/as-observation.ts'
import { readProblems } from '../problems/read-problems.ts'
import type { AskedQuery } from './asked-query.ts'
import { ALERTABLE, withLinks, type Column, type Frame } from './frame.ts'
import { queryLink, sameAs } from './links.ts'

/** Rows of one answer at most. */
const USUAL_ROWS = 500

/** Groups whose problems ended within this time are there with their 0, so that an alert rule sees them end. */
const LOOKBACK = DAY

/**
 * Metric `active`: 1 for a group in which a problem is not over at the end of the range, else 0. A problem is as its record
 * says, not as rows of a short window would: emitters fall silent while the fault lasts. While a cluster is not watched its
 * problems stay as they are. So the range's start does not matter.
 */
export async function answerActive(
  { query, to, filter }: AskedQuery,
  groupBy: readonly string[],
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  if (query.format === 'timeseries' || query.format === 'heatmap') {
    const message =
      'Open problems (active) are a state at the end of the range. Choose Numbers or Table, or the query type Timeline'
    throw new InvalidQueryError([{ parameter: 'format', message }])
  }
  const [{ problems, notices: told }, gaps] = await Promise.all([
    readProblems(reader, { at: to, from: Math.max(0, to - LOOKBACK) }, to, signal),
    gapNotices(reader, { from: to - 1, to, filter }, signal),
  ])
  const matches = compileFilter(filter)
  const fields = groupBy.map(fieldReader)
  const states = new Map<string, { readonly key: readonly string[]; value: number }>()
  // Without groups there is one number, also when nothing is or was wrong.
  if (groupBy.length === 0) states.set('[]', { key: [], value: 0 })
  for (const { id, body } of problems) {
    const observation = asObservation(id, body)
    if (!matches(observation)) continue
    const key = fields.map((read) => textOf(read(observation)))
    const text = JSON.stringify(key)
    const state = states.get(text) ?? { key, value: 0 }
    states.set(text, state)
    if (stateOfBody(body) !== 'over') state.value = 1
  }
  const rows = [...states.values()].sort((a, b) => b.value - a.value)
  const shown = rows.slice(0, query.top ?? USUAL_ROWS)
  const text = `These are ${shown.length} of ${rows.length} groups, open ones first. Group by fewer fields, or use a higher top.`
  const cut: readonly Notice[] = shown.length < rows.length ? [{ severity: 'warning', text }] : []
  const keys = groupBy.map((name, place): Column => {
    return { kind: 'string', name, values: shown.map(({ key }) => key[place] ?? '') }
  })
  const values: Column = { kind: 'number', name: 'active', values: shown.map(({ value }) => value) }
  const terms = sameAs(Object.fromEntries(groupBy.map((name) => [name, name])))
  const links = queryLink({ query }, 'Show these problems', terms, { queryType: 'problems', withOver: true })
  const notices = [...gaps, ...told, ...cut]
  const meta = {
    type: 'numeric-long',
    typeVersion: ALERTABLE,
    executedQueryString: query.filter.text,
    notices,
  } as const
  return [{ meta, columns: shown.length === 0 ? [] : [...keys, values].map((column) => withLinks(column, links)) }]
}
