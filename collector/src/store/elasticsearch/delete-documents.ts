import type { BulkOperation, BulkSender } from './bulk.ts'
import type { Query } from './filter-query.ts'
import type { Hit, Search } from './search.ts'

/** Documents deleted, or roll-ups put, at once. */
export const AT_ONCE = 5_000

/**
 * Deletes what matches, one by one: `_delete_by_query` is a module that a server may lack. A document that has become a newer
 * version meanwhile stays, where versions are ours.
 *
 * @param doomed `sort` must put the documents into one order.
 * @returns ids of what was found.
 */
export async function deleteDocuments(
  { search, sender }: { readonly search: Search; readonly sender: BulkSender },
  index: string,
  doomed: { readonly query: Query; readonly sort: readonly object[]; readonly hasOwnVersions?: boolean },
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { query, sort, hasOwnVersions: version = false } = doomed
  const found: string[] = []
  for (let after: readonly unknown[] | undefined; ;) {
    const page = { query, size: AT_ONCE, _source: false, sort, version, track_total_hits: false }
    const answer = await search.in(index, after === undefined ? page : { ...page, search_after: after }, signal)
    const hits = answer?.hits.hits ?? []
    await sender.send(
      hits.map((hit) => deletion(index, hit)),
      new Map(),
      signal,
    )
    for (const { _id } of hits) found.push(_id)
    after = hits.at(-1)?.sort
    if (hits.length < AT_ONCE || after === undefined) return found
  }
}

function deletion(index: string, { _id, _version: version }: Hit): BulkOperation {
  const action = { _index: index, _id, ...(version === undefined ? {} : { version, version_type: 'external_gte' }) }
  return { id: _id, index, lines: () => `${JSON.stringify({ delete: action })}\n` }
}
