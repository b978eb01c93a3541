import type { Connection } from './connection.ts'

/** The first version whose answers the tests compare; older ones differ in ways nobody looked at. */
const OLDEST = { major: 8, minor: 19 }

/** The server is not one that this store can use. Another server, or another version of it, has to be named. */
export class UnsupportedServerError extends Error {
  override readonly name = 'UnsupportedServerError'
  readonly code = 'UNSUPPORTED_SERVER'
  readonly retryable = false
}

interface NodesAnswer {
  readonly nodes?: Readonly<Record<string, { readonly version?: string }>>
}

/**
 * Asks for the server's version, without `GET /`, which needs a privilege of its own and which some proxies answer
 * themselves. A proxy (or a role) may hide the version: then null, and the first request that does not fit tells.
 *
 * @throws UnsupportedServerError it is too old, or OpenSearch (whose versions begin at 1 and whose mappings differ).
 */
export async function probe(connection: Connection, signal: AbortSignal): Promise<string | null> {
  const { body } = await connection.request<NodesAnswer | null>(
    'asking Elasticsearch for its version',
    {
      method: 'GET',
      path: '/_nodes/_local',
      query: { filter_path: 'nodes.*.version' },
      accept: [400, 403, 404, 405, 410],
    },
    signal,
  )
  const version = Object.values(body?.nodes ?? {})[0]?.version ?? null
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number)
  const isKnown = version !== null
  if (isKnown && (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor))) {
    throw new UnsupportedServerError(
      `the server says it is version ${version}. This store needs Elasticsearch ${String(OLDEST.major)}.${String(OLDEST.minor)} or newer; OpenSearch is not supported`,
    )
  }
  return version
}
