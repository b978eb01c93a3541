import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What happens to one request instead of passing. */
export type Fault =
  /** It never reaches the server. */
  | { readonly kind: 'answer'; readonly status: number; readonly contentType: string; readonly body: string }
  /** The connection ends before the request reaches the server, or after the server has answered. */
  | { readonly kind: 'cut'; readonly when: 'before' | 'after' }

export interface FaultProxy {
  readonly url: string
  /** Requests that passed. */
  readonly passed: number
  readonly faults: number
  close(): Promise<void>
}

export interface ProxiedRequest {
  /** From 1. */
  readonly number: number
  readonly method: string
  readonly path: string
  readonly bytes: number
}

/**
 * An HTTP proxy that judges each request whole, as load balancers and quota services do.
 *
 * @param hidden headers of the server that it does not pass on, in lower case.
 */
export async function startFaultProxy(
  target: string,
  judge: (request: ProxiedRequest) => Fault | null,
  hidden: readonly string[] = [],
): Promise<FaultProxy> {
  let [number, passed, faults] = [0, 0, 0]
  const server = createServer((incoming, answer) => {
    void (async () => {
      const body = await bodyOf(incoming)
      const path = incoming.url ?? '/'
      const fault = judge({ number: ++number, method: incoming.method ?? 'GET', path, bytes: body.length })
      if (fault === null) passed++
      else faults++
      if (fault?.kind === 'answer')
        answer.writeHead(fault.status, { 'content-type': fault.contentType }).end(fault.body)
      else if (fault?.when === 'before') incoming.socket.destroy()
      else pass({ target, hidden, cut: fault?.when === 'after' }, incoming, body, answer)
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    get passed() {
      return passed
    },
    get faults() {
      return faults
    },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of incoming) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

interface Passage {
  readonly target: string
  readonly hidden: readonly string[]
  readonly cut: boolean
}

function pass({ target, hidden, cut }: Passage, incoming: IncomingMessage, body: Buffer, answer: ServerResponse): void {
  const { method, headers, url = '/' } = incoming
  // A connection of its own: one kept open may be closed by the server just now.
  const onward = request(`${target}${url}`, { method, headers, agent: false }, (response) => {
    if (cut) {
      response.resume().on('end', () => incoming.socket.destroy())
      return
    }
    const passed = Object.entries(response.headers).filter(([name]) => !hidden.includes(name))
    answer.writeHead(response.statusCode ?? 502, Object.fromEntries(passed))
    response.pipe(answer)
  })
  onward.on('error', () => incoming.socket.destroy())
  onward.end(body)
}
