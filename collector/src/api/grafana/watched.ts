import { EARLIEST } from '../../query/time.ts'
import type { EventReader } from '../../store/store.ts'
import { gapNotices } from '../notices.ts'
import { clustersAt } from '../problems/clusters.ts'
import type { AskedQuery } from './asked-query.ts'
import { ALERTABLE, type Frame } from './frame.ts'

/**
 * Metric `watched`: 1 for each cluster that is watched at the end of the range, else 0, whatever it is grouped by: of a cluster that
 * is not watched nothing else says anything.
 */
export async function answerWatched(
  { query, to }: AskedQuery,
  reader: EventReader,
  signal: AbortSignal,
): Promise<readonly Frame[]> {
  const [clusters, notices] = await Promise.all([
    clustersAt(reader, to, to, signal),
    gapNotices(reader, { from: EARLIEST, to: EARLIEST + 1 }, signal),
  ])
  const rows = [...clusters.values()].sort((a, b) => (a.cluster < b.cluster ? -1 : 1))
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
        { kind: 'number', name: 'watched', values: rows.map(({ isWatched }) => Number(isWatched)) },
      ],
    },
  ]
}
