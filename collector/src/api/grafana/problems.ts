import { SEVERITIES } from '../../event/words.ts'
import { thingOf } from '../../problem/problem.ts'
import { gapNotices, type Notice } from '../notices.ts'
import { problemRows, type ProblemRow } from '../problems/problem-answers.ts'
import type { AnswerQuery } from './asked-query.ts'
import { ALERTABLE, TABLE_TIME, type Column } from './frame.ts'

const USUAL_ROWS = 100

/**
 * Query type `problems`: what is wrong at the end of the range, most important first, as a table; for alerts the number of
 * objects for each row that are in trouble.
 */
export const answerProblems: AnswerQuery = async ({ query, from, to, filter, isAlert }, reader, signal) => {
  const limit = query.limit ?? USUAL_ROWS
  const question = { at: to, from, filter, all: query.withOver, each: query.eachObject }
  const [{ rows, notices }, gaps] = await Promise.all([
    problemRows(reader, question, to, signal),
    gapNotices(reader, { from: to - 1, to, filter }, signal),
  ])
  const shown = rows.slice(0, limit)
  const text = `These are ${shown.length} of ${rows.length} problems, the most important first. Use a narrower filter, or a higher limit.`
  const cut: readonly Notice[] = shown.length < rows.length ? [{ severity: 'warning', text }] : []
  const isNumeric = query.format === 'numeric' || (query.format === 'auto' && isAlert)
  const columns = isNumeric
    ? [...labels(shown), numbers('objects', shown, ({ objects }) => objects.open)]
    : described(shown)
  const said = { executedQueryString: query.filter.text, notices: [...gaps, ...notices, ...cut] }
  const meta = isNumeric
    ? ({ type: 'numeric-long', typeVersion: ALERTABLE, ...said } as const)
    : ({ preferredVisualisationType: 'table', ...said } as const)
  return [{ meta, columns: shown.length === 0 && isNumeric ? [] : columns }]
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

function described(rows: readonly ProblemRow[]): readonly Column[] {
  return [
    strings('severity', rows, ({ severity }) => severity),
    strings('problem', rows, ({ problem: { body } }) => body.class),
    strings('cluster', rows, ({ problem: { body } }) => body.cluster),
    strings('namespace', rows, ({ problem: { body } }) => body.object.namespace),
    strings('workload', rows, workloadOf),
    strings('object', rows, ({ problem: { body } }) => `${body.object.kind} ${body.object.name}`),
    strings('node', rows, ({ problem: { body } }) => body.node),
    strings('thing', rows, thingText),
    strings('state', rows, ({ state, problem: { unseen } }) =>
      unseen && state !== 'over' ? `${state}, unseen` : state,
    ),
    strings('ended by', rows, ({ state, problem: { body } }) => (state === 'over' ? (body.transitions.at(-1)?.endedBy?.how ?? '') : '')), // prettier-ignore
    numbers('objects', rows, ({ objects, state }) => (state === 'over' ? objects.all : objects.open)),
    numbers('occurrences', rows, ({ occurrences }) => occurrences),
    times('firstObserved', rows, ({ firstObserved }) => firstObserved),
    times('lastObserved', rows, ({ lastObserved }) => lastObserved),
    strings('note', rows, ({ problem: { body } }) => body.note),
    strings('id', rows, ({ problem: { id } }) => id),
    // So that a table can be sorted by how bad it is, which the words cannot.
    numbers('severityRank', rows, ({ severity }) => SEVERITIES.findIndex((word) => word === severity)),
  ]
}

function workloadOf({ problem: { body } }: ProblemRow): string {
  return body.workload.name === '' ? body.object.name : body.workload.name
}

function thingText({ problem: { body } }: ProblemRow): string {
  const thing = thingOf(body)
  if (thing === null) return ''
  return `${thing.kind} ${thing.name}${thing.detail === '' ? '' : ` (${thing.detail})`}`
}

function strings(name: string, rows: readonly ProblemRow[], read: (row: ProblemRow) => string): Column {
  return { kind: 'string', name, values: rows.map(read) }
}

function numbers(name: string, rows: readonly ProblemRow[], read: (row: ProblemRow) => number): Column {
  return { kind: 'number', name, values: rows.map(read) }
}

function times(name: string, rows: readonly ProblemRow[], read: (row: ProblemRow) => number): Column {
  return { kind: 'time', name, config: TABLE_TIME, values: rows.map(read) }
}
