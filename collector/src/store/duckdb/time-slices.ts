import type { EpochMicros } from '../../clock.ts'
import type { EventQuery, TimeRange } from '../../query/model.ts'
import type { Read } from './engine-client.ts'

/** Rows that the first slice holds, about: a page is mostly among so many. */
const FIRST_SLICE_ROWS = 50_000

/**
 * Each slice reaches this many times as far as those before it, so that a search that finds little costs little more
 * than a scan.
 */
const REACH = 8

/**
 * The range in slices without gaps, from the end where the search begins, small ones first. Rows lie in the file
 * about in the order of their times, so a slice reads little else; DuckDB's own search for the newest rows begins
 * with the oldest.
 */
export async function* timeSlices(
  range: TimeRange,
  order: EventQuery['order'],
  read: Read,
  firstRows = FIRST_SLICE_ROWS,
): AsyncGenerator<TimeRange> {
  const filled = await filledRange(range, read)
  if (filled === null) return
  const { from, to, perRow } = filled
  let span = Math.ceil(perRow * firstRows)
  if (order === 'newest') {
    for (let end = to; end > from; end -= span, span *= REACH) yield { from: Math.max(from, end - span), to: end }
  } else {
    for (let start = from; start < to; start += span, span *= REACH)
      yield { from: start, to: Math.min(to, start + span) }
  }
}

/** The part of the range in which there are rows, and how far they lie apart on average; null when there are none. */
async function filledRange({ from, to }: TimeRange, read: Read) {
  const sql = 'SELECT count(*), min(last_observed), max(last_observed) FROM observations'
  const [result] = await read({ sql, parameters: [] })
  const [rows = 0, oldest = 0, newest = 0] = (result?.columns ?? []).map(([cell]): EpochMicros => Number(cell))
  const filled = { from: Math.max(from, oldest), to: Math.min(to, newest + 1) }
  return rows === 0 || filled.from >= filled.to ? null : { ...filled, perRow: (newest - oldest + 1) / rows }
}
