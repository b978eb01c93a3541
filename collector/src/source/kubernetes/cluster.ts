import { request as send, type Dispatcher } from 'undici'
import { MILLISECOND } from '../../clock.ts'
import { parseJson } from '../../event/json.ts'
import { createDispatcher } from './connection.ts'
import { networkWords } from './failure.ts'
import {
  fingerprint,
  loadKubeconfig,
  readCredentials,
  type ClusterOptions,
  type Credentials,
  type LoadedKubeconfig,
} from './kubeconfig.ts'
import { proxyFor } from './proxy.ts'

export { ClusterConfigError, type ClusterOptions } from './kubeconfig.ts'

/** An API server's answer whose body has not been read yet. It must be read or destroyed. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | null
  readonly body: AnswerBody
}

/** The bytes of an answer. To end early, `destroy`: the socket is closed, since a watch never ends by itself. */
export interface AnswerBody extends AsyncIterable<Uint8Array> {
  destroy(error?: Error): unknown
}

export type Reachability = { readonly isReachable: true } | { readonly isReachable: false; readonly reason: string }

/** A cluster that may be asked. All streams of a cluster share one agent. */
export interface Cluster {
  readonly name: string
  /** Address of the API server, for messages. */
  readonly server: string
  /**
   * uid of the namespace kube-system, which lives as long as the cluster. Null when it may not be read.
   *
   * @throws StatusError for another answer than the namespace, Error when there is none: then nothing is known.
   */
  clusterUid(signal: AbortSignal): Promise<string | null>
  /**
   * GET. Certificates, kubeconfig and tokens that changed on disk are read again first.
   *
   * @param path from the root, for example `/apis/events.k8s.io/v1/events`
   * @param accept the header; JSON when absent
   * @throws Error of the network; any status is an answer.
   */
  request(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal, accept?: string): Promise<Answer>
  /** POST of an object as JSON text. Answers the status, whatever it is. @throws Error of the network. */
  create(path: string, body: string, signal: AbortSignal): Promise<number>
  /** After a 401: everything is read again, and an exec plug-in runs again whatever its last answer said. */
  renewCredentials(): Promise<void>
  /** Whether something answers, soon. Any status counts: what it allows is for the streams to say. */
  reach(timeoutMs?: number): Promise<Reachability>
  close(): Promise<void>
}

/** The server answered, but not with what was asked for. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly code = 'STATUS'
  readonly status: number
  readonly retryAfter: string | null

  constructor(status: number, retryAfter: string | null, message: string) {
    super(message)
    this.status = status
    this.retryAfter = retryAfter
  }
}

const REACH_TIMEOUT_MS = 3_000

/** Bytes of a small object at most; more is an error. */
const MAX_OBJECT_BYTES = 1_048_576

/** Bytes read from the socket ahead of the reader: some hundred events, so that they are handled in worthwhile batches. */
const READ_AHEAD_BYTES = 262_144

/**
 * Prepares access to a cluster. Nothing is sent yet.
 *
 * @throws ClusterConfigError when no cluster is configured.
 */
export async function connectCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const loaded = await loadKubeconfig(options)
  const link = new Link(options, loaded)
  const request: Cluster['request'] = (path, query, signal, accept) => link.request(path, query, signal, accept)
  const create: Cluster['create'] = async (path, sent, signal) => {
    const { status, body } = await link.request(path, {}, signal, 'application/json', sent)
    body.destroy()
    return status
  }
  return {
    name: options.name ?? loaded.contextName,
    server: loaded.server,
    request,
    create,
    clusterUid: (signal) => readClusterUid(request, signal),
    renewCredentials: () => link.reload(),
    reach: (timeoutMs = REACH_TIMEOUT_MS) => reach(request, loaded.server, timeoutMs),
    close: () => link.close(),
  }
}

/** The agent and credentials in use, replaced when a file they come from changes. */
class Link {
  readonly #options: ClusterOptions
  #loaded: LoadedKubeconfig
  #fingerprint: string
  #tls = ''
  #dispatcher: Dispatcher | null = null

  constructor(options: ClusterOptions, loaded: LoadedKubeconfig) {
    this.#options = options
    this.#loaded = loaded
    this.#fingerprint = fingerprint(loaded.files)
  }

  async request(
    path: string,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
    accept = 'application/json',
    sent?: string,
  ): Promise<Answer> {
    if (fingerprint(this.#loaded.files) !== this.#fingerprint) await this.reload()
    const { tls, headers } = await readCredentials(this.#loaded)
    const url = new URL(this.#loaded.server + path)
    url.search = new URLSearchParams(query).toString()
    const response = await send(url, {
      dispatcher: this.#agent(tls),
      ...(sent === undefined ? {} : { method: 'POST', body: sent }),
      headers: {
        Accept: accept,
        'User-Agent': 'eventloom',
        ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      highWaterMark: READ_AHEAD_BYTES,
      signal,
    })
    // Who reads the body is told of its errors. One that is destroyed unread would end the process without a listener.
    response.body.on('error', () => undefined)
    const { 'retry-after': retryAfter, date } = response.headers
    const serverTime = typeof date === 'string' ? Date.parse(date) * MILLISECOND : NaN
    if (Number.isSafeInteger(serverTime)) this.#options.onServerTime?.(serverTime)
    return {
      status: response.statusCode,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
      body: response.body,
    }
  }

  async reload(): Promise<void> {
    const loaded = await loadKubeconfig(this.#options)
    this.#fingerprint = fingerprint(loaded.files)
    this.#loaded = loaded
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy()
  }

  /** Watches under way keep the agent they began with until they end. */
  #agent(tls: Credentials['tls']): Dispatcher {
    const proxy = proxyFor(this.#loaded.server, this.#loaded.proxyUrl, this.#options.environment ?? {})
    const identity = JSON.stringify([this.#loaded.server, proxy, tls])
    if (this.#dispatcher !== null && identity === this.#tls) return this.#dispatcher
    void this.#dispatcher?.close()
    this.#tls = identity
    this.#dispatcher = createDispatcher(tls, proxy)
    return this.#dispatcher
  }
}

async function readClusterUid(request: Cluster['request'], signal: AbortSignal): Promise<string | null> {
  const { status, retryAfter, body } = await request('/api/v1/namespaces/kube-system', {}, signal)
  const text = await readText(body, MAX_OBJECT_BYTES)
  if (status === 403 || status === 404) return null
  if (status !== 200) throw new StatusError(status, retryAfter, messageOfStatus(text))
  const { metadata } = parseJson(text) as { metadata?: { uid?: unknown } }
  return typeof metadata?.uid === 'string' && metadata.uid !== '' ? metadata.uid : null
}

async function reach(request: Cluster['request'], server: string, timeoutMs: number): Promise<Reachability> {
  try {
    const { body } = await request('/version', {}, AbortSignal.timeout(timeoutMs))
    await readText(body, MAX_OBJECT_BYTES)
    return { isReachable: true }
  } catch (error) {
    const isLate = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')
    const reason = isLate ? `no answer within ${timeoutMs / 1_000} s` : networkWords(error)
    return { isReachable: false, reason: `${server}: ${reason}` }
  }
}

/** The message of a Status object, which is what the API server explains errors with; empty when it is none. */
export function messageOfStatus(body: string): string {
  try {
    const { message } = parseJson(body) as { message?: unknown }
    return typeof message === 'string' ? message : ''
  } catch {
    return '' // A proxy's page, say: the status alone has to do.
  }
}

/** The continue token that a Status brings when the one that was sent had expired. */
export function continueTokenOfStatus(body: string): string | null {
  try {
    const { metadata } = parseJson(body) as { metadata?: { continue?: unknown } | null }
    const token = metadata?.continue
    return typeof token === 'string' && token !== '' ? token : null
  } catch {
    return null // Not a Status: there is nothing to go on with.
  }
}

/**
 * The body as text.
 *
 * @throws Error when it is longer than `maxBytes`; the rest is not read.
 */
export async function readText(body: AnswerBody, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new BodyTooLargeError(maxBytes) // Leaving the loop destroys the body.
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes).toString('utf8')
}

export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
  readonly code = 'BODY_TOO_LARGE'

  constructor(maxBytes: number) {
    super(`the API server's answer is larger than ${maxBytes / 1_048_576} MiB`)
  }
}
