import { SupplementaryQueryType, type SupplementaryQueryOptions } from '@grafana/data'
import { isLater, readQuery, type EventloomQuery, type Metric } from '../query/query'

export const SUPPLEMENTARY_TYPES = [SupplementaryQueryType.LogsVolume, SupplementaryQueryType.LogsSample]

/** Rows below a chart: a taste of what was counted. */
const SAMPLE_ROWS = 100

/**
 * What Explore shows beside a query: above logs their exact volume over the whole range by level, below a chart some of the
 * events behind it. Undefined where a query has none.
 */
export function supplementaryQuery(
  options: SupplementaryQueryOptions,
  stored: EventloomQuery,
): EventloomQuery | undefined {
  const query = readQuery(stored)
  if (isLater(query) || query.hide) return undefined
  const { filter, datasource, refId, schemaVersion } = query
  switch (options.type) {
    case SupplementaryQueryType.LogsVolume:
      if (query.queryType !== 'events') return undefined
      return {
        refId: `log-volume-${refId}`,
        datasource,
        schemaVersion,
        filter,
        queryType: 'aggregate',
        metric: volumeMetric(query),
        groupBy: ['level'],
        format: 'timeseries',
        interval: 'auto',
      }
    case SupplementaryQueryType.LogsSample:
      if (query.queryType === 'events' || query.queryType === 'context') return undefined
      return {
        refId: `log-sample-${refId}`,
        datasource,
        schemaVersion,
        filter,
        queryType: 'events',
        view: 'events',
        limit: options.limit ?? SAMPLE_ROWS,
      }
    default:
      return undefined
  }
}

/** The volume counts what the list lists, unless somebody wants to see how often it happened. */
function volumeMetric({ volume = 'rows', view = 'events' }: EventloomQuery): Metric {
  if (volume === 'occurrences') return 'occurrences'
  return view === 'events' ? 'events' : 'observations'
}
