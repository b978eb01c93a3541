import {
  WEIGHT_OF_GROUPS,
  WEIGHT_OF_INCIDENTS,
  WEIGHT_OF_PROBLEMS,
  weightOfAggregate,
  weightOfFilter,
  weightOfPatterns,
  weightOfRows,
} from '../../query/weight.ts'
import type { AskedQuery } from './asked-query.ts'
import { MOST_POINTS } from './time-windows.ts'

const USUAL_ROWS = 1_000

/** Bytes that the answer to a query may take while it is made and sent. */
export function weightOfAsked({ query, filter, from, to }: AskedQuery): number {
  const limit = query.limit ?? USUAL_ROWS
  const own = weightOfFilter(filter)
  switch (query.queryType) {
    case 'events':
    case 'context':
    case 'annotations':
      if (query.marks === 'incidents') return WEIGHT_OF_INCIDENTS + own
      return weightOfRows(limit) + own
    case 'aggregate': {
      if (query.metric === 'active') return WEIGHT_OF_PROBLEMS + own
      const groups = query.top ?? 100
      // Windows are as wide as so many points allow.
      const window = { kind: 'fixed', every: Math.max(1, ((to - from) * (groups + 1)) / MOST_POINTS) } as const
      return weightOfAggregate({ from, to, filter, groupBy: query.groupBy, window, metrics: ['occurrences'], top: { groups, orderBy: 'occurrences' }, zeroFill: true }) + own // prettier-ignore
    }
    case 'patterns':
      return weightOfPatterns({ from, to, filter, key: [], minOccurrences: 1, minRatePerMinute: 0, limit, samples: 1 })
    case 'incidents':
    case 'causes':
    case 'similar':
      return WEIGHT_OF_INCIDENTS + own
    case 'correlations':
      return WEIGHT_OF_GROUPS + own
    case 'problems':
      return (query.incidentId === undefined ? WEIGHT_OF_PROBLEMS : WEIGHT_OF_INCIDENTS) + own
    case 'timeline':
      return WEIGHT_OF_PROBLEMS + own
  }
}
