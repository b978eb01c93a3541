import { z } from 'zod'
import type { EpochMicros } from '../../clock.ts'
import { CHANGE_KINDS } from '../../event/change.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { TimeRange } from '../../query/model.ts'
import { listOneOf, textList } from '../../query/request-parts.ts'
import { eventRequest, parseEventRequest, read } from '../../query/request.ts'

/** Parameters of questions about changes. The values of one are alternatives; all that are given must hold. */
export const changeRequest = eventRequest
  .pick({ from: true, to: true, cluster: true, namespace: true, kind: true, object: true, limit: true, cursor: true })
  .extend({
    manager: textList.optional().meta({ description: 'Field managers: who changed it' }),
    what: textList
      .pipe(z.array(z.enum(CHANGE_KINDS, `must be one of ${CHANGE_KINDS.join(', ')}`)))
      .meta({ ...listOneOf(CHANGE_KINDS), description: CHANGE_KINDS.join(', ') })
      .optional(),
  })

/** Which changes are asked for. Lists that are null ask for all. */
export interface ChangeQuery extends TimeRange {
  readonly wanted: Readonly<Record<'cluster' | 'namespace' | 'kind' | 'object' | 'manager' | 'what', readonly string[] | null>> // prettier-ignore
  readonly limit: number
  /** The last change of the page before: the next page begins behind it. */
  readonly after: { readonly at: EpochMicros; readonly id: string } | null
}

/** As `parseEventRequest`. A cursor keeps the range of the first page. */
export function parseChangeRequest(input: unknown, now: EpochMicros): ChangeQuery {
  const { cursor, cluster, namespace, kind, object, manager, what, ...ranged } = read(changeRequest, input)
  const { from, to, limit } = parseEventRequest(ranged, now)
  const lists = { cluster, namespace, kind, object, manager, what }
  const wanted = Object.fromEntries(
    Object.entries(lists).map(([name, values]) => [name, values === undefined || values.length === 0 ? null : values]),
  ) as ChangeQuery['wanted']
  const page = cursor === undefined ? { from, to, after: null } : readCursor(cursor)
  return { ...page, wanted, limit }
}

const CURSOR = z.tuple([z.int(), z.int(), z.int(), z.string()])

export function changeCursor(
  { from, to }: TimeRange,
  { at, id }: { readonly at: EpochMicros; readonly id: string },
): string {
  // prettier-ignore
  return Buffer.from(JSON.stringify([from, to, at, id])).toString('base64url')
}

function readCursor(cursor: string): Pick<ChangeQuery, 'from' | 'to' | 'after'> {
  try {
    const [from, to, at, id] = CURSOR.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()))
    return { from, to, after: { at, id } }
  } catch {
    const message = 'is no cursor of a page before. Take it from the answer as it is'
    throw new InvalidQueryError([{ parameter: 'cursor', message }])
  }
}
