import type { DataFrame, DataQueryError, DataQueryResponse } from '@grafana/data'
import { mistakesOf, sentenceOf } from '../said'

/** A frame whose notices are in the reader's language. */
export function withReadableNotices(frame: DataFrame): DataFrame {
  const { meta } = frame
  if (meta?.notices === undefined) return frame
  return {
    ...frame,
    meta: { ...meta, notices: meta.notices.map((notice) => ({ ...notice, text: sentenceOf(notice.text) })) },
  }
}

/** As answers have it; newer versions of Grafana read the list only. */
interface Failed {
  readonly error?: DataQueryError
  readonly errors?: DataQueryError[]
}

/** An answer that says why queries failed in the reader's language. */
export function withReadableErrors(response: DataQueryResponse): DataQueryResponse {
  return { ...response, ...readable(response) }
}

function readable({ error, errors }: Failed): Failed {
  return {
    ...(error === undefined ? {} : { error: withReadableMessage(error) }),
    ...(errors === undefined ? {} : { errors: errors.map(withReadableMessage) }),
  }
}

function withReadableMessage(error: DataQueryError): DataQueryError {
  return error.message === undefined ? error : { ...error, message: mistakesOf(error.message) }
}
