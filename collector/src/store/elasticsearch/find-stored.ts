import type { EpochMicros } from '../../clock.ts'
import { StoreUnavailableError } from '../store.ts'
import type { Connection } from './connection.ts'
import { indexOf } from './layout.ts'

/** Versions asked for at once; each is looked for in two indices. */
const AT_ONCE = 2_000

interface GetAnswer {
  readonly docs?: readonly {
    readonly _id: string
    readonly found?: boolean
    readonly error?: { readonly type?: string; readonly reason?: string }
  }[]
}

type Version = { readonly id: string; readonly lastObserved: EpochMicros }

/** Which of these versions are stored. The type of a version is not known here, so both indices of its day are asked. */
export async function findStored(
  connection: Connection,
  prefix: string,
  versions: readonly Version[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let start = 0; start < versions.length; start += AT_ONCE) {
    for (const id of await findSome(connection, prefix, versions.slice(start, start + AT_ONCE), signal)) found.add(id)
  }
  return found
}

async function findSome(
  connection: Connection,
  prefix: string,
  versions: readonly Version[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const docs = versions.flatMap(({ id, lastObserved }) =>
    ['Normal', 'Warning'].map((type) => ({ _index: indexOf(prefix, { type, lastObserved }), _id: id, _source: false })),
  )
  const query = { filter_path: 'docs._id,docs.found,docs.error.type,docs.error.reason' }
  const { body } = await connection.request<GetAnswer>(
    'looking in Elasticsearch',
    { method: 'POST', path: '/_mget', query, body: { docs } },
    signal,
  )
  return (body.docs ?? []).flatMap(({ _id, found, error }) => {
    if (error !== undefined && error.type !== 'index_not_found_exception') {
      const reason = error.reason ?? 'it gave no reason'
      throw new StoreUnavailableError(`looking in Elasticsearch: ${reason}`, { cause: error })
    }
    return found === true ? [_id] : []
  })
}
