import { Agent, ProxyAgent, request, type Dispatcher } from 'undici'
import { readFile } from 'node:fs/promises'
import { MILLISECOND, SECOND, type Clock, type EpochMicros } from '../clock.ts'
import { ReceiverError } from './receiver.ts'

/** Most of an answer that is read: what comes after says nothing new. */
const MOST_ANSWER_BYTES = 65_536
const CONNECT_TIMEOUT_MS = 10_000

/** Another attempt with the same message may get another answer only when the message was not what was wrong. */
const REFUSES_MESSAGE = [400, 411, 413, 414, 415, 422]

export interface Answer {
  readonly status: number
  /** The beginning of it. */
  readonly text: string
}

/** How a server is reached. */
export interface Way {
  /** PEM file of who signed its certificate. */
  readonly caFile?: string | undefined
  readonly proxy?: string | undefined
}

/** One server that JSON is sent to. Redirects are not followed: what is sent is meant for this server alone. */
export class Asking {
  readonly #way: Way
  readonly #clock: Clock
  #agent: Promise<Dispatcher> | null = null

  constructor(way: Way, clock: Clock) {
    this.#way = way
    this.#clock = clock
  }

  /**
   * Sends `body` and reads what is answered.
   *
   * @param address may hold a secret, so that no message shows more of it than the host.
   * @throws ReceiverError the answer is no success, or there is none.
   */
  async post(
    address: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (!/^https?:\/\/[^/]/.test(address) || !URL.canParse(address)) {
      throw new ReceiverError('unavailable', 'the address does not begin with https:// or http://')
    }
    const { host } = new URL(address)
    let answer: Dispatcher.ResponseData
    let text: string
    try {
      const dispatcher = await this.#dispatcher()
      const all = { 'content-type': 'application/json', 'user-agent': 'eventloom', ...headers }
      answer = await request(address, { method: 'POST', body, headers: all, dispatcher, signal })
      text = await beginningOf(answer)
    } catch (error) {
      throw new ReceiverError('unavailable', `${host}: ${networkWords(error)}`)
    }
    const { statusCode: status } = answer
    if (status >= 200 && status < 300) return { status, text }
    const said = wordsOf(text)
    const what = `${host} answered ${status}${said === null ? '' : `: ${said}`}`
    if (status >= 300 && status < 400) {
      throw new ReceiverError(
        'unavailable',
        `${what}. It sends elsewhere, which is not followed: configure the address that it means`,
      )
    }
    const kind = REFUSES_MESSAGE.includes(status) ? 'refused' : 'unavailable'
    throw new ReceiverError(kind, what, { retryAfter: retryAfterOf(answer.headers['retry-after'], this.#clock()) })
  }

  async close(): Promise<void> {
    await (await this.#agent)?.destroy()
  }

  #dispatcher(): Promise<Dispatcher> {
    this.#agent ??= createAgent(this.#way).catch((error: unknown) => {
      this.#agent = null
      throw error
    })
    return this.#agent
  }
}

async function createAgent({ caFile, proxy }: Way): Promise<Dispatcher> {
  const tls = caFile === undefined ? {} : { ca: await readFile(caFile) }
  const connect = { ...tls, timeout: CONNECT_TIMEOUT_MS }
  return proxy === undefined ? new Agent({ connect }) : new ProxyAgent({ uri: proxy, requestTls: connect, connect })
}

async function beginningOf({ body }: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= MOST_ANSWER_BYTES) break
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, MOST_ANSWER_BYTES)
}

/** What an answer says where it is a word or a few, such as `invalid_payload`; anything else may hold what nobody may see. */
export function wordsOf(text: string): string | null {
  const words = text.trim()
  return /^[a-z][a-z _-]{1,58}[a-z]$/i.test(words) ? words : null
}

/** Seconds, or a date. */
export function retryAfterOf(header: string | readonly string[] | undefined, now: EpochMicros): EpochMicros | null {
  if (typeof header !== 'string') return null
  if (/^\d{1,9}$/.test(header)) return Number(header) * SECOND
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date * MILLISECOND - now)
}

function networkWords(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown }
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time'
  return typeof code === 'string' ? (NETWORK[code] ?? code) : 'no connection'
}

const NETWORK: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
  ENOTFOUND: 'there is no such host (ENOTFOUND)',
  EAI_AGAIN: 'its name cannot be looked up now (EAI_AGAIN)',
  ECONNRESET: 'it closed the connection (ECONNRESET)',
  UND_ERR_SOCKET: 'it closed the connection (UND_ERR_SOCKET)',
  UND_ERR_CONNECT_TIMEOUT: 'it does not take the connection in time (UND_ERR_CONNECT_TIMEOUT)',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by itself: name its signer with caFile (DEPTH_ZERO_SELF_SIGNED_CERT)',
  SELF_SIGNED_CERT_IN_CHAIN:
    'nobody known signed its certificate: name the signer with caFile (SELF_SIGNED_CERT_IN_CHAIN)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'nobody known signed its certificate: name the signer with caFile (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
}
