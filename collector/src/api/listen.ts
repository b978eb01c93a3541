import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { isLoopback, type Config } from '../config/config.ts'
import { removeCollectorFile, writeCollectorFile } from './collector-file.ts'

/** Shorter secrets can be guessed. */
const SHORTEST_TOKEN = 16
/** How long answers under way may take when the collector stops. */
const STOP_MS = 2_000

/** Connections at once; each holds some memory even while it asks nothing. */
const MOST_CONNECTIONS = 1_024

/** The API cannot listen as configured. The message says why and what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
  readonly code = 'CANNOT_LISTEN'
}

export interface Listening {
  /** Where this machine reaches the API. */
  readonly url: string
  readonly probesUrl: string | null
  close(): Promise<void>
}

/**
 * The secret that callers must send, or null when none is configured.
 *
 * @throws ListenError the file cannot be read, or can be read by everybody, or holds less than 16 characters.
 */
export async function readToken({ tokenFile, allowSharedTokenFile }: Config['api']): Promise<string | null> {
  if (tokenFile === undefined) return null
  let token: string
  let mode: number
  try {
    mode = (await stat(tokenFile)).mode
    token = (await readFile(tokenFile, 'utf8')).trim()
  } catch (cause) {
    throw new ListenError(`api.tokenFile: ${tokenFile} cannot be read. ${howToMake(tokenFile)}`, { cause })
  }
  if ((mode & READABLE_BY_ALL) !== 0 && !allowSharedTokenFile) {
    throw new ListenError(`api.tokenFile: every user of this machine can read ${tokenFile}. Close it: chmod o-r ${tokenFile} (of a Secret in Kubernetes, defaultMode: 0440). Or set api.allowSharedTokenFile: true.`) // prettier-ignore
  }
  if (token.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(token)) return token
  throw new ListenError(`api.tokenFile: ${tokenFile} must hold one word of ${SHORTEST_TOKEN} characters or more. ${howToMake(tokenFile)}`) // prettier-ignore
}

const READABLE_BY_ALL = 0o004

const howToMake = (file: string) => `Make it, for example: (umask 077; openssl rand -hex 32 > ${file})`

/**
 * Serves the API and, where configured, the probes, and says so in `collector.json` of the data directory.
 *
 * @throws ListenError an address is in use, or would be open to everybody.
 */
export async function listen(
  { api, data }: Pick<Config, 'api' | 'data'>,
  listeners: { readonly api: RequestListener; readonly probes: RequestListener; readonly hasToken: boolean },
  pid: number,
): Promise<Listening> {
  // The configuration is checked before; this is the last door, whoever calls.
  if (!isLoopback(api.host) && !listeners.hasToken) {
    throw new ListenError(`api.host: ${api.host} can be reached from other machines, and there is no token. Set api.tokenFile, or listen on 127.0.0.1.`) // prettier-ignore
  }
  const server = await serve(listeners.api, 'api', api)
  let probes: Server | null = null
  try {
    probes = api.probes === undefined ? null : await serve(listeners.probes, 'api.probes', api.probes)
  } catch (error) {
    await stop(server)
    throw error
  }
  const url = urlOf(server)
  const tokenFile = api.tokenFile === undefined ? null : resolve(api.tokenFile)
  await writeCollectorFile(data, { url, pid, tokenFile })
  return {
    url,
    probesUrl: probes === null ? null : urlOf(probes),
    close: async () => {
      await removeCollectorFile(data)
      await Promise.all([server, ...(probes === null ? [] : [probes])].map(stop))
    },
  }
}

async function serve(
  listener: RequestListener,
  setting: string,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 65_000, headersTimeout: 10_000 }, listener)
  server.maxConnections = MOST_CONNECTIONS
  server.listen(port, host.replace(/^\[(.*)\]$/, '$1'))
  try {
    await once(server, 'listening')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be listened on (${code ?? 'unknown'})`
    throw new ListenError(`${setting}: ${host}:${port} ${why}. Choose another ${setting}.port; 0 takes any free one.`, { cause }) // prettier-ignore
  }
  return server
}

/** Lets answers end, then cuts what is left: an export may be going on for hours. */
async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MS)
  await closed
  clearTimeout(timer)
}

function urlOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo
  const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
