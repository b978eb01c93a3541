import { z } from 'zod'
import type { EpochMicros } from '../../clock.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { EventReader } from '../../store/store.ts'
import type { Admit } from '../one-answer.ts'
import { problemDetailsOf } from '../problem-details.ts'
import { readQuery, type AskedQuery } from './asked-query.ts'
import { weightOfAsked } from './weight.ts'
import { encodeFrame } from './frame.ts'
import { refIdOf } from './query-schema.ts'
import { ANSWERS } from './query-types.ts'
import { withUnread } from './unread-options.ts'

/** Queries of one request: a dashboard sends a panel's at a time. */
const MOST_QUERIES = 100

/** Longest answer to all queries of a request, characters of JSON: Grafana and the bridge hold it in memory several times. */
const MOST_CHARACTERS = 8 * 1024 * 1024
const MOST_SENT = `${MOST_CHARACTERS / 1_048_576} MiB`

export const queryRequest = z.object({
  queries: z.array(z.unknown(), 'must be a list of queries').max(MOST_QUERIES, `has more than ${MOST_QUERIES} queries`),
})

/** One answer as the SDK's decoder takes it: it knows no other keys. */
interface DataResponse {
  readonly status: number
  readonly error?: string
  readonly errorSource?: 'downstream' | 'plugin'
  /** JSON of each. */
  readonly frames?: readonly string[]
}

/**
 * POST /grafana/query: an answer for each query, in pieces of JSON. They are answered one after the other, so that a request takes
 * the room of its heaviest query. A query that cannot be answered does not take the others with it.
 *
 * @throws InvalidQueryError the body has no queries.
 */
export async function queryAnswer(
  reader: EventReader,
  body: unknown,
  { isAlert, now, admit }: { readonly isAlert: boolean; readonly now: EpochMicros; readonly admit?: Admit },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const request = queryRequest.safeParse(body)
  if (!request.success) throw new InvalidQueryError(request.error.issues.map(({ path, message }) => ({ parameter: path.join('.') || 'body', message }))) // prettier-ignore
  const read = request.data.queries.map((json) => ({ json, refId: refIdOf(json), asked: attempt(() => readQuery(json, isAlert, now)) })) // prettier-ignore
  await admit?.(Math.max(0, ...read.map(({ asked }) => ('value' in asked ? weightOfAsked(asked.value) : 0))))
  const pieces: string[] = []
  const room = { left: MOST_CHARACTERS }
  for (const { json, refId, asked } of read) {
    const { frames, ...rest } = 'value' in asked ? await answerOne(reader, json, asked.value, room, signal) : failed(asked.error, signal) // prettier-ignore
    pieces.push(`${pieces.length === 0 ? '{"results":{' : ','}${JSON.stringify(refId)}:`)
    if (frames === undefined) pieces.push(JSON.stringify(rest))
    else pieces.push(`{"status":${rest.status},"frames":[`, ...frames.flatMap((frame, place) => (place === 0 ? [frame] : [',', frame])), ']}') // prettier-ignore
  }
  return [...(pieces.length === 0 ? ['{"results":{'] : pieces), '}}']
}

async function answerOne(
  reader: EventReader,
  json: unknown,
  asked: AskedQuery,
  room: { left: number },
  signal: AbortSignal,
): Promise<DataResponse> {
  try {
    // Once one found no room, the others are not even asked.
    if (room.left < 0) throw new InvalidQueryError([{ parameter: 'query', message: `the answers to the queries before it have ${MOST_SENT} already, and no more is sent for all together. Use fewer queries, or lower limits` }]) // prettier-ignore
    const answered = await ANSWERS[asked.query.queryType](asked, reader, signal)
    const frames = withUnread(answered, json, asked.query.queryType)
    const encoded = frames.map((frame) => encodeFrame(frame, asked.query.refId))
    const length = encoded.reduce((sum, text) => sum + text.length, 0)
    room.left -= length
    if (room.left >= 0) return { status: 200, frames: encoded }
    const message = `the answer has ${Math.ceil(length / 1_048_576)} MiB, and at most ${MOST_SENT} are sent for all queries together. Use a lower limit or top, a shorter range, or a narrower filter` // prettier-ignore
    throw new InvalidQueryError([{ parameter: 'query', message }])
  } catch (error) {
    return failed(error, signal)
  }
}

function failed(error: unknown, signal: AbortSignal): DataResponse {
  if (signal.aborted) throw error
  const { status, detail } = problemDetailsOf(error)
  return { status, error: detail, errorSource: status === 500 ? 'plugin' : 'downstream' }
}

function attempt<Value>(make: () => Value): { readonly value: Value } | { readonly error: unknown } {
  try {
    return { value: make() }
  } catch (error) {
    return { error }
  }
}
