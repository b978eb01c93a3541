import { EARLIEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices } from '../notices.ts'
import { clustersAt } from '../problems/clusters.ts'
import type { AskedQuery } from './asked-query.ts'
import { ALERTABLE, type Frame } from './frame.ts'

/** Gaps looked through; of more than these every cluster has one. */
const MOST_GAPS = 1_000

/**
 * Metric `watched`: 1 for each cluster that is watched at the end of the range, else 0, whatever it is grouped by: of a cluster that
 * is not watched nothing else says anything. Metric `complete`: 1 for each that is watched and has no gap in the range.
 */
export async function answerWatched(
  asked: AskedQuery,
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const { query, from, to } = asked
  const isComplete = query.metric === 'complete'
  const [clusters, gaps, notices] = await Promise.all([
    clustersAt(reader, to, to, signal),
    isComplete ? reader.records('gap', { from, to, order: 'newest', limit: MOST_GAPS }, signal) : [],
    gapNotices(reader, isComplete ? { from, to } : { from: EARLIEST, to: EARLIEST + 1 }, signal),
  ])
  const incomplete = new Set(gaps.map(({ body }) => (body as { cluster?: string }).cluster ?? ''))
  const rows = [...clusters.values()].sort((a, b) => (a.cluster < b.cluster ? -1 : 1))
  // A gap of no cluster is one of all.
  const isWhole = (cluster: string) => !incomplete.has('') && !incomplete.has(cluster)
  const values = rows.map(({ cluster, isWatched }) => Number(isWatched && isWhole(cluster)))
  const meta = {
    type: 'numeric-long',
    typeVersion: ALERTABLE,
    executedQueryString: query.filter.text,
    notices,
  } as const
  if (rows.length === 0) return [{ meta, columns: [] }]
  return [
    {
      meta,
      columns: [
        { kind: 'string', name: 'cluster', values: rows.map(({ cluster }) => cluster) },
        { kind: 'number', name: query.metric, values },
      ],
    },
  ]
}
