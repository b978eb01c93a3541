import { finishAggregate, topKeys, type MeasuredGroup } from '../../query/finish-aggregate.ts'
import type { AggregateQuery, AggregateResult, Filter, Metric } from '../../query/model.ts'
import { windowStarts } from '../../query/windows.ts'
import { measureCells, type Measured } from './cells.ts'
import { allBuckets } from './composite.ts'
import { matchQuery } from './filter-query.ts'
import { keysFilter } from './keys-filter.ts'
import type { Search } from './search.ts'
import { sumAggregations, sumsOf } from './sums.ts'

/** A group with its place among the others. */
type RankedGroup = Pick<MeasuredGroup, 'key' | 'rank'> & { readonly key: readonly string[] }

/**
 * An aggregate in up to four parts: which groups there are and in what order, then the windows of those that keep their
 * names and the rows of all others as one group; beside them, what the answer leaves out.
 */
export async function readAggregate(
  query: AggregateQuery,
  search: Search,
  signal: AbortSignal,
): Promise<AggregateResult> {
  if (query.window !== null) windowStarts(query.window, query) // refuses too many
  const notes = readNotes(query, search, signal)
  notes.catch(() => undefined) // heard of below, unless another step fails before
  const ranked = await rankGroups(query, search, signal)
  const kept = topKeys(query, ranked.groups)
  const isCut = kept.length < ranked.groups.length
  const named = isCut ? and(query.filter, keysFilter(query.groupBy, kept)) : query.filter
  const [measured, others] = await Promise.all([
    measureCells({ ...query, filter: named, groups: kept.map(({ key }) => key) }, search, signal),
    isCut ? measureOthers(query, kept, search, signal) : null,
  ])
  const groups = kept.map((group): MeasuredGroup => ({
    ...group,
    points: measured.points.get(JSON.stringify(group.key)) ?? [],
  }))
  const distinctError = Math.max(ranked.distinctError, measured.distinctError, others?.distinctError ?? 0)
  const all = others === null ? groups : [...groups, { key: null, rank: null, points: others.points.get('[]') ?? [] }]
  return finishAggregate(query, all, { ...(await notes), distinctError })
}

/** The metric that the groups are ordered by, over the whole range. */
async function rankGroups(
  query: AggregateQuery,
  search: Search,
  signal: AbortSignal,
): Promise<{ readonly groups: readonly RankedGroup[]; readonly distinctError: number }> {
  const orderBy: Metric = query.top?.orderBy ?? query.metrics[0] ?? 'occurrences'
  const { points, distinctError } = await measureCells({ ...query, window: null, metrics: [orderBy] }, search, signal)
  const groups = [...points].map(([key, [point]]) => ({
    key: JSON.parse(key) as readonly string[],
    rank: point?.values[0] ?? null,
  }))
  return { groups, distinctError }
}

function measureOthers(
  query: AggregateQuery,
  kept: readonly RankedGroup[],
  search: Search,
  signal: AbortSignal,
): Promise<Measured> {
  const filter = and(query.filter, { op: 'not', filter: keysFilter(query.groupBy, kept) })
  return measureCells({ ...query, groupBy: [], filter }, search, signal)
}

async function readNotes(
  query: AggregateQuery,
  search: Search,
  signal: AbortSignal,
): Promise<Pick<AggregateResult, 'unplaced' | 'isLowerBound'>> {
  const aggregations = sumAggregations(['unplaced', 'unplacedInRange', 'isLowerBound'], query.from)
  for await (const bucket of allBuckets(search, { query: matchQuery(query), sources: [], aggregations }, signal)) {
    const { unplaced, unplacedInRange, isLowerBound } = sumsOf(bucket)
    return { unplaced: query.window === null ? unplaced - unplacedInRange : unplaced, isLowerBound }
  }
  return { unplaced: 0, isLowerBound: false }
}

function and(...filters: readonly Filter[]): Filter {
  return { op: 'and', filters }
}
