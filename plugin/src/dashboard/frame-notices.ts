import type { DataFrame } from '@grafana/data'
import { sentenceOf } from '../said'

/** A frame whose notices are in the reader's language. */
export function withReadableNotices(frame: DataFrame): DataFrame {
  const { meta } = frame
  if (meta?.notices === undefined) return frame
  return {
    ...frame,
    meta: { ...meta, notices: meta.notices.map((notice) => ({ ...notice, text: sentenceOf(notice.text) })) },
  }
}
