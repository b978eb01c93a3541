import { MINUTE, SECOND, type EpochMicros } from '../../clock.ts'
import { checkGroups } from '../../query/budget.ts'
import { fieldReader, textOf } from '../../query/field-value.ts'
import { emptyValue, percentile } from '../../query/measure.ts'
import type { AggregatePoint, AggregateQuery, AggregateResult, Metric } from '../../query/model.ts'
import { windowStarts } from '../../query/windows.ts'
import { allBuckets, type KeyedBucket } from './composite.ts'
import { distinctFields, estimatedIn, estimateOf, MOST_COUNTED, type Distinct } from './distinct.ts'
import { matchQuery } from './filter-query.ts'
import { areKnown, bucketsOfGroups } from './known-groups.ts'
import { identityOfTexts, OBJECT_KEY } from './object-identity.ts'
import { streamRows, type Matched } from './rows.ts'
import { bucketsIn, type Bucket, type Search } from './search.ts'
import { sumAggregations, sumsOf, type SumName, type Sums } from './sums.ts'

/** Some rows, the groups they are cut into, and what is wanted of each group in each window. */
export interface Measuring extends Matched, Pick<AggregateQuery, 'groupBy' | 'window' | 'metrics' | 'isExact'> {
  /** Keys of the groups, where they are known: then no row that matches is in another one. */
  readonly groups?: readonly (readonly string[])[]
}

export interface Measured extends Pick<AggregateResult, 'distinctError'> {
  /** The points of each group that has rows, by the JSON of its key. Windows without rows have none. */
  readonly points: ReadonlyMap<string, readonly AggregatePoint[]>
}

/** Rows of one step where rows themselves have to be looked at. */
const STREAMED_ROWS = 5_000

/** No change of a zone's clock and no window of a calendar lies between two of these. */
const CALENDAR_SLICE = 15 * MINUTE

const SUMS: Readonly<Partial<Record<Metric, readonly SumName[]>>> = {
  occurrences: ['placed'],
  rate: ['placed'],
  first: ['first'],
  last: ['last'],
  maxSeverity: ['severity'],
}

/**
 * Measures each kind of metric in its own way: sums in one pass over groups and windows, distinct objects and events by
 * counting the groups that they make, or by an estimate where those are too many, gaps by looking at each row. Needs memory for
 * the groups and, where gaps are asked for, for the times of the rows.
 */
export async function measureCells(measuring: Measuring, search: Search, signal: AbortSignal): Promise<Measured> {
  const starts = measuring.window === null ? null : windowStarts(measuring.window, measuring)
  const cells = new Cells(measuring, starts)
  await addSums(cells, search, signal)
  for (const distinct of ['objects', 'events'] as const)
    if (measuring.metrics.includes(distinct)) await addDistinct(cells, distinct, search, signal)
  if (measuring.metrics.some(isGap)) await addTimes(cells, search, signal)
  return { points: cells.points(), distinctError: cells.distinctError }
}

/** What is known of one group in one window. */
interface Cell {
  sums: Sums | null
  objects: number
  events: number
  /** Of its rows, ascending. */
  readonly times: EpochMicros[]
}

class Cells {
  readonly measuring: Measuring
  readonly starts: readonly EpochMicros[] | null
  distinctError = 0
  readonly #groups = new Map<string, Map<EpochMicros, Cell>>()
  #made = 0

  constructor(measuring: Measuring, starts: readonly EpochMicros[] | null) {
    this.measuring = measuring
    this.starts = starts
  }

  at(key: readonly string[], start: EpochMicros): Cell {
    const name = JSON.stringify(key)
    const group = this.#groups.get(name) ?? new Map<EpochMicros, Cell>()
    this.#groups.set(name, group)
    const known = group.get(start)
    const cell = known ?? { sums: null, objects: 0, events: 0, times: [] }
    if (known === undefined) checkGroups((this.#made += 1))
    group.set(start, cell)
    return cell
  }

  /** Start of the window that holds a time of the range. */
  startOf(time: EpochMicros): EpochMicros {
    const { starts, measuring } = this
    if (starts === null) return measuring.from
    let [low, high] = [0, starts.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= time) low = middle
      else high = middle - 1
    }
    return starts[low] ?? measuring.from
  }

  get rows(): number {
    return this.#all().reduce((sum, { sums }) => sum + (sums?.observations ?? 0), 0)
  }

  get size(): number {
    return this.#all().reduce((sum) => sum + 1, 0)
  }

  #all(): IteratorObject<Cell> {
    return this.#groups.values().flatMap((group) => group.values())
  }

  points(): Measured['points'] {
    const { from, to, metrics } = this.measuring
    const spans = new Map(
      this.starts?.map((start, place) => [start, Math.min(this.starts?.[place + 1] ?? to, to) - Math.max(start, from)]),
    )
    return new Map(
      [...this.#groups].map(([name, cells]) => [
        name,
        [...cells].map(([start, cell]) => {
          const span = spans.get(start) ?? to - from
          return { start, values: metrics.map((metric) => valueOf(metric, cell, span)) }
        }),
      ]),
    )
  }
}

function valueOf(metric: Metric, { sums, objects, events, times }: Cell, span: number): number | null {
  if (sums === null) return emptyValue(metric)
  switch (metric) {
    case 'occurrences':
      return sums.placed + sums.unplacedInRange
    case 'rate':
      return ((sums.placed + sums.unplacedInRange) * MINUTE) / span
    case 'observations':
      return sums.observations
    case 'objects':
      return objects
    case 'events':
      return events
    case 'first':
      return sums.first
    case 'last':
      return sums.last
    case 'maxSeverity':
      return sums.severity
    case 'gapP50':
      return percentile(gapsInSeconds(times), 0.5)
    case 'gapP95':
      return percentile(gapsInSeconds(times), 0.95)
  }
}

async function addSums(cells: Cells, search: Search, signal: AbortSignal): Promise<void> {
  const { window, metrics, from } = cells.measuring
  const isTotal = window === null && metrics.some((metric) => metric === 'occurrences' || metric === 'rate')
  const names = new Set(metrics.flatMap((metric) => SUMS[metric] ?? []))
  const aggregations = sumAggregations([...names, ...(isTotal ? (['unplacedInRange'] as const) : [])], from)
  await eachCell(cells, aggregations, search, signal, (cell, bucket) => (cell.sums = sumsOf(bucket)))
}

/** Aggregates the rows of each cell in one pass over groups and windows. */
async function eachCell(
  cells: Cells,
  aggregations: object,
  search: Search,
  signal: AbortSignal,
  take: (cell: Cell, bucket: Bucket | KeyedBucket) => void,
): Promise<void> {
  const { groupBy: sources, groups = [], window, from, to } = cells.measuring
  const query = matchQuery(cells.measuring)
  if (window === null) {
    const found = allBuckets(search, { query, sources, aggregations }, signal)
    for await (const bucket of found) take(cells.at(bucket.key, from), bucket)
    return
  }
  if (window.kind === 'fixed') {
    const asked = { query, sources, aggregations, every: window.every }
    const [field] = areKnown(sources, groups, cells.starts?.length ?? 0) ? sources : []
    const found =
      field === undefined
        ? allBuckets(search, asked, signal)
        : bucketsOfGroups(search, { ...asked, field, groups }, signal)
    for await (const bucket of found) take(cells.at(bucket.key, bucket.slice), bucket)
    return
  }
  const ranges = (cells.starts ?? []).map((start, place, all) => ({
    from: start,
    to: all[place + 1] ?? Math.max(to, start + 1),
  }))
  const windows = { windows: { range: { field: 'lastObservedMicros', ranges }, aggs: aggregations } }
  const grouping = { query, sources, aggregations: windows, weight: 1 + ranges.length }
  for await (const group of allBuckets(search, grouping, signal)) {
    for (const bucket of bucketsIn(group, 'windows'))
      if (bucket.doc_count > 0) take(cells.at(group.key, startOf(bucket)), bucket)
  }
}

function startOf(bucket: Bucket): EpochMicros {
  return Number(bucket['from'])
}

/** Each (group, object, window) is one bucket, or several where a calendar window is cut or an object is named in several ways. */
async function addDistinct(cells: Cells, distinct: Distinct, search: Search, signal: AbortSignal): Promise<void> {
  const { groupBy, window, isExact = false } = cells.measuring
  const query = matchQuery(cells.measuring)
  const fields = await distinctFields(distinct, query, search, signal)
  const every = window === null ? {} : { every: window.kind === 'fixed' ? window.every : CALENDAR_SLICE }
  const isNamed = fields === OBJECT_KEY
  // Only to tell events without uid, names of one object, and the pieces of a calendar window, the rest of the key is needed.
  const isCounted = distinct === 'objects' && !isNamed && window?.kind !== 'calendar'
  const keysRead = isCounted ? { keysRead: groupBy.length } : {}
  // What is estimated first are the buckets that counting would make.
  const mayEstimate = !isExact && !isNamed && cells.rows > MOST_COUNTED
  if (mayEstimate && (await estimateDistinct(cells, distinct, search, signal))) return
  const buckets = allBuckets(search, { query, sources: [...groupBy, ...fields], ...every, ...keysRead }, signal)
  const seen = new Set<string>()
  const isNew = (found: string) => seen.size < seen.add(found).size
  for await (const { key, slice, doc_count: rows } of buckets) {
    const start = cells.startOf(Math.max(slice, cells.measuring.from))
    const [group, texts] = [key.slice(0, groupBy.length), key.slice(groupBy.length)]
    const cell = cells.at(group, start)
    // A row without uid is an event of its own.
    const isEach = distinct === 'events' && texts.at(-1) === ''
    if (isEach) cell.events += rows
    else if (isCounted || isNew(JSON.stringify([group, start, isNamed ? identityOfTexts(texts) : texts])))
      cell[distinct] += 1
  }
}

/** False when they are few enough to be counted; then nothing was noted. */
async function estimateDistinct(
  cells: Cells,
  distinct: Distinct,
  search: Search,
  signal: AbortSignal,
): Promise<boolean> {
  const { aggregations, error } = estimateOf(distinct, cells.size)
  const found = new Map<Cell, number>()
  await eachCell(cells, aggregations, search, signal, (cell, bucket) => found.set(cell, estimatedIn(bucket)))
  if (found.values().reduce((sum, value) => sum + value, 0) <= MOST_COUNTED) return false
  for (const [cell, value] of found) cell[distinct] = value
  cells.distinctError = Math.max(cells.distinctError, error)
  return true
}

async function addTimes(cells: Cells, search: Search, signal: AbortSignal): Promise<void> {
  const readers = cells.measuring.groupBy.map(fieldReader)
  const query = { ...cells.measuring, order: 'oldest' as const }
  for await (const rows of streamRows(search, query, STREAMED_ROWS, signal)) {
    for (const row of rows) {
      const key = readers.map((read) => textOf(read(row)))
      cells.at(key, cells.startOf(row.lastObserved)).times.push(row.lastObserved)
    }
  }
}

function gapsInSeconds(times: readonly EpochMicros[]): readonly number[] {
  return times.slice(1).map((time, place) => (time - (times[place] ?? time)) / SECOND)
}

function isGap(metric: Metric): boolean {
  return metric === 'gapP50' || metric === 'gapP95'
}
