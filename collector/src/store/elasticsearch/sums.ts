import type { EpochMicros } from '../../clock.ts'
import { childIn, valueIn } from './search.ts'

/** What adds up over rows, or is a lowest or highest: one request answers it for any number of groups. */
export interface Sums {
  readonly observations: number
  /** Sum of countDelta. */
  readonly placed: number
  /** Sum of countUnplaced of all rows, and of those with deltaSince >= from. */
  readonly unplaced: number
  readonly unplacedInRange: number
  /** Lowest and highest lastObserved; null without rows. */
  readonly first: EpochMicros | null
  readonly last: EpochMicros | null
  /** Highest severity as a rank. */
  readonly severity: number | null
  readonly isLowerBound: boolean
}

type Bucket = Readonly<Record<string, unknown>> & { readonly doc_count: number }

const AGGREGATIONS = {
  placed: { sum: { field: 'countDelta' } },
  unplaced: { sum: { field: 'countUnplaced' } },
  first: { min: { field: 'lastObservedMicros' } },
  last: { max: { field: 'lastObservedMicros' } },
  severity: { max: { field: 'severityRank' } },
  isLowerBound: { filter: { term: { countIsLowerBound: true } } },
}

export type SumName = keyof typeof AGGREGATIONS | 'unplacedInRange'

/** The aggregations for some sums; `observations` need none. */
export function sumAggregations(names: readonly SumName[], from: EpochMicros): Readonly<Record<string, object>> {
  return Object.fromEntries(
    names.map((name) => [name, name === 'unplacedInRange' ? unplacedInRange(from) : AGGREGATIONS[name]]),
  )
}

function unplacedInRange(from: EpochMicros): object {
  return { filter: { range: { deltaSince: { gte: from } } }, aggs: { sum: { sum: { field: 'countUnplaced' } } } }
}

/** What a bucket says; a sum that was not asked for is zero. */
export function sumsOf(bucket: Bucket): Sums {
  return {
    observations: bucket.doc_count,
    placed: valueIn(bucket, 'placed') ?? 0,
    unplaced: valueIn(bucket, 'unplaced') ?? 0,
    unplacedInRange: valueIn(childIn(bucket, 'unplacedInRange'), 'sum') ?? 0,
    first: valueIn(bucket, 'first'),
    last: valueIn(bucket, 'last'),
    severity: valueIn(bucket, 'severity'),
    isLowerBound: (childIn(bucket, 'isLowerBound')?.doc_count ?? 0) > 0,
  }
}
