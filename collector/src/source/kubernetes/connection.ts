import { Agent, ProxyAgent, Socks5ProxyAgent, type Dispatcher } from 'undici'
import type { Credentials } from './kubeconfig.ts'

const CONNECT_TIMEOUT_MS = 10_000

/** TCP keep-alive probes and idle sockets: below the 60 s after which load balancers forget a connection. */
const KEEP_ALIVE_MS = 30_000

/** Lists of busy clusters took up to 47 s to begin (NVSentinel#1525). */
export const HEADERS_TIMEOUT_MS = 90_000

/**
 * The one agent of a cluster. No timeout on bodies: a quiet watch is silent for minutes, and the reader has a timer of
 * its own. HTTP/1.1, so that each stream has a socket whose back-pressure reaches the server.
 */
export function createDispatcher(tls: Credentials['tls'], proxy: string | null): Dispatcher {
  const common = {
    allowH2: false,
    bodyTimeout: 0,
    headersTimeout: HEADERS_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS,
  }
  const tcp = { keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, timeout: CONNECT_TIMEOUT_MS }
  const connect = { ...tls, ...tcp }
  if (proxy === null) return new Agent({ ...common, connect })
  if (proxy.startsWith('socks')) return new Socks5ProxyAgent(proxy, { ...common, requestTls: tls })
  return new ProxyAgent({ ...common, uri: proxy, requestTls: connect, connect: tcp })
}
