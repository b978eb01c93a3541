import {
  LiveChannelScope,
  LoadingState,
  StreamingFrameAction,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
} from '@grafana/data'
import { t } from '@grafana/i18n'
import type { GrafanaLiveSrv } from '@grafana/runtime'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { map, merge, type Observable } from 'rxjs'
import type { EventloomQuery } from '../query/query'

/** Digits of the hash that names a tail: a channel may have 160 characters. */
const PATH_DIGITS = 40
/** Rows that a tail keeps on the page. */
const MOST_ROWS = 1_000

/** Rows of the logs view as they are stored. One stream serves all who look at the same query. */
export function liveTail(
  live: GrafanaLiveSrv,
  uid: string,
  request: DataQueryRequest<EventloomQuery>,
): Observable<DataQueryResponse> {
  const tails = request.targets
    .filter(({ queryType = 'events', hide }) => queryType === 'events' && hide !== true)
    .map((query) => {
      const key = `tail-${query.refId}`
      const data = { query: tailText(query) }
      return live
        .getDataStream({
          key,
          addr: { scope: LiveChannelScope.DataSource, stream: uid, path: tailPath(data.query), data },
          buffer: { maxLength: MOST_ROWS, action: StreamingFrameAction.Append },
        })
        .pipe(
          map((response): DataQueryResponse => ({
            ...response,
            data: response.data.map(withBound),
            key,
            state: LoadingState.Streaming,
          })),
        )
    })
  return merge(...tails)
}

/** Says so once older rows go, where Explore's logs and where panels look for it. */
export function withBound(frame: DataFrame): DataFrame {
  if (frame.length < MOST_ROWS) return frame
  const error = t(
    'tail.bound',
    'Only the newest {{most}} rows are kept here. Run the query without live tail to see all.',
    { most: MOST_ROWS },
  )
  const custom = { ...(frame.meta?.custom as object | undefined), error }
  return { ...frame, meta: { ...frame.meta, custom, notices: [{ severity: 'info', text: error }] } }
}

/**
 * The text whose hash names the tail. Only what changes its rows is in it, in a fixed order, so that the same question is the
 * same stream whoever asks.
 */
export function tailText({ schemaVersion, filter, adHoc }: EventloomQuery): string {
  const { text = '', terms = [] } = filter ?? {}
  return JSON.stringify({ schemaVersion, queryType: 'events', filter: { text, terms }, adHoc: adHoc ?? [] })
}

/**
 * The channel's path: the server gives everybody on a path the rows of whoever came first, so it must belong to the query. The
 * browser's own hash is missing where Grafana is opened without TLS.
 */
export function tailPath(text: string): string {
  return `tail/${bytesToHex(sha256(utf8ToBytes(text))).slice(0, PATH_DIGITS)}`
}
