import { createHash } from 'node:crypto'
import type { RecordKind, RecordOf, StoreRecord } from '../../event/record.ts'
import type { RecordRange } from '../store.ts'
import type { BulkOperation } from './bulk.ts'
import type { Query } from './filter-query.ts'
import type { Search } from './search.ts'

/** Records read at once. */
const PAGE = 1_000

/** Elasticsearch takes ids up to 512 bytes; a longer one of ours is replaced by its hash. */
const LONGEST_ID = 400

/**
 * Puts a record: its revision is the document's external version, so that Elasticsearch refuses, as a conflict, what is not
 * newer.
 */
export function recordOperation(index: string, record: StoreRecord): BulkOperation {
  const [_id, version] = [documentId(record), record.revision]
  const action = { index: { _index: index, _id, version, version_type: 'external' } }
  return {
    id: `${_id} ${String(version)}`,
    index,
    lines: () => `${JSON.stringify(action)}\n${JSON.stringify(record)}\n`,
  }
}

/** Records of a kind that overlap a range, in its order. */
export async function readRecords<Kind extends RecordKind>(
  search: Search,
  index: string,
  kind: Kind,
  range: RecordRange,
  signal: AbortSignal,
): Promise<readonly RecordOf<Kind>[]> {
  const { limit = Infinity } = range
  const order = range.order === 'newest' ? 'desc' : 'asc'
  const found: RecordOf<Kind>[] = []
  for (let after: readonly unknown[] | undefined; found.length < limit;) {
    const size = Math.min(PAGE, limit - found.length)
    const body = {
      query: overlapQuery(kind, range),
      size,
      sort: [{ from: order }, { id: order }],
      track_total_hits: false,
      ...(after === undefined ? {} : { search_after: after }),
    }
    const hits = (await search.in(index, body, signal))?.hits.hits ?? []
    for (const { _source } of hits) found.push(_source as unknown as RecordOf<Kind>)
    after = hits.at(-1)?.sort
    if (hits.length < size || after === undefined) break
  }
  return found
}

/** A record is [from, to), or the point `from` where both are equal. */
function overlapQuery(kind: RecordKind, { from, to, id }: RecordRange): Query {
  const filter: Query[] = [
    { term: { kind } },
    { range: { from: { lt: to } } },
    {
      bool: { should: [{ range: { to: { gt: from } } }, { range: { from: { gte: from } } }], minimum_should_match: 1 },
    },
  ]
  if (id !== undefined) filter.push({ term: { id } })
  return { bool: { filter } }
}

/** Of kinds that have nothing in common, so that no two records share one. */
function documentId({ kind, id }: StoreRecord): string {
  const short = Buffer.byteLength(id) <= LONGEST_ID ? id : createHash('sha256').update(id).digest('hex')
  return `${kind}:${short}`
}
