import { setTimeout as delay } from 'node:timers/promises'
import { StoreUnavailableError, type EventStore } from '../store.ts'
import { BulkSender, type BulkLimits } from './bulk.ts'
import { connect, type ConnectionSettings } from './connection.ts'
import { Indices } from './indices.ts'
import type { LayoutSettings } from './layout.ts'
import { createReader } from './reader.ts'
import { reindex, type ReindexProgress, type ReindexSummary } from './reindex.ts'
import { expireRows } from './retention.ts'
import { Search } from './search.ts'
import { Sizes } from './sizes.ts'
import { waitingForShards } from './waiting-for-shards.ts'
import { createWriter } from './writer.ts'

export type { ReindexProgress, ReindexSummary } from './reindex.ts'

export interface ElasticsearchOptions {
  readonly connection: ConnectionSettings
  readonly layout: LayoutSettings
  readonly bulk: BulkLimits
  readonly random: () => number
  /** Told when a request was larger than the server lets pass. */
  readonly onSplit?: (characters: number) => void
}

/**
 * The store in an Elasticsearch cluster. Opening it asks nothing: a cluster that is down is an operation that is
 * unavailable, tried again by whoever needs it. What this process wrote, its reads see; what others wrote they see after
 * the refresh interval.
 */
export function openElasticsearchStore({
  connection: to,
  layout,
  bulk,
  random,
  onSplit,
}: ElasticsearchOptions): EventStore {
  const connection = waitingForShards(connect(to), (ms, signal) => delay(ms, undefined, { signal }))
  const indices = new Indices(connection, layout)
  const search = new Search(connection, indices)
  const sizes = new Sizes(connection, indices)
  const sender = new BulkSender(connection, bulk, {
    delay: (ms, signal) => delay(ms, undefined, { signal }),
    random,
    onWritten: (names) => indices.touch(names),
    makeIndices: (names, signal) => indices.restore(names, signal),
    ...(onSplit === undefined ? {} : { onSplit }),
  })
  let lastExpiry: Promise<unknown> = Promise.resolve()
  return {
    ...createWriter(connection, indices, search, sender),
    ...createReader(indices, search, sizes),
    // One after the other: two at once would each find the rows that the other removes.
    expire(policy, now, signal) {
      const mine = lastExpiry.then(() => expireRows({ indices, search, sender, sizes }, policy, now, signal))
      lastExpiry = mine.catch(() => undefined)
      return mine
    },
    close: () => connection.close(),
  }
}

/** Copies what is kept under older mappings into indices with the current one (`reindex.ts`). Collectors may go on. */
export async function reindexElasticsearch(
  { connection: to, layout, bulk, random }: ElasticsearchOptions,
  report: (progress: ReindexProgress) => void,
  signal: AbortSignal,
): Promise<ReindexSummary> {
  const connection = connect(to)
  const indices = new Indices(connection, layout)
  const sender = new BulkSender(connection, bulk, {
    delay: (ms, abort) => delay(ms, undefined, { signal: abort }),
    random,
    onWritten: (names) => indices.touch(names),
    makeIndices: (names) => {
      const what = `${[...names].join(', ')} was removed while it was filled`
      return Promise.reject(new StoreUnavailableError(`copying an index: ${what}`, { cause: what }))
    },
  })
  try {
    return await reindex({ connection, indices, search: new Search(connection, indices), sender }, report, signal)
  } finally {
    await connection.close()
  }
}
