import { Client, Serializer, Transport, type ClientOptions } from '@elastic/elasticsearch'
import { readFile, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { parseJson } from '../../event/json.ts'
import { StoreUnavailableError } from '../store.ts'
import { ElasticsearchRefusedError, failureOf } from './failure.ts'

/** How to reach a cluster and who we are there. Files are read again when they change. */
export interface ConnectionSettings {
  /** `https://host:9200`, one or more of the same cluster. */
  readonly nodes: readonly string[]
  /** With `password` or `passwordFile`. */
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly passwordFile?: string | undefined
  /** The encoded key, `id:secret` in base64. */
  readonly apiKey?: string | undefined
  readonly apiKeyFile?: string | undefined
  readonly bearerTokenFile?: string | undefined
  /** PEM files: who signed the server's certificate, and our own certificate with its key. */
  readonly caFile?: string | undefined
  readonly certificateFile?: string | undefined
  readonly keyFile?: string | undefined
  /** Use files with secrets even when every user of this machine can read them. */
  readonly allowSharedSecretFiles?: boolean | undefined
  /** An answer that takes longer counts as none. */
  readonly requestTimeoutMs: number
}

export interface ElasticsearchRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>>
  readonly body?: object
  /** Lines of JSON, each ended by a line feed, instead of `body`. */
  readonly lines?: string
  /** Statuses that are an answer and no failure. */
  readonly accept?: readonly number[]
}

export interface ElasticsearchAnswer<Body> {
  readonly status: number
  readonly body: Body
  readonly headers: Readonly<Record<string, unknown>>
}

/** One cluster, over HTTP. Nothing is sent before the first request. */
export interface Connection {
  /**
   * Sends once: who tries again, when, and with what, is the caller's judgement.
   *
   * @param doing what the request is for, for the message: `writing to Elasticsearch`.
   * @throws StoreUnavailableError no answer, or one that says "not now".
   * @throws ElasticsearchRefusedError an answer that trying again will not change.
   */
  request<Body>(doing: string, request: ElasticsearchRequest, signal: AbortSignal): Promise<ElasticsearchAnswer<Body>>
  close(): Promise<void>
}

/** Plain JSON: the client's own media type is refused by servers of the major version before it. */
const JSON_TYPE = { accept: 'application/json', 'content-type': 'application/json' }
const LINES_TYPE = { accept: 'application/json', 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }

/** The client's own level takes much longer for a body that is little smaller. */
const LINES_COMPRESSION = { level: 3 }
const compress = promisify(gzip)

/** Proxies may remove the header by which the client knows the product; the probe judges by the version. */
class AnyProductTransport extends Transport {
  constructor(options: ConstructorParameters<typeof Transport>[0]) {
    const unchecked = { ...options }
    delete unchecked.productCheck
    super(unchecked)
  }
}

/** What answers may not be Elasticsearch: deep nesting is refused before it costs memory, and the text of an answer is in no error. */
class BoundedSerializer extends Serializer {
  override deserialize<T = unknown>(json: string): T {
    try {
      return parseJson(json) as T
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      throw new Error('the answer is no JSON that can be read')
    }
  }
}

/** Larger than a page of 10,000 observations with long notes. */
const MAX_ANSWER_BYTES = 256 * 1_048_576

export function connect(settings: ConnectionSettings): Connection {
  const clients = new Clients(settings)
  const place = settings.nodes.join(', ')
  return {
    async request<Body>(doing: string, request: ElasticsearchRequest, signal: AbortSignal) {
      signal.throwIfAborted()
      const { method, path, query = {}, body, lines, accept = [] } = request
      try {
        const { client, headers } = await clients.current()
        const answer = await client.transport.request<Body>(
          {
            method,
            path,
            querystring: query,
            ...(body === undefined ? {} : { body }),
            ...(lines === undefined ? {} : { bulkBody: await compress(lines, LINES_COMPRESSION) }),
          },
          {
            meta: true,
            signal,
            ignore: [...accept],
            maxResponseSize: MAX_ANSWER_BYTES,
            headers: { ...(lines === undefined ? JSON_TYPE : LINES_TYPE), ...headers },
            compression: lines === undefined,
          },
        )
        const status = answer.statusCode ?? 0
        if (typeof answer.body === 'string' && answer.body !== '' && !accept.includes(status))
          throw new StoreUnavailableError(
            `${doing} (${place}): the answer is not JSON. Is that address really Elasticsearch's`,
            { cause: answer.body.slice(0, 200) },
          )
        // A proxy's page, of which the status says all.
        const answered = typeof answer.body === 'object' && answer.body !== null ? answer.body : ({} as Body)
        return { status, body: answered, headers: answer.headers ?? {} }
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (error instanceof StoreUnavailableError) throw error
        const failure = failureOf(error)
        const message = `${doing} (${place}): ${failure.text}`
        if (failure.kind === 'unavailable') throw new StoreUnavailableError(message, { cause: error })
        throw new ElasticsearchRefusedError(message, failure, { cause: error })
      }
    },
    close: () => clients.close(),
  }
}

/** The client, made anew when a certificate file has changed; secrets go into the headers of each request. */
class Clients {
  readonly #settings: ConnectionSettings
  readonly #files = new Files()
  #client: Client | null = null
  #certificates = ''

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
  }

  async current(): Promise<{ readonly client: Client; readonly headers: Readonly<Record<string, string>> }> {
    const { caFile, certificateFile, keyFile } = this.#settings
    const [ca, cert, key] = [await this.#read(caFile), await this.#read(certificateFile), await this.#secret(keyFile)]
    const certificates = JSON.stringify([ca, cert, key])
    if (this.#client === null || certificates !== this.#certificates) {
      const old = this.#client
      this.#client = new Client(this.#options({ ca, cert, key }))
      this.#certificates = certificates
      await old?.close()
    }
    return { client: this.#client, headers: await this.#authorization() }
  }

  async close(): Promise<void> {
    await this.#client?.close()
    this.#client = null
  }

  #options(files: { readonly [name in 'ca' | 'cert' | 'key']: string | undefined }): ClientOptions {
    const { nodes, requestTimeoutMs } = this.#settings
    const given = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined))
    return {
      nodes: [...nodes],
      ...(Object.keys(given).length === 0 ? {} : { tls: given }),
      Transport: AnyProductTransport,
      Serializer: BoundedSerializer,
      requestTimeout: requestTimeoutMs,
      maxRetries: 0,
      compression: true,
      enableMetaHeader: false,
      // Its errors would hold our private key.
      redaction: { type: 'remove' },
    }
  }

  async #authorization(): Promise<Readonly<Record<string, string>>> {
    const { username, password, passwordFile, apiKey, apiKeyFile, bearerTokenFile } = this.#settings
    const key = apiKey ?? (await this.#secret(apiKeyFile))
    if (key !== undefined) return { authorization: `ApiKey ${key.trim()}` }
    const token = await this.#secret(bearerTokenFile)
    if (token !== undefined) return { authorization: `Bearer ${token.trim()}` }
    if (username === undefined) return {}
    const secret = password ?? (await this.#secret(passwordFile))?.trim() ?? ''
    return { authorization: `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}` }
  }

  #read(file: string | undefined): Promise<string> | undefined {
    return file === undefined ? undefined : this.#files.read(file)
  }

  async #secret(file: string | undefined): Promise<string | undefined> {
    const text = await this.#read(file)
    if (file === undefined || this.#settings.allowSharedSecretFiles === true) return text
    if (((await stat(file)).mode & READABLE_BY_ALL) === 0) return text
    throw new Error(
      `every user of this machine can read ${file}. Close it: chmod o-r ${file} (of a Secret in Kubernetes, defaultMode: 0440), or set store.elasticsearch.allowSharedSecretFiles: true`,
    )
  }
}

const READABLE_BY_ALL = 0o004

/** Texts of small files, read again when they changed. */
class Files {
  readonly #known = new Map<string, { readonly version: string; readonly text: string }>()

  async read(file: string): Promise<string> {
    const text = await this.#read(file).catch((error: unknown) => {
      const { code = 'unknown' } = error as NodeJS.ErrnoException
      throw new Error(`${file} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}`, { cause: error })
    })
    if (text.trim() === '') throw new Error(`${file} is empty`)
    return text
  }

  async #read(file: string): Promise<string> {
    const { mtimeMs, size, ino } = await stat(file)
    const version = `${String(mtimeMs)} ${String(size)} ${String(ino)}`
    const known = this.#known.get(file)
    if (known?.version === version) return known.text
    const text = await readFile(file, 'utf8')
    this.#known.set(file, { version, text })
    return text
  }
}
