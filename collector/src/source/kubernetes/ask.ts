import { MILLISECOND, type Clock } from '../../clock.ts'
import {
  continueTokenOfStatus,
  messageOfStatus,
  readText,
  StatusError,
  type AnswerBody,
  type Cluster,
} from './cluster.ts'
import { failed, failureOfStatus, networkWords, type ApiRequest, type Failure } from './failure.ts'
import { isResourceVersion } from './resource-version.ts'

/** Waits; rejects when `signal` aborts. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<void>

/** One stream: what it asks, of whom. */
export interface StreamAddress {
  readonly cluster: Cluster
  readonly path: string
  /** Field selector as sent, empty for none. */
  readonly selector: string
  /** Null for all namespaces. */
  readonly namespace: string | null
  /** What is asked for, in words of a role. Events when absent. */
  readonly resource?: { readonly resource: string; readonly group: string }
  /** The header Accept of lists, and of watches; JSON when absent. */
  readonly accept?: string
  readonly acceptOfWatch?: string
}

/** What is asked of a stream's address. */
export function askedOf({ resource, namespace }: StreamAddress, verb: 'list' | 'watch'): ApiRequest {
  return { verb, ...(resource ?? { resource: 'events', group: 'events.k8s.io' }), namespace }
}

/** Objects that nobody changes for hours: the server tells how far their stream has come, so that its position does not grow old. */
const BOOKMARKS = { allowWatchBookmarks: 'true' }

/** Bytes of an error's explanation that are read. */
const MAX_STATUS_BYTES = 65_536

/** How long an answer that should end may take, its body included. */
const ANSWER_TIMEOUT_MS = 120_000

export interface EventsQuery {
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
  readonly timeoutSeconds?: number
}

/**
 * Query of a list or, with `timeoutSeconds`, of a watch. What is absent is not sent: a server would take
 * `resourceVersion=undefined` for a version.
 *
 * @throws RangeError for a resourceVersion that is none.
 */
export function queryOf(selector: string, query: EventsQuery): Record<string, string> {
  const { resourceVersion, timeoutSeconds, limit } = query
  if (resourceVersion !== undefined && !isResourceVersion(resourceVersion)) {
    throw new RangeError(`"${String(resourceVersion)}" is no resourceVersion`)
  }
  return {
    ...(timeoutSeconds !== undefined && { watch: 'true', timeoutSeconds: String(timeoutSeconds) }),
    ...(resourceVersion !== undefined && { resourceVersion }),
    ...(limit !== undefined && { limit: String(limit) }),
    ...(query.continue !== undefined && { continue: query.continue }),
    ...(selector !== '' && { fieldSelector: selector }),
  }
}

/** Opens an answer and hands over its body, or says why there is none. Never throws. */
export async function open(
  address: StreamAddress,
  query: EventsQuery,
  clock: Clock,
  signal: AbortSignal,
): Promise<AnswerBody | Failure> {
  const { cluster, path, selector } = address
  const verb = query.timeoutSeconds === undefined ? 'list' : 'watch'
  const accept = verb === 'list' ? address.accept : address.acceptOfWatch
  try {
    const asked = { ...queryOf(selector, query), ...(verb === 'watch' && address.resource !== undefined && BOOKMARKS) }
    const { status, retryAfter, body } = await cluster.request(path, asked, signal, accept)
    if (status === 200) return body
    const text = await readText(body, MAX_STATUS_BYTES).catch(() => '') // The status is told all the same.
    const failure = failureOfStatus(
      askedOf(address, verb),
      status,
      messageOfStatus(text),
      retryAfter,
      clock() / MILLISECOND,
    )
    const continueToken = failure.kind === 'gone' ? continueTokenOfStatus(text) : null
    return continueToken === null ? failure : { ...failure, continueToken }
  } catch (error) {
    return failureOf(error, cluster.server, clock)
  }
}

/** What an error thrown on the way means. */
export function failureOf(error: unknown, server: string, clock: Clock): Failure {
  if (!(error instanceof StatusError)) return failed(`${server}: ${networkWords(error)}`)
  const asked: ApiRequest = { verb: 'get', resource: 'namespaces', group: '', namespace: null }
  return failureOfStatus(asked, error.status, error.message, error.retryAfter, clock() / MILLISECOND)
}

/** Runs `work` with a signal that also aborts after the time an answer may take. */
export async function inTime<T>(
  signal: AbortSignal,
  delay: Delay,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const late = new AbortController()
  const abort = () => late.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  const timer = delay(ANSWER_TIMEOUT_MS, ended.signal).then(
    () => late.abort(new Error(`no complete answer within ${ANSWER_TIMEOUT_MS / 1_000} s`)),
    () => undefined,
  )
  try {
    return await work(late.signal)
  } finally {
    signal.removeEventListener('abort', abort)
    ended.abort()
    await timer
  }
}
