import { z } from 'zod'
import type { EpochMicros } from '../../clock.ts'
import { InvalidQueryError } from '../../query/invalid-query.ts'
import type { EventReader } from '../../store/store.ts'
import { problemDetailsOf } from '../problem-details.ts'
import { readQuery } from './asked-query.ts'
import { encodeFrame } from './frame.ts'
import { refIdOf } from './query-schema.ts'
import { ANSWERS } from './query-types.ts'
import { withUnread } from './unread-options.ts'

/** Queries of one request: a dashboard sends a panel's at a time. */
const MOST_QUERIES = 100

/** Longest answer to one query, characters of JSON: Grafana and the bridge hold it in memory several times. */
const MOST_CHARACTERS = 8 * 1024 * 1024

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
 * POST /grafana/query: an answer for each query, as JSON text. A query that cannot be answered does not take the others with it.
 *
 * @throws InvalidQueryError the body has no queries.
 */
export async function queryAnswer(
  reader: EventReader,
  body: unknown,
  { isAlert, now }: { readonly isAlert: boolean; readonly now: EpochMicros },
  signal: AbortSignal,
): Promise<string> {
  const request = queryRequest.safeParse(body)
  if (!request.success) throw new InvalidQueryError(request.error.issues.map(({ path, message }) => ({ parameter: path.join('.') || 'body', message }))) // prettier-ignore
  const results = await Promise.all(
    request.data.queries.map(async (query) => [refIdOf(query), await answerOne(reader, query, isAlert, now, signal)] as const), // prettier-ignore
  )
  const texts = results.map(([refId, response]) => `${JSON.stringify(refId)}:${textOf(response)}`)
  return `{"results":{${texts.join(',')}}}`
}

function textOf({ frames, ...rest }: DataResponse): string {
  if (frames === undefined) return JSON.stringify(rest)
  return `{"status":${rest.status},"frames":[${frames.join(',')}]}`
}

async function answerOne(
  reader: EventReader,
  json: unknown,
  isAlert: boolean,
  now: EpochMicros,
  signal: AbortSignal,
): Promise<DataResponse> {
  try {
    const asked = readQuery(json, isAlert, now)
    const answered = await ANSWERS[asked.query.queryType](asked, reader, signal)
    const frames = withUnread(answered, json, asked.query.queryType)
    const encoded = frames.map((frame) => encodeFrame(frame, asked.query.refId))
    const length = encoded.reduce((sum, text) => sum + text.length, 0)
    if (length <= MOST_CHARACTERS) return { status: 200, frames: encoded }
    const message = `the answer has ${Math.ceil(length / 1_048_576)} MiB, and at most ${MOST_CHARACTERS / 1_048_576} MiB are sent. Use a lower limit or top, a shorter range, or a narrower filter` // prettier-ignore
    throw new InvalidQueryError([{ parameter: 'query', message }])
  } catch (error) {
    if (signal.aborted) throw error
    const { status, detail } = problemDetailsOf(error)
    return { status, error: detail, errorSource: status === 500 ? 'plugin' : 'downstream' }
  }
}
