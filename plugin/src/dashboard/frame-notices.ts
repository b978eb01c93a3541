import type { DataFrame, DataQueryError } from '@grafana/data'
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

/** Why a query failed, in the reader's language. */
export function withReadableMessage(error: DataQueryError): DataQueryError {
  return error.message === undefined ? error : { ...error, message: mistakesOf(error.message) }
}
