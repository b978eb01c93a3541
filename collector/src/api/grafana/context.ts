import { HOUR, type EpochMicros } from '../../clock.ts'
import { writeCursor } from '../../query/cursor.ts'
import type { EventQuery, Filter } from '../../query/model.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import { LATEST } from '../../query/time.ts'
import type { AnswerQuery } from './asked-query.ts'
import { logColumns } from './log-rows.ts'
import type { GrafanaQuery } from './query-schema.ts'

const USUAL_ROWS = 100

/** Neighbours are looked for this far to each side: a cause lies minutes before its effect, not days. */
const REACH = 6 * HOUR

/** Which labels of a row name what its neighbours share with it. */
const SCOPES = {
  object: ['cluster', 'regarding.kind', 'namespace', 'regarding.name'],
  owner: ['cluster', 'namespace', 'owner.kind', 'owner.name'],
  node: ['cluster', 'node'],
  namespace: ['cluster', 'namespace'],
} as const

/**
 * Query type `context`: what happened before or after a row, about the same object, owner, node or namespace. It goes on
 * exactly behind the row by the order of observations, so that rows of one time come neither twice nor never. The row may be
 * one of an earlier answer of this type.
 *
 * @throws InvalidQueryError the row has no such thing: an event without node has no neighbours there.
 */
export const answerContext: AnswerQuery = async ({ query }, reader, signal) => {
  const { context } = query
  if (context === undefined) throw new InvalidQueryError([{ parameter: 'context', message: 'must say which row, which direction and which scope' }]) // prettier-ignore
  const isForward = context.direction === 'forward'
  const time = Math.floor(Number(BigInt(context.timeNs) / 1_000n))
  const range = isForward ? { from: time, to: time + REACH } : { from: Math.max(0, time - REACH), to: time + 1 }
  const pages = { ...range, view: 'observations' as const, order: isForward ? ('oldest' as const) : ('newest' as const) } // prettier-ignore
  const after = keyOf(context, time)
  // Whatever is stored meanwhile may be shown too. Its id is one that a store has: it could not place another.
  const cursor = writeCursor(pages, { after, newest: { ...after, lastObserved: LATEST } })
  const page: EventQuery = { ...pages, filter: sharedWith(context), limit: query.limit ?? USUAL_ROWS, cursor }
  const { rows } = await reader.events(page, signal)
  return [{ meta: { type: 'log-lines', typeVersion: [0, 0], preferredVisualisationType: 'logs' }, columns: logColumns(rows) }] // prettier-ignore
}

type Context = NonNullable<GrafanaQuery['context']>

function keyOf({ id, labels }: Context, lastObserved: EpochMicros) {
  const version = Number(labels['resourceVersion'] ?? NaN)
  return { lastObserved, resourceVersion: Number.isSafeInteger(version) ? version : null, id }
}

function sharedWith({ scope, labels }: Context): Filter {
  const filters = SCOPES[scope].map((field): Filter => ({ op: 'in', field, values: [labels[field] ?? ''] }))
  const own = SCOPES[scope].at(-1) ?? 'cluster'
  // Objects of the cluster have no namespace, and are together all the same.
  if (scope === 'namespace' || (labels[own] ?? '') !== '') return { op: 'and', filters }
  const message = `this row has no ${own}, so it has no neighbours there. Choose another scope`
  throw new InvalidQueryError([{ parameter: 'context', message }])
}
