import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { Etcd, matchesSelector, type FakeEvent, type Version } from './fake-etcd.ts'
import { createFlood, type Flood, type FloodOptions } from './fake-flood.ts'

export interface FakeApiServerOptions {
  readonly port?: number
  /** uid of the namespace kube-system; null answers 403 for it. */
  readonly clusterUid?: string | null
  /** Serve invented events without keeping them, for load. */
  readonly flood?: FloodOptions
}

export type RequestKind = 'list' | 'continue' | 'watch' | 'uid' | 'version'

export interface SeenRequest {
  readonly kind: RequestKind
  readonly path: string
  readonly query: URLSearchParams
  readonly authorization: string | undefined
  readonly timeMs: number
}

/** What goes wrong with one request. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly message?: string }
  /** A Status object of that code in an ERROR notice of a watch that began with 200. */
  | { readonly kind: 'error notice'; readonly code: number; readonly message?: string }
  /** No byte is ever answered. */
  | { readonly kind: 'no answer' }
  | { readonly kind: 'reset' }
  /** The watch opens and stays silent, whatever happens. */
  | { readonly kind: 'stall' }
  /** These bytes come first on the watch. */
  | { readonly kind: 'inject'; readonly bytes: Buffer }
  /** A list that always has another page, with so many new items each. */
  | { readonly kind: 'endless'; readonly items: number }
  /** The answer ends properly after this many bytes. */
  | { readonly kind: 'cut'; readonly bytes: number }

/**
 * An API server as far as events need one: paged lists with continue tokens that expire, watches from a version, 410, over
 * a history that can be compacted and restored. It does what the real one does where tests compare the two, and goes wrong
 * on demand where the real one cannot be made to.
 */
export interface FakeApiServer {
  readonly url: string
  readonly etcd: Etcd
  readonly requests: readonly SeenRequest[]
  /** Text of a kubeconfig for this server. */
  readonly kubeconfig: string
  /** Each request of the kind takes one fault, first in, first out. */
  fail(kind: RequestKind, ...faults: readonly Fault[]): void
  /** Every request of the kind takes this fault; null ends that. */
  failAlways(kind: RequestKind, fault: Fault | null): void
  /** Each request waits for this before it is answered. */
  beforeAnswer(wait: (request: SeenRequest) => Promise<void>): void
  /** Only this token is accepted; null accepts everything. */
  requireToken(token: string | null): void
  /** Bytes per write of a watch; null writes whole lines. */
  splitWrites(bytes: number | null): void
  closeWatches(): void
  resetWatches(): void
  readonly openWatches: number
  /** TCP connections accepted so far. */
  readonly connectionsMade: number
  setClusterUid(uid: string | null): void
  /** Stops listening and cuts every connection, as kill -9 does. `restart` listens on the same port again. */
  kill(): Promise<void>
  restart(): Promise<void>
  close(): Promise<void>
}

export async function startFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const core = new Core(options)
  await core.listen(options.port ?? 0)
  return core
}

interface OpenWatch {
  readonly response: ServerResponse
  readonly write: (version: Version) => void
  isStalled: boolean
}

const ALL_EVENTS = /^\/apis\/events\.k8s\.io\/v1\/(?:namespaces\/([^/]+)\/)?events$/

class Core implements FakeApiServer {
  readonly etcd = new Etcd()
  readonly requests: SeenRequest[] = []
  connectionsMade = 0
  readonly #flood: Flood | null
  readonly #sockets = new Set<Socket>()
  readonly #watches = new Set<OpenWatch>()
  readonly #faults = new Map<RequestKind, Fault[]>()
  readonly #always = new Map<RequestKind, Fault>()
  #server: Server | null = null
  #port = 0
  #token: string | null = null
  #splitBytes: number | null = null
  #clusterUid: string | null
  #endless = 0
  #wait: ((request: SeenRequest) => Promise<void>) | null = null

  constructor({ clusterUid = '0c0ffee0-0000-4000-8000-000000000001', flood }: FakeApiServerOptions) {
    this.#clusterUid = clusterUid
    this.#flood = flood === undefined ? null : createFlood(flood)
    this.etcd.onVersion((version) => {
      for (const watch of this.#watches) if (!watch.isStalled) watch.write(version)
    })
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get kubeconfig(): string {
    const user = this.#token === null ? {} : { token: this.#token }
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'fake', cluster: { server: this.url } }],
      users: [{ name: 'fake', user }],
      contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }],
      'current-context': 'fake',
    })
  }

  get openWatches(): number {
    return this.#watches.size
  }

  fail(kind: RequestKind, ...faults: readonly Fault[]): void {
    this.#faults.set(kind, [...(this.#faults.get(kind) ?? []), ...faults])
  }

  failAlways(kind: RequestKind, fault: Fault | null): void {
    if (fault === null) this.#always.delete(kind)
    else this.#always.set(kind, fault)
  }

  beforeAnswer(wait: (request: SeenRequest) => Promise<void>): void {
    this.#wait = wait
  }

  requireToken(token: string | null): void {
    this.#token = token
  }

  splitWrites(bytes: number | null): void {
    this.#splitBytes = bytes
  }

  setClusterUid(uid: string | null): void {
    this.#clusterUid = uid
  }

  closeWatches(): void {
    for (const { response } of this.#watches) response.end()
  }

  resetWatches(): void {
    for (const { response } of this.#watches) response.socket?.resetAndDestroy()
  }

  async listen(port: number): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response))
    server.on('connection', (socket) => {
      this.connectionsMade += 1
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve))
    this.#server = server
    this.#port = (server.address() as AddressInfo).port
  }

  async kill(): Promise<void> {
    const server = this.#server
    this.#server = null
    for (const socket of this.#sockets) socket.resetAndDestroy()
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  restart(): Promise<void> {
    return this.listen(this.#port)
  }

  close(): Promise<void> {
    return this.kill()
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', 'http://fake')
    const kind = kindOf(path, query)
    // It has no other kinds of objects, and tests of events are not to be disturbed by who asks for them.
    if ((kind === 'list' || kind === 'watch') && !ALL_EVENTS.test(path)) {
      return status(response, 404, `the server could not find ${path}`)
    }
    const { authorization } = request.headers
    const seen = { kind, path, query, authorization, timeMs: Date.now() }
    this.requests.push(seen)
    if (this.#wait === null) this.#answerNow(seen, response)
    else void this.#wait(seen).then(() => this.#answerNow(seen, response))
  }

  #answerNow({ kind, path, query, authorization }: SeenRequest, response: ServerResponse): void {
    if (this.#token !== null && authorization !== `Bearer ${this.#token}`) return status(response, 401, 'Unauthorized')
    const fault = this.#faults.get(kind)?.shift() ?? this.#always.get(kind)
    if (fault !== undefined && this.#goWrong(fault, response)) return
    if (kind === 'version') return json(response, { major: '1', minor: '37' })
    if (kind === 'uid') {
      if (this.#clusterUid === null) return status(response, 403, 'namespaces "kube-system" is forbidden')
      return json(response, { metadata: { name: 'kube-system', uid: this.#clusterUid } })
    }
    const match = ALL_EVENTS.exec(path)
    if (match === null) return status(response, 404, `the server could not find ${path}`)
    if (kind === 'watch') this.#watch(query, match[1], response, fault)
    else if (fault?.kind === 'endless') json(response, this.#endlessPage(fault.items))
    else this.#list(query, match[1], response)
  }

  /** True when nothing more is to be answered. */
  #goWrong(fault: Fault, response: ServerResponse): boolean {
    switch (fault.kind) {
      case 'status':
        if (fault.retryAfter !== undefined) response.setHeader('Retry-After', fault.retryAfter)
        status(response, fault.status, fault.message ?? 'made to fail')
        return true
      case 'error notice':
        response.writeHead(200, { 'Content-Type': 'application/json' })
        response.end(
          `${JSON.stringify({ type: 'ERROR', object: statusObject(fault.code, fault.message ?? 'made to fail') })}\n`,
        )
        return true
      case 'no answer':
        return true
      case 'reset':
        response.socket?.resetAndDestroy()
        return true
      case 'endless':
      case 'stall':
      case 'inject':
      case 'cut':
        return false
    }
  }

  #list(query: URLSearchParams, namespace: string | undefined, response: ServerResponse): void {
    if (this.#flood !== null) return this.#flood.list(query, response)
    const page = this.etcd.list({
      limit: Number(query.get('limit') ?? 0),
      token: query.get('continue'),
      matches: (event) => matches(event, namespace, query.get('fieldSelector')),
    })
    if (page.kind === 'expired') {
      const message = 'The provided continue parameter is too old'
      return json(response, { ...statusObject(410, message, 'Expired'), metadata: { continue: page.token } }, 410)
    }
    json(response, {
      kind: 'EventList',
      apiVersion: 'events.k8s.io/v1',
      metadata: { resourceVersion: String(page.resourceVersion), ...(page.token !== null && { continue: page.token }) },
      // Typed lists of the real server leave these two to the list.
      items: page.items.map((item) => ({ ...item, kind: undefined, apiVersion: undefined })),
    })
  }

  #endlessPage(items: number): unknown {
    for (let index = 0; index < items; index += 1) this.etcd.create({ name: `endless-${++this.#endless}` })
    const { resourceVersion, items: made } = this.etcd.list({ limit: 0, token: null, matches: () => true }) as { resourceVersion: number; items: readonly FakeEvent[] } // prettier-ignore
    const metadata = { resourceVersion: String(resourceVersion), continue: `page-${this.#endless}` }
    return { kind: 'EventList', apiVersion: 'events.k8s.io/v1', metadata, items: items === 0 ? [] : made.slice(-items) }
  }

  #watch(query: URLSearchParams, namespace: string | undefined, response: ServerResponse, fault?: Fault): void {
    if (this.#flood !== null) return this.#flood.watch(query, response)
    const from = Number(query.get('resourceVersion') ?? 0)
    const selector = query.get('fieldSelector')
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.flushHeaders()
    if (fault?.kind === 'inject') response.write(fault.bytes)
    const history = this.etcd.since(from)
    if (history === 'compacted') {
      const object = statusObject(410, `too old resource version: ${from}`, 'Expired')
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`)
      return
    }
    let left = fault?.kind === 'cut' ? fault.bytes : Infinity
    const write = (version: Version) => {
      if (response.writableEnded || version.resourceVersion <= from || !matches(version.event, namespace, selector))
        return
      const line = Buffer.from(`${JSON.stringify({ type: version.type, object: version.event })}\n`)
      this.#write(response, line.subarray(0, left))
      left -= line.length
      if (left <= 0) response.end()
    }
    const watch: OpenWatch = { response, write, isStalled: fault?.kind === 'stall' }
    if (!watch.isStalled) history.forEach(write)
    this.#watches.add(watch)
    const timer = setTimeout(() => response.end(), Number(query.get('timeoutSeconds') ?? 1_800) * 1_000)
    response.on('close', () => {
      clearTimeout(timer)
      this.#watches.delete(watch)
    })
  }

  #write(response: ServerResponse, bytes: Buffer): void {
    const size = this.#splitBytes ?? bytes.length
    for (let start = 0; start < bytes.length; start += size) response.write(bytes.subarray(start, start + size))
  }
}

function kindOf(path: string, query: URLSearchParams): RequestKind {
  if (path === '/version') return 'version'
  if (path === '/api/v1/namespaces/kube-system') return 'uid'
  if (query.has('watch')) return 'watch'
  return query.has('continue') ? 'continue' : 'list'
}

function matches(event: FakeEvent, namespace: string | undefined, selector: string | null): boolean {
  return (namespace === undefined || event.metadata.namespace === namespace) && matchesSelector(event, selector ?? '')
}

function json(response: ServerResponse, body: unknown, code = 200): void {
  response.writeHead(code, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(body))
}

function status(response: ServerResponse, code: number, message: string, reason = ''): void {
  json(response, statusObject(code, message, reason), code)
}

function statusObject(code: number, message: string, reason = ''): Record<string, unknown> {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code }
}
